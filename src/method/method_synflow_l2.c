/* SynFlow-L2: score_i = theta_i^2 dR/d(theta_i^2), where R is the sum of the logits of the network
 * with all its parameters and running averages squared, on an image of ones. The signal is the
 * gradient of ln R instead of R, which divides all scores by R. No data is needed, and a pruned
 * weight stays pruned.
 * Source: Gebhart, Saxena and Schrater 2021, the section on SynFlow-L2; Patil and Dovrolis 2021. */
#include "methods.h"

const skel_method skel_method_synflow_l2 = {
    .name = "synflow-l2",
    .summary = "synaptic flow of squared weights, without data",
    .signal = SKEL_SIGNAL_SQUARED_FLOW,
    .iterative = true,
    .permanent = true,
    .defaults.iterations = 100,
    .score = skel_score_squared,
};
