/* When the mask moves, how much of it, and who is told. */
#include "evolution.h"

#include "skel/evolve.h"
#include "skel/log.h"

#include <math.h>
#include <string.h>

static skel_move when(const void *context, size_t step)
{
    const skel_evolution *evolution = context;

    if (step % evolution->every != 0 || step >= evolution->steps ||
        (double)step >= evolution->until) {
        return SKEL_MOVE_NONE;
    }
    return evolution->run->settings.criterion->grows_by_gradient ? SKEL_MOVE_INSTEAD
                                                                 : SKEL_MOVE_AFTER;
}

/* Source: Evci et al. 2020, equation 1. */
static double fraction_at(const skel_evolution *evolution, size_t step)
{
    const skel_experiment *run = evolution->run;
    double fraction = run->job->prune.drop_fraction;

    if (run->settings.criterion->grows_by_gradient) {
        fraction *= 0.5 * (1 + cos(3.141592653589793 * (double)step / evolution->until));
    }
    return fraction;
}

/* Weights that are kept now and were not before the mask moved. */
static size_t count_moved(const skel_experiment *run)
{
    size_t moved = 0;

    for (size_t i = 0; i < run->mask->count; i++) {
        moved += run->mask->keep[i] > run->first_keep[i];
    }
    return moved;
}

double skel_evolution_moved(const skel_experiment *run)
{
    return (double)count_moved(run) / (double)run->mask->kept;
}

/* A skel_mover's. Every rank finds the same mask by itself. */
static skel_status move(void *context, size_t step, const skel_state *state, const float gradient[])
{
    const skel_evolution *evolution = context;
    skel_experiment *run = evolution->run;
    const skel_evolve_request request = {.fraction = fraction_at(evolution, step),
                                         .seed = run->job->seed,
                                         .update = (uint32_t)(step / evolution->every),
                                         .gradient = gradient,
                                         .parameters = state->parameters,
                                         .velocity = state->velocity};
    size_t epoch = (step - 1) / evolution->epoch_steps + 1;
    size_t exchanged = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(run->comm, skel_mask_evolve(run->mask, &request, &exchanged)));
    SKEL_TRY(skel_mask_check(run->comm, run->mask));
    skel_worker_remask(run->worker);
    status = skel_metrics_add(run->evolve_metrics,
                              (double[]){(double)epoch, (double)step, request.fraction,
                                         (double)exchanged, (double)count_moved(run)});
    SKEL_TRY(skel_comm_agree(run->comm, status));
done:
    return status;
}

static skel_status make_dense(skel_experiment *run, skel_evolution *out)
{
    skel_worker_options options = skel_settings_growth_worker(run->job, &run->settings);
    skel_status status = SKEL_OK;

    options.keep = run->mask->keep;
    out->mover.worker = run->worker;
    if (skel_settings_needs_growth_worker(run->job, &run->settings)) {
        SKEL_TRY(skel_worker_create(run->comm, run->network, &options, &out->dense));
        out->mover.worker = out->dense;
    }
done:
    return status;
}

skel_status skel_evolution_open(skel_experiment *run, skel_training *training, skel_evolution *out)
{
    const skel_job *job = run->job;
    size_t epoch_steps = (run->train.count + job->train.batch_size - 1) / job->train.batch_size;
    size_t steps = job->train.epochs * epoch_steps;

    *out = (skel_evolution){
        .run = run,
        .epoch_steps = epoch_steps,
        .every = job->prune.update_every > 0 ? job->prune.update_every : epoch_steps,
        .steps = steps,
        .until = job->prune.update_until * (double)steps,
        .mover = {.context = out, .when = when, .move = move},
    };
    training->mover = &out->mover;
    if (when(out, out->every) == SKEL_MOVE_NONE) {
        SKEL_WARN("%s: the mask never moves: it would every %zu steps, before step %g of %zu",
                  run->settings.criterion->name, out->every, out->until, steps);
    }
    return make_dense(run, out);
}

void skel_evolution_close(skel_evolution *evolution)
{
    skel_worker_destroy(&evolution->dense);
}
