/** The choice and order of samples: training and validation part, epochs, batches of pruning. */
#ifndef SKEL_SAMPLER_H
#define SKEL_SAMPLER_H

#include "skel/dataset.h"

typedef enum skel_sampling {
    SKEL_SAMPLING_SHUFFLED,   /**< random order; no sample comes again before all have come */
    SKEL_SAMPLING_BALANCED,   /**< every batch has equally many of each class, give or take one */
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

/** Number of the validation samples among `use`: floor(use * fraction).
 *
 *  Local. A product that is an integer but for rounding is that integer.
 */
size_t skel_sampler_held_out(size_t use, double fraction);

/** Splits the first `use` training samples into a training and a validation part.
 *
 *  Local. The seed chooses skel_sampler_held_out() samples for the validation part. Both parts are
 *  in ascending order. They depend on (use, fraction, seed) alone.
 *  @param use       samples to use, 0 for all `available`
 *  Errors: SKEL_ERR_CONFIG if use > available or nothing is left to train on; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sampler_split(size_t available, size_t use, double fraction,
                                            uint64_t seed, skel_indices *train,
                                            skel_indices *validation);

/** Writes the order of the samples in a training epoch.
 *
 *  Local. It is a permutation of `train`, and depends on (seed, epoch) alone.
 *  @param order  [train->count] out
 */
void skel_sampler_epoch(const skel_indices *train, uint64_t seed, uint32_t epoch, uint32_t order[]);

/** Writes the samples of all batches of one pruning iteration.
 *
 *  Local. They depend on the arguments alone. Every iteration has new samples until all samples
 *  have come; with SKEL_SAMPLING_SEQUENTIAL every iteration has the first ones.
 *  @param labels     labels of the whole training half, indexed by sample number
 *  @param classes    number of classes
 *  @param iteration  from 0
 *  @param count      samples of one iteration: batches * batch size
 *  @param order      [count] out
 *  Errors: SKEL_ERR_CONFIG if a balanced batch is impossible, naming the class; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sampler_prune(const skel_indices *train, const uint16_t labels[],
                                            size_t classes, skel_sampling sampling, uint64_t seed,
                                            uint32_t iteration, size_t batches, size_t batch_size,
                                            uint32_t order[]);

#endif
