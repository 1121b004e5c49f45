/* Random pruning with the same density in every layer, whatever the scope says: what of a method's
 * success is due to neither its scores nor its layers' densities is what this has, too.
 * Source: Gale et al. 2019 (uniform); Frankle et al. 2021. */
#include "criteria.h"

const skel_criterion skel_criterion_random_uniform = {
    .name = "random-uniform",
    .summary = "weights chosen at random, the same share of every layer",
    .signal = SKEL_SIGNAL_NONE,
    .sharing = SKEL_SHARING_UNIFORM,
    .score = skel_score_random,
};
