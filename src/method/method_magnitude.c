/* Magnitude pruning at initialisation: score_i = |theta_i|. With scope global it prefers tensors
 * with a small fan-in, whose weights were drawn larger.
 * Source: Han et al. 2015, before any training; Frankle et al. 2021, section 3. */
#include "methods.h"

const skel_method skel_method_magnitude = {
    .name = "magnitude",
    .summary = "the largest initial weights are kept",
    .signal = SKEL_SIGNAL_NONE,
    .score = skel_score_magnitude,
};
