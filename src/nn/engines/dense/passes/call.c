/* Calls during a pass: of oneDNN, or of the engine's own convolutions. */
#include "call.h"

#include "../compile/grouped.h"
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
    double elapsed = 0;
    skel_status status = SKEL_OK;

    if (skel_dense_call_is_own(call)) {
        if (call->grouped.images > 0) {
            skel_dense_grouped_run(call, data, dense->scratch);
        } else {
            skel_dense_tiles_run(call, data, dense->scratch);
        }
        elapsed = skel_engine_clock(&dense->base) - start;
    } else {
        status = skel_dense_call_primitive(dense, &call->primitive, data, step, &elapsed);
    }
    *seconds += elapsed;
    if (dense->seconds != NULL) {
        dense->seconds[step][call->direction] += elapsed;
    }
    return status;
}

double *skel_dense_call_figure(skel_dense *dense, const skel_graph_step *step, double *convolution)
{
    return step->kind == SKEL_STEP_LINEAR ? &dense->base.profile.linear : convolution;
}
