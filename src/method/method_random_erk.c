/* Random pruning with the layers' densities of an Erdos-Renyi-Kernel graph: a layer of n_in inputs,
 * n_out outputs and a kernel of h x w keeps weights in proportion to n_in + n_out + h + w, at most
 * all its weights. So small layers are denser than large ones.
 * Source: Evci et al. 2020, section 3; Mocanu et al. 2018, equation 1. */
#include "methods.h"

const skel_method skel_method_random_erk = {
    .name = "random-erk",
    .summary = "weights chosen at random, layer densities by the Erdos-Renyi-Kernel rule",
    .signal = SKEL_SIGNAL_NONE,
    .rule = SKEL_RULE_FIRST,
    .sharing = SKEL_SHARING_ERK,
    .score = skel_score_random,
};
