/* No pruning: the dense network that the others are compared with. */
#include "criteria.h"

const skel_criterion skel_criterion_none = {
    .name = "none",
    .summary = "the dense network, for comparison",
    .signal = SKEL_SIGNAL_NONE,
    .score = NULL,
};
