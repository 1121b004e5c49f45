/** One pruning iteration: scores, the choice of the weights that stay, the new mask. */
#ifndef SKEL_STEP_H
#define SKEL_STEP_H

#include "skel/criterion.h"

/** Where the choice is made. */
typedef enum skel_scope {
    SKEL_SCOPE_GLOBAL, /**< the best of all prunable weights */
    SKEL_SCOPE_LAYER,  /**< the same density in every prunable tensor */
} skel_scope;

/** What must hold for the tensors one by one. Plain data, borrowed. */
typedef struct skel_layer_rules {
    const bool *whole;  /**< [segments] tensors that lose nothing; NULL: none */
    double floor;       /**< least density of every other tensor, 0 to 1; 0: none */
    const double *size; /**< [segments] inputs + outputs + kernel's height + width: what a tensor's
                             share grows with under SKEL_SHARING_ERK; NULL if nothing asks */
} skel_layer_rules;

/** What an iteration is to do. Plain data, borrowed. */
typedef struct skel_prune_request {
    const skel_criterion *criterion;
    skel_scope scope;
    size_t kept; /**< weights to keep over all segments */
    skel_layer_rules rules;
    bool invert; /**< keep the lowest scores instead (Frankle et al. 2021, section 4.3) */
    uint64_t seed;
    const float *parameters; /**< flat vector, not masked */
    const float *signal;     /**< flat vector, what the criterion asks for; NULL if nothing */
    const float *gradient;   /**< flat vector, for the objective: the mean gradient at parameters *
                                  mask; NULL if there is none */
} skel_prune_request;

/** What one pruning iteration did, for /metrics/prune. */
typedef struct skel_prune_report {
    size_t kept;
    double threshold; /**< the smallest score that is kept, of all layers */
    double objective; /**< sum over kept i of |theta_i g_i| at the mask before; NaN: no gradient */
    size_t resurrected; /**< 0 before, 1 now */
    size_t pruned;      /**< 1 before, 0 now */
    size_t positive;    /**< scores above 0 */
    size_t chosen;      /**< weights kept for their score; the others of `kept` came first */
} skel_prune_report;

/** Whether every tensor's number of weights is fixed before the scores are looked at.
 *
 *  Local.
 */
bool skel_shares_by_tensor(const skel_criterion *criterion, skel_scope scope);

/** Refuses a number of weights that the rules cannot be kept with.
 *
 *  Local. Errors: SKEL_ERR_CONFIG if `kept` is less than the rules ask for: whole tensors, the
 *  floors, and one weight of every tensor where shares are by tensor; naming the numbers.
 */
SKEL_CHECKED skel_status skel_layer_rules_check(const skel_layer_rules *rules, bool by_tensor,
                                                size_t kept, size_t tensors, const size_t size[]);

/** Scores, selects and shares the next mask.
 *
 *  Collective; the root scores and selects, the others receive.
 *
 *  Over all tensors together (scope global) the sum of the kept scores is the largest that the
 *  rules allow; where shares are by tensor they are in proportion to the tensors' sizes, or their
 *  `rules.size`, by largest remainder, at least 1 each, and the best of each tensor stay.
 *  @param mask    in: the current mask, out: the next one, `kept` weights
 *  @param report  out, the same on every rank; `chosen` is less than `kept` if the mask is one
 *                 of many with equal scores, which the user should be told
 *  Errors: SKEL_ERR_NUMBER naming the prunable tensor (mask->names) if a score is not finite;
 *          SKEL_ERR_CONFIG if `kept` is 0, more than can be kept (permanent: than are kept), or
 *          less than the rules ask for; SKEL_ERR_MEMORY. The mask is then as it was.
 *  Source: de Jorge et al. 2021, algorithm 1; objective: equation 5 there. Shares of
 *          SKEL_SHARING_ERK: Evci et al. 2020, section 3; Mocanu et al. 2018, equation 1.
 */
SKEL_CHECKED skel_status skel_prune_step(const skel_comm *comm, const skel_prune_request *request,
                                         skel_mask *mask, skel_prune_report *report);

#endif
