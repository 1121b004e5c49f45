/* Random pruning: score_i uniform in (0, 1], by (seed, prunable tensor, place in it) alone. With
 * scope global each weight is kept with the same probability; with scope layer exactly the same
 * share of each tensor is. */
#include "criteria.h"

const skel_criterion skel_criterion_random = {
    .name = "random",
    .summary = "weights chosen at random; scope layer: the same share of every tensor",
    .signal = SKEL_SIGNAL_NONE,
    .score = skel_score_random,
};
