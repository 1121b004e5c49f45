/* SynFlow, iterative synaptic flow pruning: score_i = |theta_i| dR/d|theta_i|, where R is the sum
 * of the logits of the network with all its parameters in absolute value, on an image of ones. The
 * signal is the gradient of ln R instead of R, which divides all scores by R: each is a weight's
 * share of the flow. No data is needed. A pruned weight carries no flow and stays pruned.
 * Source: Tanaka et al. 2020, algorithm 1. */
#include "methods.h"

const skel_method skel_method_synflow = {
    .name = "synflow",
    .summary = "synaptic flow: weights' share of all paths' products, without data",
    .signal = SKEL_SIGNAL_FLOW,
    .iterative = true,
    .permanent = true,
    .defaults.iterations = 100,
    .score = skel_score_saliency,
};
