/* The warm-up of running averages: gradients of some batches, whose statistics alone are used. */
#include "norm_warmup.h"

#include "skel/memory.h"
#include "skel/sgd.h"

/* Moves the averages by one batch. */
static skel_status warm_by(skel_prepared *prepared, skel_worker *worker, const skel_batches *batch,
                           float statistics[])
{
    skel_result result;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_gradient(worker, prepared->inputs.initial, batch,
                                  prepared->scratch.gradient, statistics, &result));
    skel_running_average(SKEL_BATCHNORM_MOMENTUM, prepared->inputs.network->buffer_count,
                         statistics, prepared->state.weights.buffers);
done:
    return status;
}

/* Images of all batches. */
static skel_status choose(const skel_inputs *in, uint32_t **order)
{
    size_t batches = in->job->prune.norm_warmup;
    size_t size = in->settings.prune_batch_size;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(batches * size, sizeof **order, order));
    status = skel_sampler_prune(&in->train, in->dataset->train.labels, in->network->classes,
                                in->settings.sampling, in->job->seed, 0, batches, size, *order);
done:
    return status;
}

skel_status skel_norm_warmup(skel_prepared *prepared)
{
    const skel_inputs *in = &prepared->inputs;
    size_t size = in->settings.prune_batch_size;
    skel_worker_options options = skel_settings_gradient_worker(in->job, &in->settings);
    skel_batches batch = {.view = &in->pruned,
                          .samples = &in->dataset->train,
                          .count = size,
                          .batch_size = size,
                          .epoch = SKEL_INPUTS_PRUNING};
    uint32_t *order = NULL;
    float *statistics = NULL;
    skel_worker *worker = NULL;
    skel_status status = SKEL_OK;

    if (in->job->prune.norm_warmup == 0) {
        return SKEL_OK;
    }
    options.keep = prepared->state.mask->keep;
    options.batches = 1;
    status = SKEL_ALLOC(in->network->buffer_count, sizeof *statistics, &statistics);
    if (status == SKEL_OK) {
        status = choose(in, &order);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &worker));
    for (size_t i = 0; i < in->job->prune.norm_warmup; i++) {
        batch.index = order + i * size;
        SKEL_TRY(warm_by(prepared, worker, &batch, statistics));
    }
done:
    skel_worker_destroy(&worker);
    SKEL_FREE(&statistics);
    SKEL_FREE(&order);
    return status != SKEL_OK ? skel_error_prefix("warm-up of batch norm's averages") : SKEL_OK;
}
