/* Synaptic flow, which needs no images: the root computes it. */
#include "worker_impl.h"

skel_status skel_worker_flow(skel_worker *worker, const float parameters[], const float buffers[],
                             float flow[], double *logarithm)
{
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(worker->comm)) {
        status = skel_engine_flow(worker->engine, parameters, worker->options.keep, buffers, flow,
                                  logarithm);
        skel_network_clear_unprunable(worker->network, flow);
    }
    return skel_comm_agree(worker->comm, status);
}
