/* Random pruning: score_i is uniform in (0, 1]. With scope global each weight is kept with the same
 * probability; with scope layer each tensor keeps exactly the same share of its weights. */
#include "methods.h"

const skel_method skel_method_random = {
    .name = "random",
    .summary = "weights chosen at random; scope layer: the same share of every layer",
    .signal = SKEL_SIGNAL_NONE,
    .rule = SKEL_RULE_FIRST,
    .score = skel_score_random,
};
