/* Batch norm, checks and the logarithm of synaptic flow. */
#include "flow.h"

#include "statistics.h"

#include <math.h>

skel_flow_affine skel_flow_norm(const skel_network *network, const skel_op *op,
                                const float parameters[], const float buffers[], size_t channel)
{
    double scale = fabs((double)parameters[network->parameter[op->weight].offset + channel]);
    double shift = fabs((double)parameters[network->parameter[op->bias].offset + channel]);
    double mean = fabs((double)buffers[network->buffer[op->mean].offset + channel]);
    double variance = fabs((double)buffers[network->buffer[op->variance].offset + channel]);
    double slope = scale / sqrt(variance + op->epsilon);

    return (skel_flow_affine){.slope = slope, .shift = shift - slope * mean};
}

skel_status skel_flow_not_finite(const skel_network *network, const char *name)
{
    return SKEL_FAIL(SKEL_ERR_NUMBER, "%s: synaptic flow: %s is not finite", network->name, name);
}

static bool all_finite(size_t count, const float values[])
{
    bool finite = true;

    for (size_t i = 0; i < count; i++) {
        finite = finite && isfinite(values[i]);
    }
    return finite;
}

skel_status skel_flow_check(const skel_network *network, const float parameters[],
                            const float buffers[])
{
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        if (!p->prunable && !all_finite(p->count, parameters + p->offset)) {
            return skel_flow_not_finite(network, p->name);
        }
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];

        if (!all_finite(b->count, buffers + b->offset)) {
            return skel_flow_not_finite(network, b->name);
        }
    }
    return SKEL_OK;
}

skel_status skel_flow_logarithm(const skel_network *network, double r, int exponent,
                                double *logarithm)
{
    *logarithm = -(double)INFINITY;
    if (!isfinite(r)) {
        return skel_flow_not_finite(network, "the sum of the logits");
    }
    if (r < 0) {
        return SKEL_FAIL(SKEL_ERR_NUMBER,
                         "%s: synaptic flow: the sum of the logits is negative, where running "
                         "means are larger than what flows in and no ReLU follows",
                         network->name);
    }
    if (r > 0) {
        *logarithm = log(r) + (double)exponent * log(2.0);
    }
    return SKEL_OK;
}
