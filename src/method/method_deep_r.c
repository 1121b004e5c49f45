/* DEEP R, deep rewiring: a random mask by the Erdos-Renyi-Kernel rule; each weight has a fixed sign
 * and a size theta: w = sign theta while it is connected. After each step of the optimiser,
 *     theta = theta - eta l1 + eta noise,  noise normal with standard deviation prune.noise
 * for the connected ones; those whose theta falls below 0 go dormant, and as many dormant weights
 * of the layer, any with the same probability and those that just went among them, come at theta =
 * 1e-12. eta is the learning rate of the step, l1 is prune.strength. The score here draws the first
 * mask; skel_rewire_mask() changes it. Signs are those of the initial weights, which are as often
 * positive as negative. As in the authors' code, noise is eta times a constant, where the paper has
 * sqrt(2 eta T), and each layer keeps its number. The authors choose these numbers (1, 3 and 30 %
 * of the layers of LeNet-300-100); the momentum and the decay are the job's, and theirs are 0.
 * Source: Bellec et al. 2018, algorithm 1, and their code. */
#include "methods.h"

const skel_method skel_method_deep_r = {
    .name = "deep-r",
    .summary = "sparse from the start, fixed signs: weights that cross 0 go, random ones come",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_ERK,
    .movement = SKEL_MOVEMENT_REWIRE,
    .defaults = {.strength = 1e-5, .noise = 1e-5},
    .score = skel_score_random,
};
