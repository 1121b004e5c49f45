/* DPF, dynamic pruning with feedback: the network computes with w m, and its gradient g(w m) moves
 * all of w, so a weight that the mask removes goes on and may return. Every prune.update-every
 * steps m keeps the largest |w| of all layers. The share of removed weights grows as
 * s_t = s (1 - (1 - t / t_end)^3) and is the job's from t_end on, which is prune.update-until of
 * all steps, or the last change of the mask if that is earlier: so the last test is always one at
 * the job's sparsity. Weight decay acts on the stored weights, those that m removes included. The
 * paper prunes convolutions alone (prune.keep-layers keeps the last layer whole), and its curve is
 * evaluated once an epoch where ours follows the steps. Units of several weights have the sum of
 * their |w|. Source: Lin et al. 2020, algorithm 1; the curve: Zhu and Gupta 2017. */
#include "methods.h"

static const skel_reparameterisation reparameterisation = {
    .remask = SKEL_REMASK_CHOICE,
    .less = "prune.per-layer-floor or prune.keep-layers keeps weights there",
    .gradual = true,
};

const skel_method skel_method_dpf = {
    .name = "dpf",
    .summary = "mask of the largest weights, moved while training by feedback to all weights",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_DURING,
    .reparameterisation = &reparameterisation,
    .defaults = {.update_every = 16, .update_until = 0.75},
    .score = skel_score_magnitude,
};
