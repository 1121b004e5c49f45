/* Moving masks: the mover of a training. */
#include "evolution.h"

#include "mask_change.h"

#include "skel/lineage.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/rewire.h"
#include "skel/traits.h"

#include <math.h>
#include <stdio.h>

static const skel_method *method_of(const skel_evolution *evolution)
{
    return evolution->in->settings.method;
}

/* `when` of a skel_mover. */
static skel_move when(const void *context, size_t step)
{
    const skel_evolution *evolution = context;

    if (method_of(evolution)->movement == SKEL_MOVEMENT_REWIRE) {
        return SKEL_MOVE_AFTER;
    }
    if (!skel_moves_changes_at(&evolution->moves, step)) {
        return SKEL_MOVE_NONE;
    }
    return skel_method_grows_by_gradient(method_of(evolution)) ? SKEL_MOVE_INSTEAD
                                                               : SKEL_MOVE_AFTER;
}

/* `watches` of a skel_mover. */
static bool watches(const void *context, size_t step)
{
    const skel_evolution *evolution = context;

    return skel_moves_watches_at(&evolution->moves, step);
}

/* `watch` of a skel_mover: the momentum that pruned weights would have. */
static void watch(void *context, const float gradient[])
{
    const skel_evolution *evolution = context;
    float *growth = evolution->state->growth;
    float momentum = (float)evolution->in->job->train.momentum;

    for (size_t i = 0; i < evolution->state->mask->count; i++) {
        growth[i] = momentum * growth[i] + gradient[i];
    }
}

/* Weights that are kept now and were not before the mask moved. */
static size_t count_moved(const skel_checkpoint_state *state)
{
    size_t moved = 0;

    for (size_t i = 0; i < state->mask->count; i++) {
        moved += state->mask->keep[i] > state->first_keep[i];
    }
    return moved;
}

double skel_evolution_moved(const skel_checkpoint_state *state)
{
    return (double)count_moved(state) / (double)state->mask->kept;
}

static skel_status add_row(const skel_evolution *evolution, size_t step, double fraction,
                           size_t exchanged, double threshold)
{
    const skel_checkpoint_state *state = evolution->state;
    size_t epoch = (step - 1) / evolution->moves.epoch_steps + 1;

    return skel_metrics_add(state->tables.evolve,
                            (double[SKEL_EVOLVE_COLUMNS]){
                                [SKEL_EVOLVE_EPOCH] = (double)epoch,
                                [SKEL_EVOLVE_STEP] = (double)step,
                                [SKEL_EVOLVE_FRACTION] = fraction,
                                [SKEL_EVOLVE_EXCHANGED] = (double)exchanged,
                                [SKEL_EVOLVE_MOVED] = (double)count_moved(state),
                                [SKEL_EVOLVE_KEPT] = (double)state->mask->kept,
                                [SKEL_EVOLVE_THRESHOLD] = threshold,
                            });
}

/* Warns once of a step after which more than half of the weights are others. */
static void warn_of_losses(skel_evolution *evolution, size_t step, size_t gone)
{
    const skel_inputs *in = evolution->in;
    size_t kept = evolution->state->mask->kept;

    if (2 * gone > kept && !evolution->warned) {
        SKEL_WARN("%zu of %zu weights have lost their sign in step %zu, and random ones have "
                  "come; a smaller prune.strength (%g) or prune.noise (%g) removes less",
                  gone, kept, step, in->job->prune.strength, in->job->prune.noise);
        evolution->warned = true;
    }
}

void skel_evolution_warn(const skel_evolution *evolution)
{
    if (skel_method_drops_by_threshold(method_of(evolution)) &&
        skel_moves_changes(&evolution->moves) > 0 && count_moved(evolution->state) == 0) {
        SKEL_WARN("the mask has never moved, as no weight was below the threshold, %g and "
                  "twice as much after each change; a larger prune.drop-threshold removes more",
                  evolution->in->job->prune.drop_threshold);
    }
}

/* Weights that have come since the row before, whose mask the lineage remembers. */
static size_t count_new(skel_checkpoint_state *state)
{
    size_t found = 0;

    for (size_t i = 0; i < state->mask->count; i++) {
        found += state->mask->keep[i] > (state->lineage[i] & 1);
    }
    (void)skel_lineage_add(state->mask, state->lineage);
    return found;
}

/* `move` of a skel_mover whose mask changes after every step. The ranks compare it, and a row is
 * added, at the end of an epoch. */
