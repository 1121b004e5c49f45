/* Weights at the start of a leg, and the copy that lottery tickets are put back to. */
#include "rewind.h"

#include "skel/traits.h"

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

void skel_rewind_weights(const skel_inputs *in, skel_checkpoint_state *state)
{
    const skel_settings *settings = &in->settings;
    const skel_state *now = &state->weights;
    const skel_state first = {in->initial, NULL, in->first_buffers};
    const skel_state drawn = {in->redrawn, NULL, in->first_buffers};
    size_t iterations = state->position.iterations;
    bool finetunes = settings->method->timing == SKEL_TIMING_TRAINED && iterations > 0;
    bool final = iterations == settings->iterations;
    /* stored weights go on, also where the mask is 0 */
    bool masks = !final || !skel_method_reparameterises(settings->method);

    if (final && in->redrawn != NULL) {
        copy(in->network, &drawn, now);
    } else if (finetunes) {
        if (masks) { /* so weights that a shuffle newly keeps are 0 */
            skel_mask_apply(state->mask, now->parameters);
        }
        memset(now->velocity, 0, in->network->parameter_count * sizeof *now->velocity);
    } else {
        copy(in->network, skel_rewind_is_saved(in, state) ? &state->rewound : &first, now);
        state->part = iterations > 0 ? state->rewound_part : (skel_epoch_part){0};
    }
    if (final && settings->sanity == SKEL_SANITY_SHUFFLE) {
        skel_mask_shuffle(state->mask, in->job->seed);
    }
    if (masks) {
        skel_mask_apply(state->mask, now->parameters);
        skel_mask_apply(state->mask, now->velocity);
    }
    if (state->first_keep != NULL) {
        memcpy(state->first_keep, state->mask->keep, state->mask->count);
    }
}

bool skel_rewind_is_saved(const skel_inputs *in, const skel_checkpoint_state *state)
{
    size_t epochs = state->position.epochs;

    return state->rewound.parameters != NULL &&
           (state->position.iterations > 0 || epochs > in->settings.rewind_epochs ||
            (epochs == in->settings.rewind_epochs &&
             state->part.steps >= in->settings.rewind_steps));
}

bool skel_rewind_is_here(const skel_inputs *in, const skel_checkpoint_state *state)
{
    return state->rewound.parameters != NULL && state->position.iterations == 0 &&
           state->position.epochs == in->settings.rewind_epochs &&
           state->part.steps == in->settings.rewind_steps;
}

void skel_rewind_save(const skel_inputs *in, skel_checkpoint_state *state)
{
    if (skel_rewind_is_here(in, state)) {
        copy(in->network, &state->weights, &state->rewound);
        state->rewound_part = state->part;
        state->rewound_part.seconds = 0;
    }
}
