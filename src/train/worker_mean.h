/** Means over the images of batches: of gradients, and of what takes their place. */
#ifndef SKEL_TRAIN_WORKER_MEAN_H
#define SKEL_TRAIN_WORKER_MEAN_H

#include "worker_impl.h"

typedef struct skel_worker_mean skel_worker_mean;

/** Computes the first `count` microbatches that are loaded into the worker's passes.
 *
 *  Local, or in lock step with `batchnorm_over_batch`.
 */
typedef skel_status (*skel_worker_compute_fn)(const skel_worker_mean *mean, size_t count);

/** What is computed, and of which images. Plain data, borrowed. */
struct skel_worker_mean {
    skel_worker_range range; /**< worker and batches are the caller's */
    skel_worker_compute_fn compute;
    const float *parameters; /**< flat vectors; of a curvature alone */
    const float *buffers;    /**< running averages; of a curvature alone */
    const float *vector;     /**< of a Hessian product alone */
    const void *context;     /**< the compute function's own */
    double scale;            /**< set by skel_worker_mean_compute() */
};

/** Averages what a function computes over the images of all batches.
 *
 *  Collective.
 *  @param mean        [skel_worker_packing()->count] out
 *  @param statistics  [buffer_count] out; NULL if not wanted
 *  Errors: those of the function and of skel_reduce(); agreed on.
 */
SKEL_CHECKED skel_status skel_worker_mean_compute(const skel_worker_mean *what, float mean[],
                                                  float statistics[], skel_result *result);

#endif
