/* Random pruning with the same density in every layer, for every scope. A method that is no better
 * than this one owes its success neither to its scores nor to its layers' densities.
 * The uniform densities of Evci et al. 2020 leave the first layer whole; prune.keep-layers does so.
 * Source: Gale et al. 2019 (uniform); Frankle et al. 2021. */
#include "methods.h"

const skel_method skel_method_random_uniform = {
    .name = "random-uniform",
    .summary = "weights chosen at random, the same share of every layer",
    .signal = SKEL_SIGNAL_NONE,
    .rule = SKEL_RULE_FIRST,
    .sharing = SKEL_SHARING_UNIFORM,
    .score = skel_score_random,
};
