/* The backward pass, operation by operation in reverse order, over all slots. */
#include "reference.h"

#include "../kernels/kernels.h"

#include <string.h>

static double *gradient_of(const skel_reference *engine, size_t parameter)
{
    return skel_reference_slice(engine, engine->weight_grad, parameter);
}

static void store_bias(skel_reference *engine, const skel_reference_operands *t)
{
    if (t->op->bias != SKEL_NONE) {
        skel_reference_bias_backward(t->window.images, t->window.out, t->dy,
                                     gradient_of(engine, t->op->bias));
        skel_reference_weights_round(engine, t->op->bias, t->gradient);
    }
}

static void backward_conv(skel_reference *engine, const skel_reference_operands *t)
{
    skel_engine_profile *profile = &engine->base.profile;
    double since = skel_engine_clock(&engine->base);

    skel_reference_conv_backward_data(&t->window, t->dy,
                                      skel_reference_weights(engine, t->op->weight), t->dx);
    skel_reference_clock(engine, &profile->convolution_backward_data, &since);
    skel_reference_conv_backward_weights(&t->window, t->x, t->dy,
                                         gradient_of(engine, t->op->weight));
    skel_reference_weights_round(engine, t->op->weight, t->gradient);
    store_bias(engine, t);
    skel_reference_clock(engine, &profile->convolution_backward_weights, &since);
}

static void backward_linear(skel_reference *engine, const skel_reference_operands *t)
{
    size_t in = skel_reference_elements(t->window.in);
    size_t out = skel_reference_elements(t->window.out);

    skel_reference_linear_backward_data(t->window.images, in, out, t->dy,
                                        skel_reference_weights(engine, t->op->weight), t->dx);
    skel_reference_linear_backward_weights(t->window.images, in, out, t->x, t->dy,
                                           gradient_of(engine, t->op->weight));
    skel_reference_weights_round(engine, t->op->weight, t->gradient);
    store_bias(engine, t);
}

/* All slots of one batch norm: their sums are needed before any of their gradients. */
static skel_status backward_norm(skel_reference *engine, size_t at, size_t count,
                                 const skel_pass passes[])
{
    const skel_op *op = &engine->base.network->op[at];
    skel_tensor shape = engine->base.network->tensor[op->input];
    size_t columns = skel_statistics_backward_columns(shape.channels);
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < count; s++) {
        skel_reference_operands t = skel_reference_operands_of(engine, s, op, passes[s].gradient);
        double *row = engine->rows + s * columns;

        skel_reference_norm_backward_row(t.window.images, shape, t.x, t.dy,
                                         skel_reference_vectors_of(engine, &engine->slot[s], op),
                                         row);
        memcpy(gradient_of(engine, op->bias), row, shape.channels * sizeof *row);
        memcpy(gradient_of(engine, op->weight), row + shape.channels, shape.channels * sizeof *row);
        skel_reference_weights_round(engine, op->bias, t.gradient);
        skel_reference_weights_round(engine, op->weight, t.gradient);
    }
    SKEL_TRY(
        skel_statistics_total(&engine->base.options, count, columns, engine->rows, engine->total));
    for (size_t s = 0; s < count; s++) {
        skel_reference_operands t = skel_reference_operands_of(engine, s, op, NULL);

        skel_reference_norm_backward_data(t.window.images, shape, t.x, t.dy,
                                          skel_reference_vectors_of(engine, &engine->slot[s], op),
                                          engine->slot[s].elements[at], engine->total, t.dx);
    }
done:
    return status;
}

static void backward_product(const skel_network *network, const skel_reference_operands *t)
{
    skel_reference_factors factors = skel_reference_factors_of(network, t->op, t->window.images);

    skel_reference_mul_backward_first(&factors, t->other, t->dy, t->dx);
    skel_reference_mul_backward_second(&factors, t->x, t->dy, t->dother);
}

static void backward_concat(const skel_network *network, const skel_reference_operands *t)
{
    size_t first = skel_reference_elements(t->window.in);
    size_t second = skel_reference_elements(network->tensor[t->op->other]);

    skel_reference_concat_backward(t->window.images, 0, first, first + second, t->dy, t->dx);
    skel_reference_concat_backward(t->window.images, first, second, first + second, t->dy,
                                   t->dother);
}

void skel_reference_backward_plain(const skel_network *network, const skel_reference_operands *t)
{
    skel_reference_activation activation = skel_reference_activation_of(t->op);
    size_t count = t->window.images * skel_reference_elements(t->window.out);

    switch (t->op->kind) {
    case SKEL_OP_RELU:
        skel_reference_relu_backward(count, t->x, t->dy, t->dx);
        break;
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
        skel_reference_activation_backward(&activation, count, t->x, t->dy, t->dx);
        break;
    case SKEL_OP_MUL:
        backward_product(network, t);
        break;
    case SKEL_OP_CONCAT:
        backward_concat(network, t);
        break;
    case SKEL_OP_ADD:
        skel_reference_add_backward(count, t->dy, t->dx);
        skel_reference_add_backward(count, t->dy, t->dother);
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_backward(&t->window, t->x, t->dy, t->dx);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_backward(&t->window, t->dy, t->dx);
        break;
    case SKEL_OP_CONV:
    case SKEL_OP_LINEAR:
    case SKEL_OP_BATCHNORM:
        SKEL_ASSERT(false); /* have parameters */
        break;
    }
}

/* Not of batch norm, which works on all slots together. */
static void backward_slot(skel_reference *engine, const skel_reference_operands *t)
{
    if (t->op->kind == SKEL_OP_CONV) {
        backward_conv(engine, t);
    } else if (t->op->kind == SKEL_OP_LINEAR) {
        backward_linear(engine, t);
    } else {
        skel_reference_backward_plain(engine->base.network, t);
    }
}

void skel_reference_backward_start(const skel_reference *engine, double gradient[])
{
    const skel_network *network = engine->base.network;
    size_t last = network->op[network->ops - 1].output;

    for (size_t i = 0; i < network->tensors; i++) {
        if (i != last) {
            memset(skel_reference_tensor(engine, gradient, i), 0,
                   (engine->offset[i + 1] - engine->offset[i]) * sizeof *gradient);
        }
    }
}

/* NULL for a convolution, which measures its two gradients apart. */
static double *figure_of(skel_reference *engine, skel_op_kind kind)
{
    switch (kind) {
    case SKEL_OP_CONV:
        return NULL;
    case SKEL_OP_LINEAR:
        return &engine->base.profile.linear;
    case SKEL_OP_MAXPOOL:
    case SKEL_OP_AVGPOOL:
        return &engine->base.profile.pooling;
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
    return &engine->base.profile.elementwise;
}

skel_status skel_reference_backward_step(skel_reference *engine, size_t at, size_t count,
                                         const skel_pass passes[])
{
    const skel_op *op = &engine->base.network->op[at];
    double *figure = figure_of(engine, op->kind);
    double since = skel_engine_clock(&engine->base);
    skel_status status = SKEL_OK;

    if (op->kind == SKEL_OP_BATCHNORM) {
        SKEL_TRY(backward_norm(engine, at, count, passes));
    }
    for (size_t s = 0; op->kind != SKEL_OP_BATCHNORM && s < count; s++) {
        skel_reference_operands t = skel_reference_operands_of(engine, s, op, passes[s].gradient);

        backward_slot(engine, &t);
    }
    if (figure != NULL) {
        *figure += skel_engine_clock(&engine->base) - since;
    }
done:
    return status;
}
