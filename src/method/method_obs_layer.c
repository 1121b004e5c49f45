/* Optimal Brain Surgeon by layers: score_i is the largest cost of any removal up to the one of
 * weight i, where the weights of a row go one by one, each time the one that changes the layer's
 * output least, and the others take over for it (elimination.h). The signal is this cost. Source:
 * Dong, Chen and Pan 2017 (L-OBS); there, weights are ranked once. */
#include "methods.h"

#include <string.h>

static void score(const skel_method_tensor *tensor, float scores[])
{
    memcpy(scores, tensor->signal, tensor->count * sizeof *scores);
}

const skel_method skel_method_obs_layer = {
    .name = "obs-layer",
    .summary = "Optimal Brain Surgeon by layers: train, prune by the change of layers' outputs",
    .signal = SKEL_SIGNAL_ELIMINATION,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .defaults = {.iterations = 5, .finetune_epochs = 1},
    .score = score,
};
