/* What scores are computed with: a gradient and what is derived from it, at the skeleton. */
#include "experiment_impl.h"

#include <math.h>

skel_status skel_experiment_batches(skel_experiment *run, skel_sampling sampling, size_t iteration,
                                    skel_progress *progress, skel_batches *out)
{
    const skel_job *job = run->job;

    *out = (skel_batches){
        .view = &run->plain,
        .samples = &run->dataset->train,
        .count = job->prune.batches * job->prune.batch_size,
        .batch_size = job->prune.batch_size,
        .index = run->order,
        .progress = progress,
    };
    return skel_comm_agree(run->comm,
                           skel_sampler_prune(&run->train, run->dataset->train.labels,
                                              run->network->classes, sampling, job->seed,
                                              (uint32_t)iteration - 1, job->prune.batches,
                                              job->prune.batch_size, run->order));
}

/* The reduction names the parameter and its number, not what was summed. */
static skel_status name_product(skel_status status, const char *name)
{
    return status == SKEL_ERR_NUMBER ? skel_error_prefix("%s", name) : status;
}

static skel_status hessian_times_gradient(skel_experiment *run, const float parameters[],
                                          const skel_batches *batches, skel_result *result)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_gradient(run->worker, parameters, batches, run->gradient, NULL, result));
    /* GraSP multiplies the Hessian with the gradient by the prunable weights alone */
    skel_network_clear_unprunable(run->network, run->gradient);
    status =
        skel_worker_hessian(run->worker, parameters, run->gradient, batches, run->signal, result);
    status = name_product(status, "Hessian-gradient product");
done:
    return status;
}

skel_status skel_experiment_signal(skel_experiment *run, const float parameters[], size_t iteration,
                                   skel_progress *progress, skel_result *result)
{
    double logarithm = 0;
    skel_batches batches;
    skel_status status = SKEL_OK;

    *result = (skel_result){.loss = (double)NAN, .accuracy = (double)NAN};
    if (run->settings.criterion->signal != SKEL_SIGNAL_NONE &&
        run->settings.criterion->signal != SKEL_SIGNAL_FLOW) {
        SKEL_TRY(
            skel_experiment_batches(run, run->settings.sampling, iteration, progress, &batches));
    }
    switch (run->settings.criterion->signal) {
    case SKEL_SIGNAL_NONE:
        break;
    case SKEL_SIGNAL_GRADIENT:
        status =
            skel_worker_gradient(run->worker, parameters, &batches, run->gradient, NULL, result);
        break;
    case SKEL_SIGNAL_HESSIAN:
        status = hessian_times_gradient(run, parameters, &batches, result);
        break;
    case SKEL_SIGNAL_FLOW:
        status = skel_worker_flow(run->worker, parameters, run->buffers, run->signal, &logarithm);
        break;
    case SKEL_SIGNAL_CURVATURE:
        status = skel_worker_curvature(run->worker, parameters, run->buffers, &batches, run->signal,
                                       result);
        status = name_product(status, "curvature");
        break;
    }
done:
    return status;
}
