/* Synaptic flow: the exponents of the tensors. */
#include "flow_exponent.h"

#include "../../../engine/flow.h"
#include "../kernels/elementwise.h"
#include "slot.h"

#include <math.h>

int skel_dense_flow_exponent_of(const skel_dense *dense, size_t buffer)
{
    return buffer == SKEL_NONE ? 0 : dense->flow->exponent[buffer];
}

void skel_dense_flow_exponent_apply(size_t count, int exponent, float *x)
{
    enum { NORMAL = 126, ALL = 300 }; /* 2^NORMAL and its inverse are floats; none is left by ALL */
    int left = exponent > ALL ? ALL : exponent < -ALL ? -ALL : exponent;

    while (left != 0) {
        /* the rest first: it is exact, so that a result below the normal floats is rounded once */
        int by = left % NORMAL != 0 ? left % NORMAL : left > 0 ? NORMAL : -NORMAL;

        skel_dense_f32_elementwise_scale(count, ldexpf(1, by), x);
        left -= by;
    }
}

int skel_dense_flow_exponent_excess(int32_t largest)
{
    enum { FRACTION_BITS = 23, BIAS = 126 };
    int exponent = (int)(largest >> FRACTION_BITS) - BIAS;

    return exponent > SKEL_DENSE_FLOW_WINDOW || exponent < -SKEL_DENSE_FLOW_WINDOW ? exponent : 0;
}

skel_status skel_dense_flow_exponent_rescale(const skel_dense *dense, size_t buffer, size_t floats,
                                             int32_t largest)
{
    int *exponent = &dense->flow->exponent[buffer];

    if (largest >= SKEL_DENSE_INFINITE_BITS) {
        return skel_flow_not_finite(dense->graph.network, "what flows between layers");
    }
    if (largest == 0) {
        *exponent = SKEL_FLOW_NOTHING;
    } else if (skel_dense_flow_exponent_excess(largest) != 0) {
        skel_dense_flow_exponent_apply(floats, -skel_dense_flow_exponent_excess(largest),
                                       skel_dense_slot_buffer(dense, 0, buffer));
        *exponent += skel_dense_flow_exponent_excess(largest);
    }
    return SKEL_OK;
}

skel_status skel_dense_flow_exponent_inspect(skel_dense *dense, size_t buffer, size_t floats)
{
    double start = skel_engine_clock(&dense->base);
    int32_t largest =
        skel_dense_f32_elementwise_largest(floats, skel_dense_slot_buffer(dense, 0, buffer));
    skel_status status = skel_dense_flow_exponent_rescale(dense, buffer, floats, largest);

    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
    return status;
}
