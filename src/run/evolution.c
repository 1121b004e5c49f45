/* Moving masks: at which steps the mask changes, and which fraction of it. */
#include "evolution.h"

#include "skel/evolve.h"
#include "skel/log.h"

#include <math.h>

static bool grows_by_gradient(const skel_evolution *evolution)
{
    return evolution->in->settings.method->grows_by_gradient;
}

/* `when` of a skel_mover. */
static skel_move when(const void *context, size_t step)
{
    const skel_evolution *evolution = context;

    if (step % evolution->every != 0 || step >= evolution->steps ||
        (double)step >= evolution->until) {
        return SKEL_MOVE_NONE;
    }
    return grows_by_gradient(evolution) ? SKEL_MOVE_INSTEAD : SKEL_MOVE_AFTER;
}

/* Source: Evci et al. 2020, equation 1. */
static double fraction_at(const skel_evolution *evolution, size_t step)
{
    double fraction = evolution->in->job->prune.drop_fraction;

    if (grows_by_gradient(evolution)) {
        fraction *= 0.5 * (1 + cos(3.141592653589793 * (double)step / evolution->until));
    }
    return fraction;
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

/* Changes the mask; the member `move` of a skel_mover. Every rank computes the same mask. */
static skel_status move(void *context, size_t step, const skel_state *weights,
                        const float gradient[])
{
    const skel_evolution *evolution = context;
    const skel_comm *comm = evolution->in->comm;
    skel_checkpoint_state *state = evolution->state;
    const skel_evolve_request request = {.fraction = fraction_at(evolution, step),
                                         .seed = evolution->in->job->seed,
                                         .update = (uint32_t)(step / evolution->every),
                                         .gradient = gradient,
                                         .regrow = evolution->in->job->prune.regrow_dropped,
                                         .by_sign = evolution->in->settings.drops_by_sign,
                                         .parameters = weights->parameters,
                                         .velocity = weights->velocity};
    size_t epoch = (step - 1) / evolution->epoch_steps + 1;
    size_t exchanged = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, skel_evolve_mask(state->mask, &request, &exchanged)));
    SKEL_TRY(skel_mask_check(comm, state->mask));
    skel_worker_remask(evolution->trainer);
    status =
        skel_metrics_add(state->tables.evolve, (double[SKEL_EVOLVE_COLUMNS]){
                                                   [SKEL_EVOLVE_EPOCH] = (double)epoch,
                                                   [SKEL_EVOLVE_STEP] = (double)step,
                                                   [SKEL_EVOLVE_FRACTION] = request.fraction,
                                                   [SKEL_EVOLVE_EXCHANGED] = (double)exchanged,
                                                   [SKEL_EVOLVE_MOVED] = (double)count_moved(state),
                                               });
    SKEL_TRY(skel_comm_agree(comm, status));
done:
    return status;
}

static skel_status make_grower(skel_evolution *evolution)
{
    const skel_inputs *in = evolution->in;
    skel_worker_options options = skel_settings_growth_worker(in->job, &in->settings);
    skel_status status = SKEL_OK;

    if (!grows_by_gradient(evolution)) {
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

skel_status skel_evolution_open(const skel_inputs *in, skel_checkpoint_state *state,
                                skel_training *training, skel_evolution *out)
{
    const skel_job *job = in->job;
    size_t epoch_steps = (in->train.count + job->train.batch_size - 1) / job->train.batch_size;
    size_t steps = job->train.epochs * epoch_steps;

    *out = (skel_evolution){
        .in = in,
        .state = state,
        .trainer = training->worker,
        .epoch_steps = epoch_steps,
        .every = job->prune.update_every > 0 ? job->prune.update_every : epoch_steps,
        .steps = steps,
        .until = job->prune.update_until * (double)steps,
        .mover = {.context = out, .when = when, .move = move},
    };
    training->mover = &out->mover;
    if (when(out, out->every) == SKEL_MOVE_NONE) {
        SKEL_WARN("%s: the mask never moves: it would every %zu steps, before step %g of %zu",
                  in->settings.method->name, out->every, out->until, steps);
    }
    return make_grower(out);
}

void skel_evolution_close(skel_evolution *evolution)
{
    skel_worker_destroy(&evolution->grower);
}
