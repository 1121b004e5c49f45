/** Which samples are seen when: the split, the order of an epoch, the batches of pruning. */
#ifndef SKEL_SAMPLER_H
#define SKEL_SAMPLER_H

#include "skel/dataset.h"

typedef enum skel_sampling {
    SKEL_SAMPLING_SHUFFLED,   /**< random order without repetition, again when all were seen */
    SKEL_SAMPLING_BALANCED,   /**< every batch has the same number of each class, +-1 */
    SKEL_SAMPLING_SEQUENTIAL, /**< the first samples, in file order */
} skel_sampling;

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

/** Splits the first `use` training samples into a training and a validation part.
 *
 *  Local. The validation part is floor(use * fraction) samples chosen by the seed; both parts are
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

#endif
