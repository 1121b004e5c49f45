/* Signals: what a method's scores are made of, computed at the pruned network. */
#include "signal.h"

#include "channel_scores.h"

#include "skel/traits.h"
#include "skel/walks.h"

#include <math.h>

/* The reduction names the parameter and its number; this names what was summed. */
static skel_status name_product(skel_status status, const char *name)
{
    return status == SKEL_ERR_NUMBER ? skel_error_prefix("%s", name) : status;
}

static skel_status hessian_times_gradient(const skel_inputs *in, skel_worker *worker,
                                          const float parameters[], const skel_batches *batches,
                                          skel_scratch *scratch, skel_result *result)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_gradient(worker, parameters, batches, scratch->gradient, NULL, result));
    /* GraSP multiplies the Hessian with the gradient by the prunable weights alone */
    skel_network_clear_unprunable(in->network, scratch->gradient);
    status = skel_worker_hessian(worker, parameters, scratch->gradient, batches, scratch->product,
                                 result);
    status = name_product(status, "Hessian-gradient product");
done:
    return status;
}

static skel_status look_ahead(const skel_inputs *in, skel_worker *worker, const float parameters[],
                              const skel_batches *batches, const skel_scratch *scratch,
                              skel_result *result)
{
    const skel_lookahead ahead = {.steps = in->job->prune.lookahead_steps,
                                  .rate = in->job->prune.lookahead_rate,
                                  .trajectory = scratch->trajectory,
                                  .product = scratch->product};
    skel_status status =
        skel_worker_lookahead(worker, parameters, &ahead, batches, scratch->gradient, result);

    return name_product(status, "gradient through training steps");
}

/* Of a trained network, batch norm on running averages. */
static skel_status at_averages(const skel_inputs *in, skel_worker *worker,
                               const skel_state *weights, const skel_batches *batches, float out[],
                               skel_result *result)
{
    skel_status status = SKEL_OK;

    if (skel_method_scores_channels(in->settings.method)) {
        return skel_channel_scores_compute(in, worker, weights, batches, out, result);
    }
    status =
        skel_worker_curvature(worker, weights->parameters, weights->buffers, batches, out, result);
    return name_product(status, "curvature");
}

/* From an image of ones to all logits alike. */
static skel_status flow(skel_worker *worker, const skel_state *weights, skel_signal signal,
                        float out[])
{
    double logarithm = 0;

    return signal == SKEL_SIGNAL_FLOW
               ? skel_worker_flow(worker, weights->parameters, weights->buffers, NULL, out,
                                  &logarithm)
               : skel_worker_squared_flow(worker, weights->parameters, weights->buffers, NULL, out,
                                          &logarithm);
}

void skel_signal_release(skel_signal_tools *tools)
{
    skel_worker_destroy(&tools->worker);
    skel_active_paths_destroy(&tools->paths);
    skel_disturbance_destroy(&tools->disturbance);
}

static skel_status follow_paths(const skel_inputs *in, skel_signal_tools *tools,
                                const skel_state *weights, const uint8_t keep[], size_t iteration,
                                skel_progress *progress, const skel_scratch *scratch)
{
    skel_batches batches;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_inputs_batches(in, in->settings.sampling, iteration, scratch->order, progress,
                                 &batches));
    if (tools->paths == NULL) {
        SKEL_TRY(skel_active_paths_create(in, &tools->paths));
    }
    status = skel_active_paths_flow(tools->paths, tools->worker, weights, keep, &batches,
                                    scratch->gradient);
done:
    return status;
}

static skel_status disturb(const skel_inputs *in, skel_signal_tools *tools, const uint8_t keep[],
                           size_t iteration, skel_progress *progress, float derivative[],
                           skel_signal_found *out)
{
    skel_status status = SKEL_OK;

    if (tools->disturbance == NULL) {
        SKEL_TRY(skel_disturbance_create(in, keep, &tools->disturbance));
    }
    out->engine = skel_disturbance_engine(tools->disturbance);
    status =
        skel_disturbance_compute(tools->disturbance, iteration, progress, derivative, &out->result);
done:
    return status;
}

/* The root walks; the other ranks need no signal. */
static skel_status walk(const skel_inputs *in, const float parameters[], float order[])
{
    size_t wanted = skel_schedule_kept(in->settings.schedule, in->network->prunable_count,
                                       1 - in->job->prune.sparsity, 1, 1);
    size_t visited = 0;
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(in->comm)) {
        status = skel_walks_order(in->network, parameters, wanted, in->job->seed, order, &visited);
    }
    return skel_comm_agree(in->comm, status);
}

skel_status skel_signal_compute(const skel_inputs *in, skel_signal_tools *tools,
                                const skel_state *weights, const uint8_t keep[], size_t iteration,
                                skel_progress *progress, skel_scratch *scratch,
                                skel_signal_found *out)
{
    skel_signal signal = in->settings.method->signal;
    const float *parameters = weights->parameters;
    skel_worker *worker = tools->worker;
    skel_batches batches;
    skel_status status = SKEL_OK;

    *out = (skel_signal_found){.signal = scratch->gradient,
                               .result = {.loss = (double)NAN, .accuracy = (double)NAN}};
    if (skel_method_uses_worker(in->settings.method) && !skel_method_flows(in->settings.method)) {
        SKEL_TRY(skel_inputs_batches(in, in->settings.sampling, iteration, scratch->order, progress,
                                     &batches));
    }
    switch (signal) {
    case SKEL_SIGNAL_NONE:
        out->signal = NULL;
        break;
    case SKEL_SIGNAL_GRADIENT:
        out->gradient = scratch->gradient;
        status = skel_worker_gradient(worker, parameters, &batches, scratch->gradient, NULL,
                                      &out->result);
        break;
    case SKEL_SIGNAL_HESSIAN:
        out->signal = scratch->product;
        status = hessian_times_gradient(in, worker, parameters, &batches, scratch, &out->result);
        break;
    case SKEL_SIGNAL_FLOW:
    case SKEL_SIGNAL_SQUARED_FLOW:
        status = flow(worker, weights, signal, scratch->gradient);
        break;
    case SKEL_SIGNAL_ACTIVE_PATHS:
        status = follow_paths(in, tools, weights, keep, iteration, progress, scratch);
        break;
    case SKEL_SIGNAL_WALK:
        status = walk(in, parameters, scratch->gradient);
        break;
    case SKEL_SIGNAL_LOOKAHEAD:
        status = look_ahead(in, worker, parameters, &batches, scratch, &out->result);
        break;
    case SKEL_SIGNAL_DISTURBANCE:
        status = disturb(in, tools, keep, iteration, progress, scratch->gradient, out);
        break;
    case SKEL_SIGNAL_CHANNELS:
    case SKEL_SIGNAL_ENERGY:
    case SKEL_SIGNAL_CURVATURE:
        status = at_averages(in, worker, weights, &batches, scratch->gradient, &out->result);
        break;
    case SKEL_SIGNAL_FISHER:
    case SKEL_SIGNAL_ELIMINATION: /* of skel_operation_begin() */
        break;
    }
done:
    return status;
}
