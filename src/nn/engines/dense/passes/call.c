/* Calls during a pass: of oneDNN, or of the engine's own convolutions. */
#include "call.h"

#include "../compile/tiles.h"

skel_status skel_dense_call_primitive(skel_dense *dense, skel_onednn_call *primitive,
                                      const void *const data[], size_t step, double *seconds)
{
    double start = skel_engine_clock(&dense->base);
    skel_status status = skel_onednn_run(&dense->dnnl, primitive, data, dense->scratch,
                                         skel_dense_name(dense, step));

    *seconds += skel_engine_clock(&dense->base) - start;
    return status;
}

skel_status skel_dense_call_run(skel_dense *dense, skel_dense_call *call, const void *const data[],
                                size_t step, double *seconds)
{
    double start = skel_engine_clock(&dense->base);

    if (call->tiles.images == 0) {
        return skel_dense_call_primitive(dense, &call->primitive, data, step, seconds);
    }
    skel_dense_tiles_run(call, data, dense->scratch);
    *seconds += skel_engine_clock(&dense->base) - start;
    return SKEL_OK;
}

double *skel_dense_call_figure(skel_dense *dense, const skel_graph_step *step, double *convolution)
{
    return step->kind == SKEL_STEP_LINEAR ? &dense->base.profile.linear : convolution;
}
