/* The forward pass, operation by operation, all slots in step. */
#include "reference.h"

#include "../kernels/kernels.h"

#include "skel/progress.h"

#include <math.h>

static void store_statistics(const skel_network *network, const skel_op *op, double elements,
                             const double mean[], const double variance[], float statistics[])
{
    const skel_buffer *means = &network->buffer[op->mean];
    const skel_buffer *variances = &network->buffer[op->variance];
    double unbiased = elements > 1 ? elements / (elements - 1) : 1;

    for (size_t c = 0; c < means->count; c++) {
        statistics[means->offset + c] = (float)mean[c];
        statistics[variances->offset + c] = (float)(variance[c] * unbiased);
    }
}

/* Statistics of each microbatch alone, or of all microbatches of all ranks. */
static skel_status batch_statistics(skel_reference *engine, size_t at, size_t count,
                                    skel_pass passes[])
{
    const skel_network *network = engine->base.network;
    const skel_engine_options *options = &engine->base.options;
    const skel_op *op = &network->op[at];
    skel_tensor shape = network->tensor[op->input];
    size_t columns = skel_norm_forward_columns(shape.channels);

    for (size_t s = 0; s < count; s++) {
        skel_reference_slot *slot = &engine->slot[s];

        skel_norm_forward_row(slot->images, shape,
                              skel_reference_tensor(engine, slot->activation, op->input),
                              engine->rows + s * columns);
    }
    if (options->statistics_sum != NULL) {
        skel_status status = options->statistics_sum(options->statistics_context, count, columns,
                                                     engine->rows, engine->sum);

        if (status != SKEL_OK) {
            return status;
        }
    }
    for (size_t s = 0; s < count; s++) {
        const double *sum =
            options->statistics_sum != NULL ? engine->sum : engine->rows + s * columns;
        double *mean = engine->slot[s].norm + network->buffer[op->mean].offset;
        double *inverse = engine->slot[s].norm + network->buffer[op->variance].offset;

        skel_norm_moments(shape.channels, sum, mean, inverse);
        engine->slot[s].elements[at] = sum[0];
        if (passes[s].statistics != NULL) {
            store_statistics(network, op, sum[0], mean, inverse, passes[s].statistics);
        }
        for (size_t c = 0; c < shape.channels; c++) {
            inverse[c] = 1 / sqrt(inverse[c] + SKEL_NORM_EPSILON);
        }
    }
    return SKEL_OK;
}

static void running_statistics(skel_reference *engine, const skel_op *op, const float buffers[])
{
    const skel_buffer *means = &engine->base.network->buffer[op->mean];
    const skel_buffer *variances = &engine->base.network->buffer[op->variance];

    for (size_t c = 0; c < means->count; c++) {
        engine->slot[0].norm[means->offset + c] = (double)buffers[means->offset + c];
        engine->slot[0].norm[variances->offset + c] =
            1 / sqrt((double)buffers[variances->offset + c] + SKEL_NORM_EPSILON);
    }
}

static void apply_norm(skel_reference *engine, const skel_reference_slot *slot, const skel_op *op,
                       const double x[], double y[])
{
    const skel_network *network = engine->base.network;

    skel_norm_apply(
        slot->images, network->tensor[op->input], x, slot->norm + network->buffer[op->mean].offset,
        slot->norm + network->buffer[op->variance].offset,
        skel_reference_weights(engine, op->weight), skel_reference_weights(engine, op->bias), y);
}

static void execute(skel_reference *engine, const skel_reference_slot *slot, const skel_op *op)
{
    const skel_network *network = engine->base.network;
    skel_window window = skel_reference_window(network, op, slot->images);
    const double *x = skel_reference_tensor(engine, slot->activation, op->input);
    double *y = skel_reference_tensor(engine, slot->activation, op->output);
    size_t in = skel_reference_elements(window.in);
    size_t out = skel_reference_elements(window.out);

    switch (op->kind) {
    case SKEL_OP_CONV:
        skel_conv_forward(&window, x, skel_reference_weights(engine, op->weight),
                          skel_reference_weights(engine, op->bias), y);
        break;
    case SKEL_OP_BATCHNORM:
        apply_norm(engine, slot, op, x, y);
        break;
    case SKEL_OP_RELU:
        skel_relu_forward(slot->images * out, x, y);
        break;
    case SKEL_OP_ADD:
        skel_add_forward(slot->images * out, x,
                         skel_reference_tensor(engine, slot->activation, op->other), y);
        break;
    case SKEL_OP_MAXPOOL:
        skel_maxpool_forward(&window, x, y);
        break;
    case SKEL_OP_AVGPOOL:
        skel_avgpool_forward(&window, x, y);
        break;
    case SKEL_OP_LINEAR:
        skel_linear_forward(slot->images, in, out, x, skel_reference_weights(engine, op->weight),
                            skel_reference_weights(engine, op->bias), y);
        break;
    }
}

static double *figure_of(skel_reference *engine, skel_op_kind kind)
{
    skel_engine_profile *profile = &engine->base.profile;

    switch (kind) {
    case SKEL_OP_CONV:
        return &profile->convolution_forward;
    case SKEL_OP_LINEAR:
        return &profile->linear;
    case SKEL_OP_MAXPOOL:
    case SKEL_OP_AVGPOOL:
        return &profile->pooling;
    case SKEL_OP_BATCHNORM:
    case SKEL_OP_RELU:
    case SKEL_OP_ADD:
        break;
    }
    return &profile->elementwise;
}

skel_status skel_reference_forward(skel_reference *engine, size_t count, const float buffers[],
                                   skel_pass passes[])
{
    const skel_network *network = engine->base.network;
    double since = skel_seconds();
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->kind == SKEL_OP_BATCHNORM && buffers != NULL) {
            running_statistics(engine, op, buffers);
        } else if (op->kind == SKEL_OP_BATCHNORM) {
            SKEL_TRY(batch_statistics(engine, i, count, passes));
            if (engine->tangents) {
                SKEL_TRY(skel_reference_tangent_statistics(engine, i, count));
            }
        }
        for (size_t s = 0; s < count; s++) {
            execute(engine, &engine->slot[s], op);
            if (engine->tangents) {
                skel_reference_tangent_forward(engine, s, op);
            }
        }
        skel_reference_clock(engine, figure_of(engine, op->kind), &since);
    }
done:
    return status;
}
