/* The backward pass, operation by operation in reverse, all slots in step. */
#include "reference.h"

#include "../kernels/kernels.h"

#include "skel/progress.h"

#include <string.h>

/* What one operation's backward step reads and writes in one slot. */
typedef struct step {
    const skel_op *op;
    skel_window window;
    size_t images;
    const double *x;
    const double *dy;
    double *dx; /* added to; of the image too, although nobody reads it */
    float *gradient;
} step;

static step step_of(const skel_reference *engine, size_t s, const skel_op *op, float gradient[])
{
    const skel_reference_slot *slot = &engine->slot[s];

    return (step){
        .op = op,
        .window = skel_reference_window(engine->base.network, op, slot->images),
        .images = slot->images,
        .x = skel_reference_tensor(engine, slot->activation, op->input),
        .dy = skel_reference_tensor(engine, slot->gradient, op->output),
        .dx = skel_reference_tensor(engine, slot->gradient, op->input),
        .gradient = gradient,
    };
}

void skel_reference_round(const skel_reference *engine, size_t parameter, float gradient[])
{
    const skel_parameter *p = &engine->base.network->parameter[parameter];

    for (size_t i = p->offset; i < p->offset + p->count; i++) {
        gradient[i] = (float)engine->weight_grad[i];
    }
}

static double *gradient_of(const skel_reference *engine, size_t parameter)
{
    return skel_reference_slice(engine, engine->weight_grad, parameter);
}

static void store_bias(skel_reference *engine, const step *t)
{
    if (t->op->bias != SKEL_NONE) {
        skel_bias_backward(t->images, t->window.out, t->dy, gradient_of(engine, t->op->bias));
        skel_reference_round(engine, t->op->bias, t->gradient);
    }
}

static void backward_conv(skel_reference *engine, const step *t)
{
    skel_engine_profile *profile = &engine->base.profile;
    double since = skel_seconds();

    skel_conv_backward_data(&t->window, t->dy, skel_reference_weights(engine, t->op->weight),
                            t->dx);
    skel_reference_clock(engine, &profile->convolution_backward_data, &since);
    skel_conv_backward_weights(&t->window, t->x, t->dy, gradient_of(engine, t->op->weight));
    skel_reference_round(engine, t->op->weight, t->gradient);
    store_bias(engine, t);
    skel_reference_clock(engine, &profile->convolution_backward_weights, &since);
}

static void backward_linear(skel_reference *engine, const step *t)
{
    size_t in = skel_reference_elements(t->window.in);
    size_t out = skel_reference_elements(t->window.out);

    skel_linear_backward_data(t->images, in, out, t->dy,
                              skel_reference_weights(engine, t->op->weight), t->dx);
    skel_linear_backward_weights(t->images, in, out, t->x, t->dy,
                                 gradient_of(engine, t->op->weight));
    skel_reference_round(engine, t->op->weight, t->gradient);
    store_bias(engine, t);
}

