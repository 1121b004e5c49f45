/* Products with the Hessian: the backward pass of the tangents, an operation behind the gradient's.
 *
 * What the gradient's step has left for the weights is replaced by its tangent, the product. */
#include "reference.h"

#include "skel/progress.h"

#include <string.h>

/* What the tangent of one operation's backward step reads and writes in one slot. */
typedef struct step {
    const skel_op *op;
    skel_window window;
    skel_norm_operands in;
    double *rdx; /* added to */
    float *gradient;
} step;

static step step_of(const skel_reference *engine, size_t s, const skel_op *op, float gradient[])
{
    const skel_reference_slot *slot = &engine->slot[s];

    return (step){
        .op = op,
        .window = skel_reference_window(engine->base.network, op, slot->images),
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

    skel_add_forward(count, product, engine->part, product);
    skel_reference_round(engine, t->op->weight, t->gradient);
    if (t->op->bias != SKEL_NONE) {
        skel_bias_backward(t->window.images, t->window.out, t->in.rdy,
                           product_of(engine, t->op->bias));
        skel_reference_round(engine, t->op->bias, t->gradient);
    }
}

static void conv(skel_reference *engine, const step *t)
{
    skel_engine_profile *profile = &engine->base.profile;
    double since = skel_seconds();

    skel_conv_backward_data(&t->window, t->in.rdy, skel_reference_weights(engine, t->op->weight),
                            t->rdx);
    skel_conv_backward_data(&t->window, t->in.dy, skel_reference_vector(engine, t->op->weight),
                            t->rdx);
    skel_reference_clock(engine, &profile->convolution_backward_data, &since);
    skel_conv_backward_weights(&t->window, t->in.x, t->in.rdy, product_of(engine, t->op->weight));
    skel_conv_backward_weights(&t->window, t->in.rx, t->in.dy, engine->part);
    store(engine, t);
    skel_reference_clock(engine, &profile->convolution_backward_weights, &since);
}

static void linear(skel_reference *engine, const step *t)
{
    size_t images = t->window.images;
    size_t in = skel_reference_elements(t->window.in);
    size_t out = skel_reference_elements(t->window.out);

    skel_linear_backward_data(images, in, out, t->in.rdy,
                              skel_reference_weights(engine, t->op->weight), t->rdx);
    skel_linear_backward_data(images, in, out, t->in.dy,
                              skel_reference_vector(engine, t->op->weight), t->rdx);
    skel_linear_backward_weights(images, in, out, t->in.x, t->in.rdy,
                                 product_of(engine, t->op->weight));
    skel_linear_backward_weights(images, in, out, t->in.rx, t->in.dy, engine->part);
    store(engine, t);
}

void skel_reference_tangent_backward(skel_reference *engine, size_t s, const skel_op *op,
                                     float gradient[])
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
        skel_relu_backward(count, t.in.x, t.in.rdy, t.rdx);
        break;
    case SKEL_OP_ADD:
        skel_add_backward(count, t.in.rdy, t.rdx);
        skel_add_backward(count, t.in.rdy, skel_reference_tensor(engine, block, op->other));
        break;
    case SKEL_OP_MAXPOOL:
        skel_maxpool_backward(&t.window, t.in.x, t.in.rdy, t.rdx);
        break;
    case SKEL_OP_AVGPOOL:
        skel_avgpool_backward(&t.window, t.in.rdy, t.rdx);
        break;
    case SKEL_OP_BATCHNORM:
        SKEL_ASSERT(false); /* works on all slots together */
        break;
    }
}

/* A batch norm's vectors in a slot, and their tangents. */
static void vectors_of(const skel_reference *engine, size_t s, const skel_op *op,
                       skel_norm_vectors *value, skel_norm_vectors *tangent)
{
    const skel_reference_slot *slot = &engine->slot[s];
    size_t mean = engine->base.network->buffer[op->mean].offset;
    size_t inverse = engine->base.network->buffer[op->variance].offset;

    *value = (skel_norm_vectors){.mean = slot->norm + mean,
                                 .inverse = slot->norm + inverse,
                                 .gamma = skel_reference_weights(engine, op->weight)};
    *tangent = (skel_norm_vectors){.mean = slot->norm_tangent + mean,
                                   .inverse = slot->norm_tangent + inverse,
                                   .gamma = skel_reference_vector(engine, op->weight)};
}

/* Sums of one slot, into its row; they are the products for shift and scale. */
static void norm_row(skel_reference *engine, size_t s, const skel_op *op, double row[],
                     float gradient[])
{
    step t = step_of(engine, s, op, gradient);
    size_t channels = t.window.in.channels;
    skel_norm_vectors value;
    skel_norm_vectors tangent;

    vectors_of(engine, s, op, &value, &tangent);
    skel_norm_tangent_backward_row(t.window.images, t.window.in, t.in, value, tangent, row);
    memcpy(product_of(engine, op->bias), row, channels * sizeof *row);
    memcpy(product_of(engine, op->weight), row + channels, channels * sizeof *row);
    skel_reference_round(engine, op->bias, gradient);
    skel_reference_round(engine, op->weight, gradient);
}

skel_status skel_reference_tangent_norm(skel_reference *engine, size_t at, size_t count,
                                        skel_pass passes[])
{
    const skel_engine_options *options = &engine->base.options;
    const skel_op *op = &engine->base.network->op[at];
    bool together = options->statistics_sum != NULL;
    size_t columns = skel_norm_backward_columns(engine->base.network->tensor[op->input].channels);
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < count; s++) {
        norm_row(engine, s, op, engine->tangent_rows + s * columns, passes[s].gradient);
    }
    if (together) {
        SKEL_TRY(options->statistics_sum(options->statistics_context, count, columns,
                                         engine->tangent_rows, engine->tangent_sum));
    }
    for (size_t s = 0; s < count; s++) {
        step t = step_of(engine, s, op, NULL);
        const double *sum = together ? engine->sum : engine->rows + s * columns;
        const double *rsum = together ? engine->tangent_sum : engine->tangent_rows + s * columns;
        skel_norm_vectors value;
        skel_norm_vectors tangent;

        vectors_of(engine, s, op, &value, &tangent);
        skel_norm_tangent_backward_data(t.window.images, t.window.in, t.in, value, tangent,
                                        engine->slot[s].elements[at], sum, rsum, t.rdx);
    }
done:
    return status;
}
