/* The backward pass of the tangents, operation by operation, each after its step in backward.c.
 *
 * The tangent of a weight's gradient is the product with the Hessian: it replaces the gradient. */
#include "reference.h"

#include <string.h>

/* The tangent of one operation's backward step in one slot: its operands and results. */
typedef struct step {
    const skel_op *op;
    skel_reference_window window;
    skel_reference_norm_operands in;
    double *rdx; /* added to */
    float *gradient;
} step;

static step step_of(const skel_reference *engine, size_t s, const skel_op *op, float gradient[])
{
    const skel_reference_slot *slot = &engine->slot[s];

    return (step){
        .op = op,
        .window = skel_reference_window_of(engine->base.network, op, slot->images),
        .in = {.x = skel_reference_tensor(engine, slot->activation, op->input),
               .rx = skel_reference_tensor(engine, slot->activation_tangent, op->input),
               .dy = skel_reference_tensor(engine, slot->gradient, op->output),
               .rdy = skel_reference_tensor(engine, slot->gradient_tangent, op->output)},
        .rdx = skel_reference_tensor(engine, slot->gradient_tangent, op->input),
        .gradient = gradient,
    };
}

static double *product_of(const skel_reference *engine, size_t parameter)
{
    return skel_reference_slice(engine, engine->weight_grad, parameter);
}

/* Adds the second term to the weights' product, finishes it and the bias'. */
static void store(skel_reference *engine, const step *t)
{
    double *product = product_of(engine, t->op->weight);
    size_t count = engine->base.network->parameter[t->op->weight].count;

    skel_reference_add_forward(count, product, engine->part, product);
    skel_reference_weights_round(engine, t->op->weight, t->gradient);
    if (t->op->bias != SKEL_NONE) {
        skel_reference_bias_backward(t->window.images, t->window.out, t->in.rdy,
                                     product_of(engine, t->op->bias));
        skel_reference_weights_round(engine, t->op->bias, t->gradient);
    }
}

static void conv(skel_reference *engine, const step *t)
{
    skel_engine_profile *profile = &engine->base.profile;
    double since = skel_engine_clock(&engine->base);

    skel_reference_conv_backward_data(&t->window, t->in.rdy,
                                      skel_reference_weights(engine, t->op->weight), t->rdx);
    skel_reference_conv_backward_data(&t->window, t->in.dy,
                                      skel_reference_vector(engine, t->op->weight), t->rdx);
    skel_reference_clock(engine, &profile->convolution_backward_data, &since);
    skel_reference_conv_backward_weights(&t->window, t->in.x, t->in.rdy,
                                         product_of(engine, t->op->weight));
    skel_reference_conv_backward_weights(&t->window, t->in.rx, t->in.dy, engine->part);
    store(engine, t);
    skel_reference_clock(engine, &profile->convolution_backward_weights, &since);
}

static void linear(skel_reference *engine, const step *t)
{
    size_t images = t->window.images;
    size_t in = skel_reference_elements(t->window.in);
    size_t out = skel_reference_elements(t->window.out);

    skel_reference_linear_backward_data(images, in, out, t->in.rdy,
                                        skel_reference_weights(engine, t->op->weight), t->rdx);
    skel_reference_linear_backward_data(images, in, out, t->in.dy,
                                        skel_reference_vector(engine, t->op->weight), t->rdx);
    skel_reference_linear_backward_weights(images, in, out, t->in.x, t->in.rdy,
                                           product_of(engine, t->op->weight));
    skel_reference_linear_backward_weights(images, in, out, t->in.rx, t->in.dy, engine->part);
    store(engine, t);
}