/* All slots of one batch norm: their sums are needed before any of their gradients. */
static skel_status backward_norm(skel_reference *engine, size_t at, size_t count,
                                 skel_pass passes[])
{
    const skel_network *network = engine->base.network;
    const skel_engine_options *options = &engine->base.options;
    const skel_op *op = &network->op[at];
    skel_tensor shape = network->tensor[op->input];
    size_t columns = skel_norm_backward_columns(shape.channels);

    for (size_t s = 0; s < count; s++) {
        step t = step_of(engine, s, op, passes[s].gradient);
        const double *norm = engine->slot[s].norm;
        double *row = engine->rows + s * columns;

        skel_norm_backward_row(t.images, shape, t.x, t.dy, norm + network->buffer[op->mean].offset,
                               norm + network->buffer[op->variance].offset, row);
        memcpy(gradient_of(engine, op->bias), row, shape.channels * sizeof *row);
        memcpy(gradient_of(engine, op->weight), row + shape.channels, shape.channels * sizeof *row);
        skel_reference_round(engine, op->bias, t.gradient);
        skel_reference_round(engine, op->weight, t.gradient);
    }
    if (options->statistics_sum != NULL) {
        skel_status status = options->statistics_sum(options->statistics_context, count, columns,
                                                     engine->rows, engine->sum);

        if (status != SKEL_OK) {
            return status;
        }
    }
    for (size_t s = 0; s < count; s++) {
        step t = step_of(engine, s, op, NULL);
        const double *norm = engine->slot[s].norm;
        const double *sum =
            options->statistics_sum != NULL ? engine->sum : engine->rows + s * columns;

        skel_norm_backward_data(t.images, shape, t.x, t.dy, norm + network->buffer[op->mean].offset,
                                norm + network->buffer[op->variance].offset,
                                skel_reference_weights(engine, op->weight),
                                engine->slot[s].elements[at], sum, t.dx);
    }
    return SKEL_OK;
}

static void backward_step(skel_reference *engine, size_t s, const step *t)
{
    size_t count = t->images * skel_reference_elements(t->window.out);

    switch (t->op->kind) {
    case SKEL_OP_CONV:
        backward_conv(engine, t);
        break;
    case SKEL_OP_LINEAR:
        backward_linear(engine, t);
        break;
    case SKEL_OP_RELU:
        skel_relu_backward(count, t->x, t->dy, t->dx);
        break;
    case SKEL_OP_ADD:
        skel_add_backward(count, t->dy, t->dx);
        skel_add_backward(count, t->dy,
                          skel_reference_tensor(engine, engine->slot[s].gradient, t->op->other));
        break;
    case SKEL_OP_MAXPOOL:
        skel_maxpool_backward(&t->window, t->x, t->dy, t->dx);
        break;
    case SKEL_OP_AVGPOOL:
        skel_avgpool_backward(&t->window, t->dy, t->dx);
        break;
    case SKEL_OP_BATCHNORM:
        SKEL_ASSERT(false); /* works on all slots together */
        break;
    }
}

/* All tensors but the last, which holds the gradient of the loss. */
static void clear_gradients(const skel_reference *engine, size_t count)
{
    const skel_network *network = engine->base.network;
    size_t last = network->op[network->ops - 1].output;

    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < network->tensors; i++) {
            size_t bytes = (engine->offset[i + 1] - engine->offset[i]) * sizeof(double);

            if (i != last) {
                memset(skel_reference_tensor(engine, engine->slot[s].gradient, i), 0, bytes);
            }
            if (i != last && engine->tangents) {
                memset(skel_reference_tensor(engine, engine->slot[s].gradient_tangent, i), 0,
                       bytes);
            }
        }
    }
}

/* Convolutions keep their own time. */
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
        break;
    }
    return &engine->base.profile.elementwise;
}

skel_status skel_reference_backward(skel_reference *engine, size_t count, skel_pass passes[])
{
    const skel_network *network = engine->base.network;
    double since = 0;
    skel_status status = SKEL_OK;

    clear_gradients(engine, count);
    since = skel_seconds();
    for (size_t i = network->ops; i-- > 0;) {
        const skel_op *op = &network->op[i];

        if (op->kind == SKEL_OP_BATCHNORM) {
            SKEL_TRY(backward_norm(engine, i, count, passes));
            if (engine->tangents) {
                SKEL_TRY(skel_reference_tangent_norm(engine, i, count, passes));
            }
        } else {
            for (size_t s = 0; s < count; s++) {
                step t = step_of(engine, s, op, passes[s].gradient);

                backward_step(engine, s, &t);
                if (engine->tangents) {
                    skel_reference_tangent_backward(engine, s, op, passes[s].gradient);
                }
            }
        }
        skel_reference_clock(engine, figure_of(engine, op->kind), &since);
    }
done:
    return status;
}
