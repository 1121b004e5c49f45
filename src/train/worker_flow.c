/* Synaptic flow, which needs no images: the root computes it. */
#include "worker_impl.h"

#include "skel/memory.h"

skel_status skel_worker_flow(skel_worker *worker, const float parameters[], const float buffers[],
                             const float shares[], float flow[], double *logarithm)
{
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(worker->comm)) {
        status = skel_engine_flow(worker->engine, parameters, worker->options.keep, buffers, shares,
                                  flow, logarithm);
        skel_network_clear_unprunable(worker->network, flow);
    }
    return skel_comm_agree(worker->comm, status);
}

static skel_status square(size_t count, const float values[], float **out)
{
    skel_status status = SKEL_ALLOC(count, sizeof **out, out);

    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        (*out)[i] = values[i] * values[i];
    }
    return status;
}

skel_status skel_worker_squared_flow(skel_worker *worker, const float parameters[],
                                     const float buffers[], const float shares[], float flow[],
                                     double *logarithm)
{
    float *weights = NULL;
    float *averages = NULL;
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(worker->comm)) {
        status = square(worker->network->parameter_count, parameters, &weights);
        if (status == SKEL_OK) {
            status = square(worker->network->buffer_count, buffers, &averages);
        }
    }
    SKEL_TRY(skel_comm_agree(worker->comm, status));
    status = skel_worker_flow(worker, weights, averages, shares, flow, logarithm);
done:
    SKEL_FREE(&averages);
    SKEL_FREE(&weights);
    return status;
}
