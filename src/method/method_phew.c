/* PHEW, paths with higher edge weights: the weights that random walks through the initial network
 * visit first, where a walk prefers weights of a large magnitude (skel_walks_order()). score_i =
 * 1 / n for the n-th weight that is visited. No data is needed.
 * There are as many walks as visit all weights that are kept, of all layers together, so a share of
 * each layer's own cannot be asked for: of some layers fewer are visited.
 * Deviations: the authors' code knows the blocks of its residual networks and leaves out shortcuts
 * without weights; here a walk takes each way at a fork with the same probability.
 * Source: Patil and Dovrolis 2021, section 4. */
#include "methods.h"

#include <string.h>

static void score(const skel_method_tensor *tensor, float scores[])
{
    memcpy(scores, tensor->signal, tensor->count * sizeof *scores);
}

const skel_method skel_method_phew = {
    .name = "phew",
    .summary = "weights that random walks visit, which prefer large weights; without data",
    .signal = SKEL_SIGNAL_WALK,
    .score = score,
};
