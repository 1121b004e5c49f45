/* The forward pass, operation by operation, over all slots. */
#include "reference.h"

#include "../kernels/kernels.h"

/* Mean and inverse deviation in use by a slot. */
static void set_statistics(skel_reference *engine, size_t at, skel_reference_slot *slot)
{
    const skel_network *network = engine->base.network;
    const skel_op *op = &network->op[at];
    const skel_buffer *mean = &network->buffer[op->mean];
    const skel_buffer *inverse = &network->buffer[op->variance];

    slot->elements[at] = engine->total[0];
    for (size_t c = 0; c < mean->count; c++) {
        skel_statistics_moments channel = skel_statistics_of(mean->count, engine->total, c);

        slot->norm[mean->offset + c] = channel.mean;
        slot->norm[inverse->offset + c] = skel_statistics_inverse(channel.variance, op->epsilon);
    }
}

static skel_status batch_statistics(skel_reference *engine, size_t at, size_t count,
                                    const skel_pass passes[])
{
    const skel_network *network = engine->base.network;
    const skel_op *op = &network->op[at];
    skel_tensor shape = network->tensor[op->input];
    size_t columns = skel_statistics_forward_columns(shape.channels);
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < count; s++) {
        const skel_reference_slot *slot = &engine->slot[s];

        skel_reference_norm_forward_row(slot->images, shape,
                                        skel_reference_tensor(engine, slot->activation, op->input),
                                        engine->rows + s * columns);
    }
    SKEL_TRY(
        skel_statistics_total(&engine->base.options, count, columns, engine->rows, engine->total));
    skel_statistics_store(network, op, engine->total, count, passes);
    for (size_t s = 0; s < count; s++) {
        set_statistics(engine, at, &engine->slot[s]);
    }
done:
    return status;
}

static void running_statistics(skel_reference *engine, const skel_op *op, const float buffers[])
{
    const skel_buffer *means = &engine->base.network->buffer[op->mean];
    const skel_buffer *variances = &engine->base.network->buffer[op->variance];

    for (size_t c = 0; c < means->count; c++) {
        engine->slot[0].norm[means->offset + c] = (double)buffers[means->offset + c];
        engine->slot[0].norm[variances->offset + c] =
            skel_statistics_inverse((double)buffers[variances->offset + c], op->epsilon);
    }
}

/* An operation on two tensors. */
static void execute_pair(const skel_reference *engine, const skel_reference_slot *slot,
                         const skel_op *op)
{
    const skel_network *network = engine->base.network;
    const double *a = skel_reference_tensor(engine, slot->activation, op->input);
    const double *b = skel_reference_tensor(engine, slot->activation, op->other);
    double *y = skel_reference_tensor(engine, slot->activation, op->output);
    size_t count = skel_reference_elements(network->tensor[op->input]);

    if (op->kind == SKEL_OP_ADD) {
        skel_reference_add_forward(slot->images * count, a, b, y);
    } else if (op->kind == SKEL_OP_MUL) {
        skel_reference_factors factors = skel_reference_factors_of(network, op, slot->images);

        skel_reference_mul_forward(&factors, a, b, y);
    } else {
        skel_reference_concat_forward(slot->images, count,
                                      skel_reference_elements(network->tensor[op->other]), a, b, y);
    }
}

static void execute(skel_reference *engine, const skel_reference_slot *slot, const skel_op *op)
{
    const skel_network *network = engine->base.network;
    skel_reference_window window = skel_reference_window_of(network, op, slot->images);
    const double *x = skel_reference_tensor(engine, slot->activation, op->input);
    double *y = skel_reference_tensor(engine, slot->activation, op->output);
    size_t in = skel_reference_elements(window.in);
    size_t out = skel_reference_elements(window.out);
    skel_reference_activation activation = skel_reference_activation_of(op);

    switch (op->kind) {
    case SKEL_OP_CONV:
        skel_reference_conv_forward(&window, x, skel_reference_weights(engine, op->weight),
                                    skel_reference_weights(engine, op->bias), y);
        break;
    case SKEL_OP_BATCHNORM:
        skel_reference_norm_apply(slot->images, window.in, x,
                                  skel_reference_vectors_of(engine, slot, op), y);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_forward(slot->images * out, x, y);
        break;
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
        skel_reference_activation_forward(&activation, slot->images * out, x, y);
        break;
    case SKEL_OP_ADD:
    case SKEL_OP_MUL:
    case SKEL_OP_CONCAT:
        execute_pair(engine, slot, op);
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_forward(&window, x, y);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_forward(&window, x, y);
        break;
    case SKEL_OP_LINEAR:
        skel_reference_linear_forward(slot->images, in, out, x,
                                      skel_reference_weights(engine, op->weight),
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
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
    case SKEL_OP_MUL:
    case SKEL_OP_CONCAT:
        break;
    }
    return &profile->elementwise;
}

skel_status skel_reference_forward_step(skel_reference *engine, size_t at, size_t count,
                                        const float buffers[], const skel_pass passes[])
{
    const skel_op *op = &engine->base.network->op[at];
    double since = skel_engine_clock(&engine->base);
    skel_status status = SKEL_OK;

    if (op->kind == SKEL_OP_BATCHNORM && buffers != NULL) {
        running_statistics(engine, op, buffers);
    } else if (op->kind == SKEL_OP_BATCHNORM) {
        SKEL_TRY(batch_statistics(engine, at, count, passes));
    }
    for (size_t s = 0; s < count; s++) {
        execute(engine, &engine->slot[s], op);
    }
    *figure_of(engine, op->kind) += skel_engine_clock(&engine->base) - since;
done:
    return status;
}

skel_status skel_reference_forward(skel_reference *engine, size_t count, const float buffers[],
                                   const skel_pass passes[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < engine->base.network->ops; i++) {
        status = skel_reference_forward_step(engine, i, count, buffers, passes);
    }
    return status;
}
