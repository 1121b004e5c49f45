/* No pruning: the network with all weights, with which the others are compared. */
#include "methods.h"

const skel_method skel_method_none = {
    .name = "none",
    .summary = "the network with all weights, for comparison",
    .signal = SKEL_SIGNAL_NONE,
    .score = NULL,
};
