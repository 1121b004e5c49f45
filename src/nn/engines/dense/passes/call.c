/* Calls of oneDNN during a pass. */
#include "call.h"

skel_status skel_dense_call_run(skel_dense *dense, skel_onednn_call *call, const void *const data[],
                                size_t step, double *seconds)
{
    double start = skel_engine_clock(&dense->base);
    skel_status status =
        skel_onednn_run(&dense->dnnl, call, data, dense->scratch, skel_dense_name(dense, step));

    *seconds += skel_engine_clock(&dense->base) - start;
    return status;
}

double *skel_dense_call_figure(skel_dense *dense, const skel_graph_step *step, double *convolution)
{
    return step->kind == SKEL_STEP_LINEAR ? &dense->base.profile.linear : convolution;
}
