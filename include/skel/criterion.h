/** Pruning methods: what each one scores, when it prunes, and the schedule of kept counts. */
#ifndef SKEL_CRITERION_H
#define SKEL_CRITERION_H

#include "skel/mask.h"

/** What a criterion's scores are computed from, beside the parameters: `signal` of score(). */
typedef enum skel_signal {
    SKEL_SIGNAL_NONE,      /**< nothing: `signal` is NULL */
    SKEL_SIGNAL_GRADIENT,  /**< mean gradient of the loss at parameters * mask */
    SKEL_SIGNAL_HESSIAN,   /**< the loss' Hessian times its own gradient by the prunable weights */
    SKEL_SIGNAL_FLOW,      /**< gradient of the logarithm of the synaptic flow by the magnitudes */
    SKEL_SIGNAL_CURVATURE, /**< diagonal of the loss' Hessian, none below 0 */
} skel_signal;

/** When a method prunes. */
typedef enum skel_timing {
    SKEL_TIMING_INITIAL, /**< before training, all iterations one after the other */
    SKEL_TIMING_TRAINED, /**< after training; each iteration is followed by fine-tuning */
    SKEL_TIMING_REWOUND, /**< after training; each iteration is followed by training once more from
                              the weights of an early epoch */
    SKEL_TIMING_MOVING,  /**< before training, and the mask moves while training goes on */
} skel_timing;

/** How many weights of each layer a method keeps. */
typedef enum skel_sharing {
    SKEL_SHARING_BY_SCOPE, /**< as prune.scope says */
    SKEL_SHARING_UNIFORM,  /**< the same density in every layer, whatever prune.scope says */
    SKEL_SHARING_ERK,      /**< densities of an Erdos-Renyi-Kernel random graph; for a mask that
                                moves only with scope global, else as UNIFORM */
} skel_sharing;

/** A pruning method. Static, immutable. */
typedef struct skel_criterion {
    const char *name;    /**< value of the job key prune.method */
    const char *summary; /**< one line for people */
    skel_signal signal;
    skel_timing timing;
    skel_sharing sharing;
    bool iterative; /**< follows the schedule; else one iteration */
    bool permanent; /**< a pruned weight stays pruned */
    bool has_signs; /**< scores below 0 are as good as others; else 0 is the least, and a weight
                         without a score above it is kept for coming first only */
    bool grows_by_gradient; /**< MOVING: weights come back where the gradient is large, else at
                                 random */
    /** Scores of all prunable elements, larger is kept; finite where all that is read is finite
     *  and no product overflows. NULL: method "none", which prunes nothing.
     *
     *  Local. Runs on the root only. `scores` is the flat vector, written in the segments alone.
     *  The mask is there for its segments: that pruned weights stay pruned, or that scores are
     *  inverted, is skel_prune_step()'s business.
     */
    void (*score)(const skel_mask *mask, const float parameters[], const float signal[],
                  uint64_t seed, float scores[]);
} skel_criterion;

/** Names of the methods: "force", "iter-snip", "snip", ..., "none".
 *
 *  Local. Static storage.
 */
const char *const *skel_criterion_names(size_t *count);

/** Finds a method by name.
 *
 *  Local. Static storage. Errors: SKEL_ERR_CONFIG for an unknown name, suggesting the nearest.
 */
SKEL_CHECKED skel_status skel_criterion_find(const char *name, const skel_criterion **out);

/** Whether a method removes anything: all but "none".
 *
 *  Local.
 */
bool skel_criterion_prunes(const skel_criterion *criterion);

typedef enum skel_schedule {
    SKEL_SCHEDULE_EXPONENTIAL,
    SKEL_SCHEDULE_LINEAR,
} skel_schedule;

/** Weights to keep after an iteration.
 *
 *  Local. Exponential: floor(m exp((t/T) ln(density))); linear: floor(m (1 - (t/T)(1-density)));
 *  at t = T floor(m density). 1e-6 is added before each floor; at least 1.
 *  @param prunable    m
 *  @param density     1 - sparsity, above 0
 *  @param iteration   t, from 1
 *  @param iterations  T
 *  Source: de Jorge et al. 2021, section 4.
 */
size_t skel_schedule_kept(skel_schedule schedule, size_t prunable, double density, size_t iteration,
                          size_t iterations);

/** Refuses a density that would leave no weight at all.
 *
 *  Local. Errors: SKEL_ERR_CONFIG if floor(m density) is 0 (skel_schedule_kept() would keep 1),
 *  naming the sparsity, m and the largest sparsity that is possible.
 */
SKEL_CHECKED skel_status skel_schedule_check(size_t prunable, double density);

#endif
