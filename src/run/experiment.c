/* One run, and the paper's algorithm: progressive skeletonization.
 *
 *     c_0 = 1                                                         skel_phase_prepare
 *     for t = 1, ..., T                                               skel_phase_prune
 *         k_t = kept weights of the schedule                          skel_schedule_kept
 *         g   = mean_b dL_b/dtheta at theta * c_(t-1)                 skel_signal_compute
 *         c_t = 1 where |theta * g| is among the k_t largest, else 0  skel_prune_mask
 *     train theta * c_T and test it                                   skel_phase_train
 *
 * Some methods that it is compared with prune a trained network: training is then divided into
 * legs, one before the first iteration and one after each (leg.h). Others move c while they train
 * (evolution.h), or train theta while the network computes with a function of it (reparameter.h).
 *
 *  Source: de Jorge et al. 2021, algorithm 1.
 */
#include "checkpoint.h"
#include "phases.h"
#include "record.h"
#include "rewind.h"

#include "skel/cost.h"
#include "skel/log.h"
#include "skel/traits.h"
#include "skel/watchdog.h"

/* Describes the mask, which is the same on every rank, or nobody goes on. */
static skel_status describe_mask(const skel_inputs *in, skel_checkpoint_state *state)
{
    skel_outcome *outcome = &state->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_mask_check(in->comm, state->mask));
    outcome->prunable = state->mask->prunable;
    outcome->kept = state->mask->kept;
    outcome->sparsity = 1 - (double)outcome->kept / (double)outcome->prunable;
    SKEL_TRY(skel_comm_agree(in->comm, skel_mask_hash(state->mask, outcome->mask_hash)));
done:
    return status;
}

/* Diagnoses a mask that will stay, and warns of collapsed layers. */
static skel_status diagnose(skel_prepared *run, skel_diagnosis *diagnosis)
{
    skel_outcome *outcome = &run->state.outcome;
    skel_status status = SKEL_OK;

    skel_watchdog_phase("diagnosis of the mask of %s", run->inputs.assignment->path);
    SKEL_TRY(skel_phase_diagnose(&run->inputs, run->state.mask, &run->scratch, diagnosis));
    outcome->effective = diagnosis->effective;
    outcome->collapsed = diagnosis->paths.collapsed;
    outcome->connected = diagnosis->paths.connected;
    outcome->objective = diagnosis->figures.objective;
    if (!run->inputs.assignment->timed) {
        skel_diagnosis_warn(diagnosis, run->inputs.network);
    }
done:
    return status;
}

/* Trains and tests the skeleton until the next iteration, or to the end. A mask that changes while
 * training is final after it, any other one before the last leg. */
static skel_status train(skel_prepared *run, skel_diagnosis *diagnosis)
{
    const skel_inputs *in = &run->inputs;
    skel_checkpoint_state *state = &run->state;
    bool moves =
        skel_method_moves(in->settings.method) || skel_method_reparameterises(in->settings.method);
    bool final = state->position.iterations == in->settings.iterations;
    skel_status status = SKEL_OK;

    if (!state->placed) {
        skel_rewind_weights(in, state);
        state->placed = true;
    }
    SKEL_TRY(describe_mask(in, state));
    if (final && !moves) {
        SKEL_TRY(diagnose(run, diagnosis));
    }
    SKEL_TRY(skel_phase_train(in, state, &run->scratch));
    if (final && moves) {
        SKEL_TRY(describe_mask(in, state));
        SKEL_TRY(diagnose(run, diagnosis));
    }
done:
    return status;
}

static void warn_of_idle_ranks(const skel_assignment *assignment)
{
    char idle[SKEL_COST_IDLE];

    skel_cost_idle(assignment->job, (size_t)skel_comm_size(assignment->comm), idle);
    if (idle[0] != '\0') {
        SKEL_WARN("%s", idle);
    }
}

/* The paper's algorithm, from wherever the state is. */
static skel_status skeletonize(skel_prepared *run, skel_diagnosis *diagnosis)
{
    const skel_inputs *in = &run->inputs;
    skel_checkpoint_state *state = &run->state;
    skel_status status = SKEL_OK;

    do {
        SKEL_TRY(skel_phase_prune(in, state, &run->scratch));
        SKEL_TRY(train(run, diagnosis));
    } while (!skel_leg_ends_run(in->job, &in->settings, state->position));
done:
    return status == SKEL_ERR_STOPPED ? skel_checkpoint_stop(in, state) : status;
}

skel_status skel_experiment_run(const skel_assignment *assignment, skel_outcome *out)
{
    skel_prepared run = {0};
    skel_diagnosis diagnosis = {0};
    const skel_inputs *in = &run.inputs;
    skel_checkpoint_state *state = &run.state;
    skel_status status = SKEL_OK;

    skel_watchdog_phase("preparation of %s", assignment->path);
    SKEL_TRY(skel_phase_prepare(assignment, &run));
    warn_of_idle_ranks(assignment);
    SKEL_TRY(skel_checkpoint_restore(in, state));
    SKEL_TRY(skeletonize(&run, &diagnosis));
    state->outcome.seconds = state->outcome.seconds_prune + state->outcome.seconds_train;
    skel_watchdog_io_begin("writing %s", assignment->path);
    status = skel_record_write(in, state, &diagnosis);
    skel_watchdog_io_end();
    SKEL_TRY(status);
    skel_checkpoint_remove(in);
    *out = state->outcome;
done:
    skel_diagnosis_clear(&diagnosis);
    skel_phase_release(&run);
    return status;
}
