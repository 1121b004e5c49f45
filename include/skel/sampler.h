/** Which samples are seen when: splits, epochs, pruning batches; and images as the network sees
 * them. */
#ifndef SKEL_SAMPLER_H
#define SKEL_SAMPLER_H

#include "skel/dataset.h"

typedef enum skel_sampling {
    SKEL_SAMPLING_SHUFFLED,   /**< random order without repetition, again when all were seen */
    SKEL_SAMPLING_BALANCED,   /**< every batch has the same number of each class, +-1 */
    SKEL_SAMPLING_SEQUENTIAL, /**< the first samples, in file order */
} skel_sampling;

typedef enum skel_augment {
    SKEL_AUGMENT_NONE,
    SKEL_AUGMENT_STANDARD, /**< pad 4 on each side and crop at random; flip with probability 1/2 */
} skel_augment;

/** A list of sample numbers. */
typedef struct skel_indices {
    size_t count;
    uint32_t *index; /**< [count], owned */
} skel_indices;

/** Frees the list.
 *
 *  Local.
 */
void skel_indices_free(skel_indices *indices);

/** Number of the validation samples among `use`: floor(use * fraction).
 *
 *  Local. A product that is an integer but for rounding is that integer.
 */
size_t skel_sampler_held_out(size_t use, double fraction);

/** Splits the first `use` training samples into a training and a validation part.
 *
 *  Local. The validation part is skel_sampler_held_out() samples chosen by the seed; both parts are
 *  in ascending order. Depends on (use, fraction, seed) alone.
 *  @param use       samples to use, 0 for all `available`
 *  Errors: SKEL_ERR_CONFIG if use > available or nothing is left to train on; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sampler_split(size_t available, size_t use, double fraction,
                                            uint64_t seed, skel_indices *train,
                                            skel_indices *validation);

/** The order in which a training epoch visits the samples.
 *
 *  Local. A permutation of `train`, by (seed, epoch) alone.
 *  @param order  [train->count] out
 */
void skel_sampler_epoch(const skel_indices *train, uint64_t seed, uint32_t epoch, uint32_t order[]);

/** The samples of all batches that pruning iteration `iteration` uses.
 *
 *  Local. Depends on its arguments alone. Every iteration sees new samples while there are any
 *  (sequential: always the first ones, in every iteration).
 *  @param labels     labels of the whole training half, indexed by sample number
 *  @param classes    number of classes
 *  @param iteration  from 0
 *  @param count      samples of one iteration: batches * batch size
 *  @param order      [count] out
 *  Errors: SKEL_ERR_CONFIG if a balanced batch is impossible, naming the class; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sampler_prune(const skel_indices *train, const uint8_t labels[],
                                            size_t classes, skel_sampling sampling, uint64_t seed,
                                            uint32_t iteration, size_t batches, size_t batch_size,
                                            uint32_t order[]);

/** How raw images become the network's input. Plain data. */
typedef struct skel_view {
    const skel_dataset_info *info;
    size_t side_h; /**< height after centring in a larger square (`data.pad-to`), or the image's */
    size_t side_w;
    skel_augment augment;
    uint64_t seed;
} skel_view;

/** Describes how images are seen.
 *
 *  Local.
 *  @param pad_to  side of the square in which smaller images are centred, 0 for none
 *  Errors: SKEL_ERR_CONFIG if the image does not fit in the square.
 */
SKEL_CHECKED skel_status skel_view_make(const skel_dataset_info *info, size_t pad_to,
                                        skel_augment augment, uint64_t seed, skel_view *out);

/** Pads, augments and normalises samples.
 *
 *  Local. Padding is black (pixel 0) before normalisation, as in torchvision. A sample's
 *  augmentation depends on (seed, epoch, its number) alone.
 *  @param index   [count] sample numbers
 *  @param images  [count][channels][side_h][side_w] out
 *  @param labels  [count] out
 */
void skel_view_fill(const skel_view *view, const skel_samples *samples, size_t count,
                    const uint32_t index[], uint32_t epoch, float images[], uint8_t labels[]);

#endif
