/* The least number of weights that the rules for single layers allow. */
#include "skel/layer_rules.h"

#include <math.h>

size_t skel_layer_rules_least(const skel_layer_rules *rules, bool by_tensor, size_t tensor,
                              size_t size)
{
    size_t least = (size_t)ceil(rules->floor * (double)size - 1e-6);

    if (rules->whole != NULL && rules->whole[tensor]) {
        return size;
    }
    return least < 1 && by_tensor ? 1 : least;
}

skel_status skel_layer_rules_check(const skel_layer_rules *rules, bool by_tensor, size_t kept,
                                   size_t tensors, const size_t size[])
{
    size_t whole = 0;
    size_t least = 0;
    double largest = 0;

    for (size_t s = 0; s < tensors; s++) {
        largest = fmax(largest, (double)size[s]);
        least += skel_layer_rules_least(rules, by_tensor, s, size[s]);
        whole += rules->whole != NULL && rules->whole[s] ? size[s] : 0;
    }
    if (kept < least && whole == 0 && rules->floor == 0) {
        return SKEL_FAIL(
            SKEL_ERR_CONFIG,
            "cannot keep %zu weights with shares by layer: each of %zu layers needs one", kept,
            tensors);
    }
    if (kept < least && rules->floor * largest <= 1) { /* units, each layer of which needs one */
        return SKEL_FAIL(
            SKEL_ERR_CONFIG,
            "cannot keep %zu weights: prune.keep-layers holds %zu, and each other layer "
            "needs one; all layers together need %zu",
            kept, whole, least);
    }
    if (kept < least) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu weights: prune.keep-layers holds %zu, and with "
                         "prune.per-layer-floor %g all layers together need %zu",
                         kept, whole, rules->floor, least);
    }
    return SKEL_OK;
}
