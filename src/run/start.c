/* What a leg of training starts from, and the copy that lottery tickets are put back to. */
#include "experiment_impl.h"

#include <string.h>

static void copy(const skel_network *network, const skel_state *from, const skel_state *to)
{
    size_t bytes = network->parameter_count * sizeof(float);

    memcpy(to->parameters, from->parameters, bytes);
    if (from->velocity != NULL) {
        memcpy(to->velocity, from->velocity, bytes);
    } else {
        memset(to->velocity, 0, bytes);
    }
    memcpy(to->buffers, from->buffers, network->buffer_count * sizeof(float));
}

void skel_experiment_start(skel_experiment *run, skel_position position)
{
    const skel_state now = {run->parameters, run->velocity, run->buffers};
    const skel_state first = {run->initial, NULL, run->first_buffers};
    const skel_state drawn = {run->redrawn, NULL, run->first_buffers};
    const skel_state trained = {run->parameters, NULL, run->buffers};
    bool finetunes =
        run->settings.criterion->timing == SKEL_TIMING_TRAINED && position.iterations > 0;
    bool final = position.iterations == run->settings.iterations;

    if (final && run->redrawn != NULL) {
        copy(run->network, &drawn, &now);
    } else if (finetunes) {
        skel_mask_apply(run->mask, run->parameters); /* before a shuffle, which brings back zeros */
        copy(run->network, &trained, &now);
    } else {
        copy(run->network, skel_experiment_remembers(run, position) ? &run->rewound : &first, &now);
    }
    if (final && run->settings.sanity == SKEL_SANITY_SHUFFLE) {
        skel_mask_shuffle(run->mask, run->job->seed);
    }
    skel_mask_apply(run->mask, run->parameters);
    skel_mask_apply(run->mask, run->velocity);
    if (run->first_keep != NULL) {
        memcpy(run->first_keep, run->mask->keep, run->mask->count);
    }
}

bool skel_experiment_remembers(const skel_experiment *run, skel_position position)
{
    return run->rewound.parameters != NULL &&
           (position.iterations > 0 || position.epochs >= run->job->prune.rewind);
}

void skel_experiment_remember(skel_experiment *run, skel_position position)
{
    const skel_state now = {run->parameters, run->velocity, run->buffers};

    if (run->rewound.parameters != NULL && position.iterations == 0 &&
        position.epochs == run->job->prune.rewind) {
        copy(run->network, &now, &run->rewound);
    }
}
