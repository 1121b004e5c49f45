/* Ranks that a job leaves without work. */
#include "skel/cost.h"
#include "skel/settings.h"

#include <stdint.h>
#include <stdio.h>

void skel_cost_idle(const skel_job *job, size_t ranks, char out[SKEL_COST_IDLE])
{
    skel_settings settings;
    skel_status status = skel_settings_resolve(job, &settings);
    size_t images =
        status == SKEL_OK ? settings.prune_batches * settings.prune_batch_size : SIZE_MAX;
    bool pruning = images < job->train.batch_size;
    size_t smaller = pruning ? images : job->train.batch_size;
    size_t shares = (smaller + job->compute.microbatch - 1) / job->compute.microbatch;
    size_t finer = (smaller + ranks - 1) / ranks;
    char hint[96] = "";

    out[0] = '\0';
    if (shares >= ranks) {
        return;
    }
    if (finer < job->compute.microbatch) {
        (void)snprintf(hint, sizeof hint, "; compute.microbatch=%zu would spread them over %zu",
                       finer, (smaller + finer - 1) / finer);
    }
    (void)snprintf(out, SKEL_COST_IDLE,
                   "the %zu images of %s are %zu microbatch%s: %zu of %zu ranks have nothing to "
                   "do%s",
                   smaller, pruning ? "a pruning iteration" : "a training step", shares,
                   shares == 1 ? "" : "es", ranks - shares, ranks, hint);
}
