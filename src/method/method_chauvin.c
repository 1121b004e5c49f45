/* Optimal use of hidden units: training minimises E = C + mu sum_i e(o_i^2), averaged over the
 * images; C is the training loss, o_i the output of hidden unit i, and the energy e has the
 * derivative e'(x) = 1 / (1 + x)^n, n being prune.energy-order and mu prune.strength: e is x,
 * ln(1 + x) or x / (1 + x). The gradient of unit i's output gets 2 mu o_i e'(o_i^2). Units whose
 * energy has vanished go. The score of a unit is its mean energy over the images, without mu; the
 * threshold below which units go is that which leaves what prune.sparsity asks for, found by
 * sorting the energies. A run warns if units go whose energy has not vanished. Deviations: the
 * paper's C is a sum of squares, weighed by a factor of its own; its units are logistic ones of
 * linear layers. Here a channel of a convolution is a unit, its energy is the mean over its pixels,
 * and o is its output behind batch norm, additions and activation; channels of layers whose outputs
 * are added are one unit, whose energy is the sum of theirs. Scores are taken with running
 * averages. A unit goes in iterations, with training by the same E between them. The defaults of mu
 * and n are ours. Source: Chauvin 1989, A Back-Propagation Algorithm with Optimal Use of Hidden
 * Units, the section "Principle", equation 2; the derivatives of the energy are cited from its text
 * on the choice of e, which follows there. */
#include "methods.h"

const skel_method skel_method_chauvin = {
    .name = "chauvin",
    .summary = "train with a penalty on the energy of hidden units, prune those with the least",
    .signal = SKEL_SIGNAL_ENERGY,
    .rule = SKEL_RULE_FIRST,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .defaults = {.batches = 10, .iterations = 5, .finetune_epochs = 1, .strength = 1e-3},
    .score = skel_score_signal,
};
