/** Rules for single layers: layers that lose no weight, and a least density of the others. */
#ifndef SKEL_LAYER_RULES_H
#define SKEL_LAYER_RULES_H

#include "skel/status.h"

#include <stddef.h>

/** The rules for all prunable tensors. Plain data, borrowed. */
typedef struct skel_layer_rules {
    const bool *whole;  /**< [tensors] tensors that lose no weight; NULL: none */
    double floor;       /**< least density of every other tensor, 0 to 1; 0: none */
    const double *size; /**< [tensors] inputs + outputs + kernel's height + width: a tensor's share
                             under SKEL_SHARING_ERK is in proportion to it; NULL for methods with
                             another sharing */
} skel_layer_rules;

/** The least number of weights of one tensor that the rules allow.
 *
 *  Local.
 *  @param by_tensor  whether shares are fixed by tensor: each tensor then keeps at least 1 weight
 *  @param tensor     its number
 *  @param size       its number of weights
 */
size_t skel_layer_rules_least(const skel_layer_rules *rules, bool by_tensor, size_t tensor,
                              size_t size);

/** Refuses a number of kept weights that is too small for the rules.
 *
 *  Local.
 *  @param by_tensor  as above
 *  @param kept       weights to keep over all tensors
 *  @param size       [tensors] weights of each
 *  Errors: SKEL_ERR_CONFIG if `kept` is less than the sum of skel_layer_rules_least(); the message
 *          has the numbers.
 */
SKEL_CHECKED skel_status skel_layer_rules_check(const skel_layer_rules *rules, bool by_tensor,
                                                size_t kept, size_t tensors, const size_t size[]);

#endif
