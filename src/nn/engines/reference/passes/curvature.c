/* The backward pass of second derivatives: that of the gradient, with all factors squared. */
#include "reference.h"

#include "../../../engine/loss.h"
#include "../kernels/kernels.h"

#include <string.h>

/* One operation's step: its operands and results. */
typedef struct step {
    const skel_op *op;
    skel_reference_window window;
    const double *x;
    double *hy; /* complete, and not read again behind this step */
    double *hx; /* added to */
    float *out; /* [parameter_count] */
} step;

static step step_of(const skel_reference *engine, const skel_op *op, float out[])
{
    const skel_reference_slot *slot = &engine->slot[0];

    return (step){
        .op = op,
        .window = skel_reference_window_of(engine->base.network, op, slot->images),
        .x = skel_reference_tensor(engine, slot->activation, op->input),
        .hy = skel_reference_tensor(engine, slot->gradient, op->output),
        .hx = skel_reference_tensor(engine, slot->gradient, op->input),
        .out = out,
    };
}

static size_t elements(const step *t, skel_tensor shape)
{
    return t->window.images * skel_reference_elements(shape);
}

/* The weights are squared already. */
static void layer_step(skel_reference *engine, const step *t)
{
    const skel_parameter *weight = &engine->base.network->parameter[t->op->weight];
    const double *squared = engine->weights + weight->offset;
    size_t images = t->window.images;
    size_t in = skel_reference_elements(t->window.in);
    size_t out = skel_reference_elements(t->window.out);

    for (size_t i = 0; i < images * in; i++) {
        engine->squares[i] = t->x[i] * t->x[i];
    }
    if (t->op->kind == SKEL_OP_CONV) {
        skel_reference_conv_backward_data(&t->window, t->hy, squared, t->hx);
        skel_reference_conv_backward_weights(&t->window, engine->squares, t->hy,
                                             engine->weight_grad);
    } else {
        skel_reference_linear_backward_data(images, in, out, t->hy, squared, t->hx);
        skel_reference_linear_backward_weights(images, in, out, engine->squares, t->hy,
                                               engine->weight_grad);
    }
    for (size_t i = 0; i < weight->count; i++) {
        t->out[weight->offset + i] = (float)engine->weight_grad[i];
    }
}

/* On running averages a batch norm is a factor by channel. */
static void norm_step(const skel_reference *engine, const step *t)
{
    const skel_network *network = engine->base.network;
    const double *squared = engine->weights + network->parameter[t->op->weight].offset;
    const double *inverse = engine->slot[0].norm + network->buffer[t->op->variance].offset;
    size_t plane = t->window.in.height * t->window.in.width;

    for (size_t i = 0; i < elements(t, t->window.in); i++) {
        size_t c = i / plane % t->window.in.channels;

        t->hx[i] += squared[c] * inverse[c] * inverse[c] * t->hy[i];
    }
}

/* A mean of k pixels passes the first 1 / k of its square; the kernel the second. */
static void avgpool_step(const step *t)
{
    for (size_t i = 0; i < elements(t, t->window.out); i++) {
        t->hy[i] /= (double)(t->window.kernel * t->window.kernel);
    }
    skel_reference_avgpool_backward(&t->window, t->hy, t->hx);
}

static void backward_step(skel_reference *engine, const step *t)
{
    size_t count = elements(t, t->window.out);

    switch (t->op->kind) {
    case SKEL_OP_CONV:
    case SKEL_OP_LINEAR:
        layer_step(engine, t);
        break;
    case SKEL_OP_BATCHNORM:
        norm_step(engine, t);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_backward(count, t->x, t->hy, t->hx);
        break;
    case SKEL_OP_ADD:
        skel_reference_add_backward(count, t->hy, t->hx);
        skel_reference_add_backward(
            count, t->hy, skel_reference_tensor(engine, engine->slot[0].gradient, t->op->other));
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_backward(&t->window, t->x, t->hy, t->hx);
        break;
    case SKEL_OP_AVGPOOL:
        avgpool_step(t);
        break;
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
        step t = step_of(engine, &network->op[i], pass->gradient);

        backward_step(engine, &t);
    }
done:
    return status;
}
