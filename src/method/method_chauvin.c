/* Optimal use of hidden units: training minimises E = C + mu sum_i e(o_i^2), averaged over the
 * images; C is the training loss, o_i the output of hidden unit i, mu prune.strength. The energy e
 * has the derivative e'(x) = 1 / (1 + x)^n, n being prune.energy-order: e is x, ln(1 + x) or
 * x / (1 + x). The gradient of unit i's output gets 2 mu o_i e'(o_i^2). The score of a unit is its
 * mean energy over the images, without mu; those with the least go, as many as prune.sparsity asks
 * for. An iteration warns if it removes a unit whose energy has not vanished; what counts as
 * vanished is ours (run/energies.h), and so are the defaults of mu and n. Deviations: the paper's C
 * is a sum of squares, weighed by a factor of its own. Here a channel of a convolution is a unit,
 * its energy is the mean over its pixels, and o is its output behind batch norm, additions and
 * activation; channels of layers whose outputs are added are one unit, whose energy is the sum of
 * theirs. Scores are taken with running averages. Units go in iterations, with training by the same
 * E between them. Source: Chauvin 1989, A Back-Propagation Algorithm with Optimal Use of Hidden
 * Units: title, abstract, the section "Principle" and equation 2. Of the text on the choice of e,
 * which follows there, the three derivatives are cited, and the logistic units of linear layers
 * that the paper has; they are not verified, nor is that units whose energy has vanished go. */
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