static skel_status rewire(void *context, size_t step, const skel_state *weights,
                          const float gradient[])
{
    skel_evolution *evolution = context;
    const skel_inputs *in = evolution->in;
    skel_checkpoint_state *state = evolution->state;
    size_t gone = 0;
    size_t within = (step - 1) % evolution->moves.epoch_steps;
    const skel_rewiring rewiring = {
        .rate = skel_rate_at(&evolution->rate, (step - 1) / evolution->moves.epoch_steps, within,
                             evolution->moves.epoch_steps),
        .l1 = in->job->prune.strength,
        .noise = in->job->prune.noise,
        .seed = in->job->seed,
        .step = (uint32_t)step,
        .signs = in->initial,
        .parameters = weights->parameters,
        .velocity = weights->velocity,
        .comes = evolution->comes,
        .list = evolution->list,
    };
    skel_status status = SKEL_OK;

    (void)gradient;
    gone = skel_rewire_mask(state->mask, &rewiring);
    warn_of_losses(evolution, step, gone);
    if (gone > 0) {
        skel_worker_remask(evolution->trainer);
    }
    if (within + 1 == evolution->moves.epoch_steps) {
        SKEL_TRY(skel_mask_check(in->comm, state->mask));
        status = add_row(evolution, step, (double)NAN, count_new(state), (double)NAN);
        SKEL_TRY(skel_comm_agree(in->comm, status));
    }
done:
    return status;
}

/* Changes the mask; the member `move` of a skel_mover. Every rank computes the same mask. */
static skel_status move(void *context, size_t step, const skel_state *weights,
                        const float gradient[])
{
    skel_evolution *evolution = context;
    const skel_comm *comm = evolution->in->comm;
    skel_checkpoint_state *state = evolution->state;
    double threshold = (double)NAN;
    size_t exchanged = 0;
    skel_status status =
        skel_mask_change(evolution, step, weights, gradient, &exchanged, &threshold);

    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_mask_check(comm, state->mask));
    skel_worker_remask(evolution->trainer);
    status = add_row(evolution, step, skel_moves_fraction_at(&evolution->moves, step), exchanged,
                     threshold);
    SKEL_TRY(skel_comm_agree(comm, status));
done:
    return status;
}

static skel_status make_grower(skel_evolution *evolution)
{
    const skel_inputs *in = evolution->in;
    skel_worker_options options = skel_settings_growth_worker(in->job, &in->settings);
    skel_status status = SKEL_OK;

    if (!skel_method_grows_by_gradient(in->settings.method) &&
        !skel_method_grows_by_momentum(in->settings.method)) {
        return SKEL_OK;
    }
    options.keep = evolution->state->mask->keep;
    evolution->mover.worker = evolution->trainer;
    if (skel_settings_needs_growth_worker(in->job, &in->settings)) {
        SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &evolution->grower));
        evolution->mover.worker = evolution->grower;
    }
done:
    return status;
}

/* Once for the whole training, which changes the mask after every step. */
static skel_status take_scratch(skel_evolution *evolution)
{
    size_t largest = 0;
    skel_status status = SKEL_OK;

    for (size_t layer = 0; layer < evolution->in->layers; layer++) {
        size_t count = evolution->in->layer[layer].count;

        largest = count > largest ? count : largest;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(largest, 1, &evolution->comes));
    SKEL_TRY(SKEL_ALLOC_RAW(largest + 1, sizeof *evolution->list, &evolution->list));
done:
    return status;
}

/* Warns of a training that ends before its mask has moved: where it swells it takes two changes. */
static void warn_of_rest(const skel_evolution *evolution)
{
    const skel_moves *moves = &evolution->moves;
    size_t needed = method_of(evolution)->movement == SKEL_MOVEMENT_SWELL ? 2 : 1;
    double last = fmin(moves->until, (double)moves->steps);
    char remedy[96] = "train for more steps";

    if (skel_moves_changes(moves) >= needed) {
        return;
    }
    if (last / (double)needed > 1) {
        (void)snprintf(remedy, sizeof remedy, "set prune.update-every below %g",
                       last / (double)needed);
    }
    SKEL_WARN("the mask never moves: it would move every %zu steps, but only before step %g of "
              "%zu; %s",
              moves->every, last, moves->steps, remedy);
}

skel_status skel_evolution_open(const skel_inputs *in, skel_checkpoint_state *state,
                                skel_training *training, skel_evolution *out)
{
    const skel_job *job = in->job;
    bool rewires = in->settings.method->movement == SKEL_MOVEMENT_REWIRE;
    skel_status status = SKEL_OK;

    *out = (skel_evolution){
        .in = in,
        .state = state,
        .trainer = training->worker,
        .moves = skel_moves_of(job, in->settings.method, in->train.count),
        .rate = training->rate,
        .asked = skel_mask_change_asked(in, state->mask),
        .mover = {.context = out, .when = when, .move = rewires ? rewire : move},
    };
    if (skel_method_grows_by_momentum(in->settings.method)) {
        out->mover.watches = watches;
        out->mover.watch = watch;
    }
    training->mover = &out->mover;
    if (!rewires) {
        warn_of_rest(out);
    }
    SKEL_TRY(skel_comm_agree(in->comm, rewires ? take_scratch(out) : SKEL_OK));
    status = make_grower(out);
done:
    return status;
}

void skel_evolution_close(skel_evolution *evolution)
{
    SKEL_FREE(&evolution->list);
    SKEL_FREE(&evolution->comes);
    skel_worker_destroy(&evolution->grower);
}
