/** One pruning iteration: scores, the choice of the weights that stay, the new mask. */
#ifndef SKEL_PRUNE_H
#define SKEL_PRUNE_H

#include "skel/layer_rules.h"
#include "skel/mask.h"
#include "skel/method.h"
#include "skel/units.h"

/** From which weights the best are chosen. */
typedef enum skel_scope {
    SKEL_SCOPE_GLOBAL, /**< from all prunable weights together */
    SKEL_SCOPE_LAYER,  /**< from each prunable tensor, the same density in every one */
} skel_scope;

/** Memory of an iteration that the next ones use again. Plain data, zeros at first; *owned*:
 *  skel_prune_buffers_free() it. */
typedef struct skel_prune_buffers {
    size_t weights;  /**< that there is room for */
    size_t segments; /**< likewise */
    float *scores;
    uint8_t *next;
    skel_segment *segment;
} skel_prune_buffers;

/** The inputs of one iteration beside the mask. Plain data, borrowed. */
typedef struct skel_prune_request {
    const skel_method *method;
    skel_scope scope;
    const skel_units *units; /**< NULL: single weights */
    size_t kept; /**< weights to keep over all segments; units of channels or blocks; of a pattern,
                      weights of each group */
    skel_layer_rules rules;
    bool invert; /**< keep the lowest scores instead (Frankle et al. 2021, the ablations) */
    uint64_t seed;
    const float *parameters; /**< flat vector, not masked */
    const float *signal;     /**< flat vector, the method's signal; NULL with SKEL_SIGNAL_NONE */
    const float *gradient;   /**< flat vector, for the objective: the mean gradient at parameters *
                                  mask; NULL if it is not known */
    skel_prune_buffers *buffers; /**< taken, used again and made larger as needed; NULL: memory for
                                      one iteration alone */
} skel_prune_request;

/** The outcome of one iteration, for /metrics/prune. */
typedef struct skel_prune_report {
    size_t kept;
    double threshold; /**< the smallest score that is kept, of all layers */
    double objective; /**< sum over kept i of |theta_i g_i| at the mask before; NaN: no gradient */
    size_t resurrected;  /**< weights that were pruned before and are kept now */
    size_t pruned;       /**< weights that were kept before and are pruned now */
    size_t positive;     /**< scores above 0, of units with `units` */
    size_t single;       /**< layers of which a single channel stays */
    size_t first_single; /**< number of the first of them in the table of units */
    size_t chosen; /**< weights that are kept because of their scores; the others of `kept` have
                        no better score than pruned ones, but a lower index */
    double best_pruned; /**< the largest score, before `invert` turns it, of a channel or block that
                             was kept before and is pruned now; NaN: there is none */
    double mean_score;  /**< the mean score, likewise, of all channels or blocks that were kept
                             before; NaN: there is none */
} skel_prune_report;

/** Whether the number of kept weights of every tensor is fixed before the scores are known.
 *
 *  Local.
 */
bool skel_prune_shares_by_tensor(const skel_method *method, skel_scope scope);

/** Frees the memory that iterations share.
 *
 *  Local.
 */
void skel_prune_buffers_free(skel_prune_buffers *buffers);

/** Computes the next mask: scores all weights, keeps the best, shares the mask with all ranks.
 *
 *  Collective; the root scores and chooses, the other ranks receive.
 *
 *  Without shares by tensor, the sum of the kept scores is the largest that the rules allow. With
 *  them, shares are in proportion to the tensors' numbers of weights (SKEL_SHARING_ERK: to
 *  `rules.size`), rounded by largest remainder, at least 1 each, and each tensor keeps its best.
 *  With `units`, units take the place of weights: rules, shares and scope are of units.
 *  @param mask    in: the current mask, out: the next one, with `kept` weights
 *  @param report  out, the same on every rank; if `chosen` is less than `kept`, other masks have
 *                 equal scores: the caller warns the user
 *  Errors: SKEL_ERR_NUMBER if a score is not finite, with the tensor's name (mask->names);
 *          SKEL_ERR_CONFIG if `kept` is 0, larger than the number of weights that can be kept (with
 *          a permanent method: that are kept now), or smaller than the rules need;
 *          SKEL_ERR_MEMORY. The mask is unchanged after an error.
 *  Source: de Jorge et al. 2021, algorithm 1; objective: equation 5 there. Shares of
 *          SKEL_SHARING_ERK: Evci et al. 2020, section 3; Mocanu et al. 2018, equation 1.
 */
SKEL_CHECKED skel_status skel_prune_mask(const skel_comm *comm, const skel_prune_request *request,
                                         skel_mask *mask, skel_prune_report *report);

#endif
