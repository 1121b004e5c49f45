/* The backward pass of second derivatives: that of the gradient, with all factors squared. Second
 * derivatives stand in the place of gradients. */
#include "reference.h"

#include "../../../engine/loss.h"
#include "../kernels/kernels.h"

#include <string.h>

static size_t elements(const skel_reference_operands *t, skel_tensor shape)
{
    return t->window.images * skel_reference_elements(shape);
}

static void square(size_t count, const double x[], double out[])
{
    for (size_t i = 0; i < count; i++) {
        out[i] = x[i] * x[i];
    }
}

/* The weights are squared already. */
static void layer_step(skel_reference *engine, const skel_reference_operands *t)
{
    const skel_parameter *weight = &engine->base.network->parameter[t->op->weight];
    const double *squared = engine->weights + weight->offset;
    size_t images = t->window.images;
    size_t in = skel_reference_elements(t->window.in);
    size_t out = skel_reference_elements(t->window.out);

    square(images * in, t->x, engine->squares);
    if (t->op->kind == SKEL_OP_CONV) {
        skel_reference_conv_backward_data(&t->window, t->dy, squared, t->dx);
        skel_reference_conv_backward_weights(&t->window, engine->squares, t->dy,
                                             engine->weight_grad);
    } else {
        skel_reference_linear_backward_data(images, in, out, t->dy, squared, t->dx);
        skel_reference_linear_backward_weights(images, in, out, engine->squares, t->dy,
                                               engine->weight_grad);
    }
    for (size_t i = 0; i < weight->count; i++) {
        t->gradient[weight->offset + i] = (float)engine->weight_grad[i];
    }
}

/* On running averages a batch norm is a factor by channel. */
static void norm_step(const skel_reference *engine, const skel_reference_operands *t)
{
    const skel_network *network = engine->base.network;
    const double *squared = engine->weights + network->parameter[t->op->weight].offset;
    const double *inverse = engine->slot[0].norm + network->buffer[t->op->variance].offset;
    size_t plane = t->window.in.height * t->window.in.width;

    for (size_t i = 0; i < elements(t, t->window.in); i++) {
        size_t c = i / plane % t->window.in.channels;

        t->dx[i] += squared[c] * inverse[c] * inverse[c] * t->dy[i];
    }
}

/* The slope of a product with respect to either factor is the other one. */
static void product_step(const skel_reference *engine, const skel_reference_operands *t)
{
    const skel_network *network = engine->base.network;
    skel_reference_factors factors = skel_reference_factors_of(network, t->op, t->window.images);

    SKEL_ASSERT(t->other != NULL);
    square(elements(t, network->tensor[t->op->other]), t->other, engine->squares);
    skel_reference_mul_backward_first(&factors, engine->squares, t->dy, t->dx);
    square(elements(t, t->window.in), t->x, engine->squares);
    skel_reference_mul_backward_second(&factors, engine->squares, t->dy, t->dother);
}

/* Operations without parameters. The squared derivative of a mean of k pixels is 1 / k^2: the
 * gradient's kernel multiplies by one 1 / k, and the division is the other. `dy` is complete, and
 * nothing reads it behind this step. */
static void plain_step(const skel_reference *engine, const skel_reference_operands *t)
{
    skel_reference_activation activation = skel_reference_activation_of(t->op);

    switch (t->op->kind) {
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
        skel_reference_activation_curvature(&activation, elements(t, t->window.in), t->x, t->dy,
                                            t->dx);
        break;
    case SKEL_OP_MUL:
        product_step(engine, t);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_divide(
            &t->window, skel_reference_tensor(engine, engine->slot[0].gradient, t->op->output));
        skel_reference_backward_plain(engine->base.network, t);
        break;
    case SKEL_OP_RELU:
    case SKEL_OP_ADD:
    case SKEL_OP_CONCAT:
    case SKEL_OP_MAXPOOL:
        skel_reference_backward_plain(engine->base.network, t);
        break;
    case SKEL_OP_CONV:
    case SKEL_OP_LINEAR:
    case SKEL_OP_BATCHNORM:
        SKEL_ASSERT(false); /* have parameters */
    }
}

static void backward_step(skel_reference *engine, const skel_reference_operands *t)
{
    if (skel_op_has_weights(t->op)) {
        layer_step(engine, t);
    } else if (t->op->kind == SKEL_OP_BATCHNORM) {
        norm_step(engine, t);
    } else {
        plain_step(engine, t);
    }
}

/* The loss, and all second derivatives 0 but the logits'. */
static void start(const skel_reference *engine, const skel_batch *batch, double scale,
                  skel_pass *pass)
{
    const skel_network *network = engine->base.network;
    size_t last = network->op[network->ops - 1].output;
    const double *logits = skel_reference_tensor(engine, engine->slot[0].activation, last);
    double *curvature = skel_reference_tensor(engine, engine->slot[0].gradient, last);
    bool correct = false;

    memset(engine->slot[0].gradient, 0, engine->offset[network->tensors] * sizeof(double));
    pass->loss = 0;
    pass->correct = 0;
    for (size_t n = 0; n < batch->count; n++) {
        size_t at = n * network->classes;

        pass->loss += skel_loss_image(&engine->base.options, network->classes, logits + at,
                                      batch->labels[n], NULL, &correct);
        pass->correct += correct;
        skel_loss_curvature_image(&engine->base.options, network->classes, logits + at,
                                  curvature + at);
        for (size_t k = 0; k < network->classes; k++) {
            curvature[at + k] *= scale;
        }
    }
}

skel_status skel_reference_curvature(skel_engine *base, const float parameters[],
                                     const uint8_t mask[], const float buffers[],
                                     const skel_batch *batch, double scale, skel_pass *pass)
{
    skel_reference *engine = (skel_reference *)base;
    const skel_network *network = base->network;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reference_weights_load(base, parameters, mask));
    skel_reference_batch_load(engine, 0, batch);
    SKEL_TRY(skel_reference_forward(engine, 1, buffers, NULL));
    start(engine, batch, scale, pass);
    for (size_t i = 0; i < network->parameter_count; i++) {
        engine->weights[i] *= engine->weights[i];
    }
    for (size_t i = network->ops; i-- > 0;) {
        skel_reference_operands t =
            skel_reference_operands_of(engine, 0, &network->op[i], pass->gradient);

        backward_step(engine, &t);
    }
done:
    return status;
}
