/** Pruning: criteria, the schedule of kept counts, and one iteration. */
#ifndef SKEL_CRITERION_H
#define SKEL_CRITERION_H

#include "skel/mask.h"

/** A saliency criterion. Static, immutable. */
typedef struct skel_criterion {
    const char *name;    /**< value of the job key prune.method */
    const char *summary; /**< one line for people */
    bool iterative;      /**< follows the schedule; else one iteration */
    bool needs_gradient; /**< score() reads `gradient` */
    bool permanent;      /**< a pruned weight stays pruned */
    bool prunes;         /**< false for "none" */
    /** Scores of all prunable elements, larger is kept; finite where all that is read is finite
     *  and no product overflows.
     *
     *  Local. Runs on the root only. `scores` is the flat vector, written in the segments alone.
     *  A permanent criterion gives pruned weights a score below every kept one's.
     */
    void (*score)(const skel_mask *mask, const float parameters[], const float gradient[],
                  uint64_t seed, float scores[]);
} skel_criterion;

/** Names of the criteria: "force", "iter-snip", "snip", "random", "magnitude", "none".
 *
 *  Local. Static storage.
 */
const char *const *skel_criterion_names(size_t *count);

/** Finds a criterion by name.
 *
 *  Local. Static storage. Errors: SKEL_ERR_CONFIG for an unknown name, suggesting the nearest.
 */
SKEL_CHECKED skel_status skel_criterion_find(const char *name, const skel_criterion **out);

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

/** Where the densest choice is made. */
typedef enum skel_scope {
    SKEL_SCOPE_GLOBAL, /**< the k best of all prunable weights */
    SKEL_SCOPE_LAYER,  /**< the same density in every prunable tensor */
} skel_scope;

/** What one pruning iteration did, for /metrics/prune. */
typedef struct skel_prune_report {
    size_t kept;
    double threshold; /**< the smallest score that is kept (scope layer: of all layers) */
    double objective; /**< sum over kept i of |theta_i g_i| at the mask before; 0 if no gradient */
    size_t resurrected; /**< 0 before, 1 now */
    size_t pruned;      /**< 1 before, 0 now */
    size_t positive;    /**< scores above 0 */
    size_t chosen;      /**< weights kept for a score above 0; the others of `kept` came first */
} skel_prune_report;

/** Scores, selects and shares the next mask.
 *
 *  Collective; the root scores and selects, the others receive.
 *  @param mask        in: the current mask, out: the next one, `kept` weights
 *  @param kept        weights to keep over all segments (scope layer: shared out in proportion to
 *                     the tensors' sizes by largest remainder, at least 1 each)
 *  @param parameters  flat vector, not masked
 *  @param gradient    flat vector: the mean gradient at parameters * mask; NULL if not needed
 *  @param report      out, the same on every rank; `chosen` is less than `kept` if the mask is one
 *                     of many with equal scores, which the user should be told
 *  Errors: SKEL_ERR_NUMBER naming the prunable tensor (mask->names) if a score is not finite;
 *          SKEL_ERR_CONFIG if `kept` is 0, more than can be kept (permanent: than are kept), or
 *          with scope layer less than one per tensor; SKEL_ERR_MEMORY. The mask is then as it was.
 *  Source: de Jorge et al. 2021, algorithm 1; objective: equation 5 there.
 */
SKEL_CHECKED skel_status skel_prune_step(const skel_comm *comm, const skel_criterion *criterion,
                                         skel_scope scope, size_t kept, uint64_t seed,
                                         const float parameters[], const float gradient[],
                                         skel_mask *mask, skel_prune_report *report);

#endif
