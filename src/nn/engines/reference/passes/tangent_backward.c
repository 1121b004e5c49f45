/* The backward pass of the tangents, operation by operation, each after its step in backward.c.
 *
 * The tangent of a weight's gradient is the product with the Hessian: it replaces the gradient. */
#include "reference.h"

#include <string.h>

/* The tangent of one operation's backward step in one slot, with the step itself. */
typedef struct step {
    skel_reference_operands value;
    const double *rx;
    const double *rdy;
    double *rdx; /* added to */
} step;

static step step_of(const skel_reference *engine, size_t s, const skel_op *op, float gradient[])
{
    const skel_reference_slot *slot = &engine->slot[s];

    return (step){
        .value = skel_reference_operands_of(engine, s, op, gradient),
        .rx = skel_reference_tensor(engine, slot->activation_tangent, op->input),
        .rdy = skel_reference_tensor(engine, slot->gradient_tangent, op->output),
        .rdx = skel_reference_tensor(engine, slot->gradient_tangent, op->input),
    };
}

static double *product_of(const skel_reference *engine, size_t parameter)
{
    return skel_reference_slice(engine, engine->weight_grad, parameter);
}

/* Adds the second term to the weights' product, finishes it and the bias'. */
static void store(skel_reference *engine, const step *t)
{
    double *product = product_of(engine, t->value.op->weight);
    size_t count = engine->base.network->parameter[t->value.op->weight].count;

    skel_reference_add_forward(count, product, engine->part, product);
    skel_reference_weights_round(engine, t->value.op->weight, t->value.gradient);
    if (t->value.op->bias != SKEL_NONE) {
        skel_reference_bias_backward(t->value.window.images, t->value.window.out, t->rdy,
                                     product_of(engine, t->value.op->bias));
        skel_reference_weights_round(engine, t->value.op->bias, t->value.gradient);
    }
}

static void conv(skel_reference *engine, const step *t)
{
    skel_engine_profile *profile = &engine->base.profile;
    double since = skel_engine_clock(&engine->base);

    skel_reference_conv_backward_data(&t->value.window, t->rdy,
                                      skel_reference_weights(engine, t->value.op->weight), t->rdx);
    skel_reference_conv_backward_data(&t->value.window, t->value.dy,
                                      skel_reference_vector(engine, t->value.op->weight), t->rdx);
    skel_reference_clock(engine, &profile->convolution_backward_data, &since);
    skel_reference_conv_backward_weights(&t->value.window, t->value.x, t->rdy,
                                         product_of(engine, t->value.op->weight));
    skel_reference_conv_backward_weights(&t->value.window, t->rx, t->value.dy, engine->part);
    store(engine, t);
    skel_reference_clock(engine, &profile->convolution_backward_weights, &since);
}

static void linear(skel_reference *engine, const step *t)
{
    size_t images = t->value.window.images;
    size_t in = skel_reference_elements(t->value.window.in);
    size_t out = skel_reference_elements(t->value.window.out);

    skel_reference_linear_backward_data(
        images, in, out, t->rdy, skel_reference_weights(engine, t->value.op->weight), t->rdx);
    skel_reference_linear_backward_data(images, in, out, t->value.dy,
                                        skel_reference_vector(engine, t->value.op->weight), t->rdx);
    skel_reference_linear_backward_weights(images, in, out, t->value.x, t->rdy,
                                           product_of(engine, t->value.op->weight));
    skel_reference_linear_backward_weights(images, in, out, t->rx, t->value.dy, engine->part);
    store(engine, t);
}

/* What a tangent of the operands adds: an activation's slope changes with its input, the slope of a
 * product with either factor is the other one. */
static void curved(const skel_reference *engine, size_t s, const step *t, double rdother[])
{
    const skel_op *op = t->value.op;
    const skel_reference_window *window = &t->value.window;
    size_t count = window->images * skel_reference_elements(window->in);

    if (op->kind == SKEL_OP_SIGMOID) {
        skel_reference_activation activation = skel_reference_activation_of(op);

        skel_reference_activation_tangent_backward(&activation, count, t->value.x, t->rx,
                                                   t->value.dy, t->rdx);
    } else if (op->kind == SKEL_OP_MUL) {
        skel_reference_factors factors =
            skel_reference_factors_of(engine->base.network, op, window->images);
        const double *rother =
            skel_reference_tensor(engine, engine->slot[s].activation_tangent, op->other);

        skel_reference_mul_backward_first(&factors, rother, t->value.dy, t->rdx);
        skel_reference_mul_backward_second(&factors, t->rx, t->value.dy, rdother);
    }
}

static void plain(const skel_reference *engine, size_t s, const step *t)
{
    size_t other = t->value.op->other;
    skel_reference_operands tangent = t->value;

    tangent.dy = t->rdy;
    tangent.dx = t->rdx;
    if (other != SKEL_NONE) {
        tangent.dother = skel_reference_tensor(engine, engine->slot[s].gradient_tangent, other);
    }
    skel_reference_backward_plain(engine->base.network, &tangent);
    curved(engine, s, t, tangent.dother);
}

/* Not of batch norm, which works on all slots together. */
static void tangent_backward(skel_reference *engine, size_t s, const skel_op *op, float gradient[])
{
    step t = step_of(engine, s, op, gradient);

    if (op->kind == SKEL_OP_CONV) {
        conv(engine, &t);
    } else if (op->kind == SKEL_OP_LINEAR) {
        linear(engine, &t);
    } else {
        plain(engine, s, &t);
    }
}

static skel_reference_norm_operands norm_operands(const step *t)
{
    return (skel_reference_norm_operands){
        .x = t->value.x, .rx = t->rx, .dy = t->value.dy, .rdy = t->rdy};
}

/* Sums of one slot, into its row; they are the products for shift and scale. */
static void norm_row(skel_reference *engine, size_t s, const skel_op *op, double row[],
                     float gradient[])
{
    step t = step_of(engine, s, op, gradient);
    size_t channels = t.value.window.in.channels;

    skel_reference_norm_tangent_backward_row(
        t.value.window.images, t.value.window.in, norm_operands(&t),
        skel_reference_vectors_of(engine, &engine->slot[s], op),
        skel_reference_vector_tangents_of(engine, &engine->slot[s], op), row);
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
        const skel_reference_slot *slot = &engine->slot[s];

        skel_reference_norm_tangent_backward_data(
            t.value.window.images, t.value.window.in, norm_operands(&t),
            skel_reference_vectors_of(engine, slot, op),
            skel_reference_vector_tangents_of(engine, slot, op), slot->elements[at], engine->total,
            engine->tangent_total, t.rdx);
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