static void tangent_backward(skel_reference *engine, size_t s, const skel_op *op, float gradient[])
{
    step t = step_of(engine, s, op, gradient);
    size_t count = t.window.images * skel_reference_elements(t.window.out);
    double *block = engine->slot[s].gradient_tangent;

    switch (op->kind) {
    case SKEL_OP_CONV:
        conv(engine, &t);
        break;
    case SKEL_OP_LINEAR:
        linear(engine, &t);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_backward(count, t.in.x, t.in.rdy, t.rdx);
        break;
    case SKEL_OP_ADD:
        skel_reference_add_backward(count, t.in.rdy, t.rdx);
        skel_reference_add_backward(count, t.in.rdy,
                                    skel_reference_tensor(engine, block, op->other));
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_backward(&t.window, t.in.x, t.in.rdy, t.rdx);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_backward(&t.window, t.in.rdy, t.rdx);
        break;
    case SKEL_OP_BATCHNORM:
        SKEL_ASSERT(false); /* works on all slots together */
        break;
    }
}

/* A batch norm's vectors in a slot, and their tangents. */
static void vectors_of(const skel_reference *engine, size_t s, const skel_op *op,
                       skel_reference_norm_vectors *value, skel_reference_norm_vectors *tangent)
{
    const skel_reference_slot *slot = &engine->slot[s];
    size_t mean = engine->base.network->buffer[op->mean].offset;
    size_t inverse = engine->base.network->buffer[op->variance].offset;

    *value = (skel_reference_norm_vectors){.mean = slot->norm + mean,
                                           .inverse = slot->norm + inverse,
                                           .gamma = skel_reference_weights(engine, op->weight)};
    *tangent = (skel_reference_norm_vectors){.mean = slot->norm_tangent + mean,
                                             .inverse = slot->norm_tangent + inverse,
                                             .gamma = skel_reference_vector(engine, op->weight)};
}

/* Sums of one slot, into its row; they are the products for shift and scale. */
static void norm_row(skel_reference *engine, size_t s, const skel_op *op, double row[],
                     float gradient[])
{
    step t = step_of(engine, s, op, gradient);
    size_t channels = t.window.in.channels;
    skel_reference_norm_vectors value;
    skel_reference_norm_vectors tangent;

    vectors_of(engine, s, op, &value, &tangent);
    skel_reference_norm_tangent_backward_row(t.window.images, t.window.in, t.in, value, tangent,
                                             row);
    memcpy(product_of(engine, op->bias), row, channels * sizeof *row);
    memcpy(product_of(engine, op->weight), row + channels, channels * sizeof *row);
    skel_reference_weights_round(engine, op->bias, gradient);
    skel_reference_weights_round(engine, op->weight, gradient);
}

/* `total` is still that of the gradient's step. */
static skel_status tangent_norm(skel_reference *engine, size_t at, size_t count,
                                const skel_pass passes[])
{
    const skel_op *op = &engine->base.network->op[at];
    size_t columns =
        skel_statistics_backward_columns(engine->base.network->tensor[op->input].channels);
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < count; s++) {
        norm_row(engine, s, op, engine->rows + s * columns, passes[s].gradient);
    }
    SKEL_TRY(skel_statistics_total(&engine->base.options, count, columns, engine->rows,
                                   engine->tangent_total));
    for (size_t s = 0; s < count; s++) {
        step t = step_of(engine, s, op, NULL);
        skel_reference_norm_vectors value;
        skel_reference_norm_vectors tangent;

        vectors_of(engine, s, op, &value, &tangent);
        skel_reference_norm_tangent_backward_data(t.window.images, t.window.in, t.in, value,
                                                  tangent, engine->slot[s].elements[at],
                                                  engine->total, engine->tangent_total, t.rdx);
    }
done:
    return status;
}

skel_status skel_reference_tangent_backward_step(skel_reference *engine, size_t at, size_t count,
                                                 const skel_pass passes[])
{
    const skel_op *op = &engine->base.network->op[at];

    if (op->kind == SKEL_OP_BATCHNORM) {
        return tangent_norm(engine, at, count, passes);
    }
    for (size_t s = 0; s < count; s++) {
        tangent_backward(engine, s, op, passes[s].gradient);
    }
    return SKEL_OK;
}
