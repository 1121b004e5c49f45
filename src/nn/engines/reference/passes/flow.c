/* Synaptic flow in double, every tensor with an exponent of its own. */
#include "reference.h"

#include "../../../engine/flow.h"
#include "../kernels/kernels.h"
#include "scaled.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* One flow under way, in slot 0. */
typedef struct flow {
    skel_reference *engine;
    const skel_network *network;
    const float *parameters;
    const float *buffers;
    const float *shares; /* NULL: all 1 */
    float *out;
} flow;

typedef skel_reference_scaled scaled;

static scaled tensor_of(const flow *f, double *block, int exponent[], size_t tensor)
{
    return (scaled){.count = skel_reference_elements(f->network->tensor[tensor]),
                    .value = skel_reference_tensor(f->engine, block, tensor),
                    .exponent = &exponent[tensor]};
}

static scaled value_of(const flow *f, size_t tensor)
{
    return tensor_of(f, f->engine->slot[0].activation, f->engine->exponent, tensor);
}

static scaled gradient_of(const flow *f, size_t tensor)
{
    return tensor_of(f, f->engine->slot[0].gradient, f->engine->exponent + f->network->tensors,
                     tensor);
}

static double *weights_of(const flow *f, size_t parameter)
{
    return f->engine->weights + f->network->parameter[parameter].offset;
}

static void layer_forward(const flow *f, const skel_op *op, scaled x, scaled y)
{
    skel_reference_window window = skel_reference_window_of(f->network, op, 1);
    const double *bias = op->bias == SKEL_NONE ? NULL : weights_of(f, op->bias);

    if (op->kind == SKEL_OP_CONV) {
        skel_reference_conv_forward(&window, x.value, weights_of(f, op->weight), NULL, y.value);
    } else {
        skel_reference_linear_forward(1, x.count, y.count, x.value, weights_of(f, op->weight), NULL,
                                      y.value);
    }
    skel_reference_scaled_affine(window.out, NULL, bias, *x.exponent, y.value, y);
}

/* The channels' slopes stay, in place of the means, for the backward pass. */
static void norm_forward(const flow *f, const skel_op *op, scaled x, scaled y)
{
    double *slope = f->engine->slot[0].norm + f->network->buffer[op->mean].offset;
    double *shift = f->engine->slot[0].norm + f->network->buffer[op->variance].offset;
    skel_tensor shape = f->network->tensor[op->input];

    for (size_t c = 0; c < shape.channels; c++) {
        skel_flow_affine channel = skel_flow_norm(f->network, op, f->parameters, f->buffers, c);

        slope[c] = channel.slope;
        shift[c] = channel.shift;
    }
    skel_reference_scaled_affine(shape, slope, shift, *x.exponent, x.value, y);
}

/* A clip has no upper bound in a flow: magnitudes pass any. */
static void forward(const flow *f, const skel_op *op)
{
    skel_reference_window window = skel_reference_window_of(f->network, op, 1);
    skel_reference_activation activation = skel_reference_activation_of(op);
    scaled x = value_of(f, op->input);
    scaled y = value_of(f, op->output);

    *y.exponent = *x.exponent;
    switch (op->kind) {
    case SKEL_OP_CONV:
    case SKEL_OP_LINEAR:
        layer_forward(f, op, x, y);
        break;
    case SKEL_OP_BATCHNORM:
        norm_forward(f, op, x, y);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_forward(y.count, x.value, y.value);
        break;
    case SKEL_OP_LEAKY_RELU:
        skel_reference_activation_forward(&activation, y.count, x.value, y.value);
        break;
    case SKEL_OP_CLIP:
        skel_reference_scaled_bound(op->low, x, y);
        break;
    case SKEL_OP_SIGMOID:
        skel_reference_scaled_sigmoid(x, y);
        break;
    case SKEL_OP_ADD:
        skel_reference_scaled_add(x, value_of(f, op->other), y);
        break;
    case SKEL_OP_MUL:
        skel_reference_scaled_mul(x, value_of(f, op->other), y);
        break;
    case SKEL_OP_CONCAT:
        skel_reference_scaled_concat(x, value_of(f, op->other), y);
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_forward(&window, x.value, y.value);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_forward(&window, x.value, y.value);
        break;
    }
    skel_reference_scaled_normalise(y);
}

/* The flow through a layer's weights is its products' sum, with the exponents of both factors. */
static void layer_backward(const flow *f, const skel_op *op, scaled x, scaled dy, scaled dx)
{
    const skel_parameter *weight = &f->network->parameter[op->weight];
    skel_reference_window window = skel_reference_window_of(f->network, op, 1);
    double *gradient = f->engine->weight_grad;
    int exponent = *x.exponent + *dy.exponent;

    if (op->kind == SKEL_OP_CONV) {
        skel_reference_conv_backward_weights(&window, x.value, dy.value, gradient);
    } else {
        skel_reference_linear_backward_weights(1, x.count, dy.count, x.value, dy.value, gradient);
    }
    for (size_t i = 0; i < weight->count; i++) {
        f->out[weight->offset + i] = (float)fmin(ldexp(gradient[i], exponent), (double)FLT_MAX);
    }
    skel_reference_scaled_meet(dy, dx);
    if (op->kind == SKEL_OP_CONV) {
        skel_reference_conv_backward_data(&window, dy.value, weights_of(f, op->weight), dx.value);
    } else {
        skel_reference_linear_backward_data(1, x.count, dy.count, dy.value,
                                            weights_of(f, op->weight), dx.value);
    }
}

static void norm_backward(const flow *f, const skel_op *op, scaled dy, scaled dx)
{
    const double *slope = f->engine->slot[0].norm + f->network->buffer[op->mean].offset;
    skel_tensor shape = f->network->tensor[op->input];
    size_t plane = shape.height * shape.width;

    for (size_t i = 0; i < dx.count; i++) {
        dx.value[i] += slope[i / plane] * dy.value[i];
    }
}

static void pair_backward(const flow *f, const skel_op *op, scaled dy)
{
    scaled operand[2] = {value_of(f, op->input), value_of(f, op->other)};
    size_t first = 0;

    for (size_t k = 0; k < 2; k++) {
        scaled dx = gradient_of(f, k == 0 ? op->input : op->other);

        if (op->kind == SKEL_OP_MUL) {
            skel_reference_scaled_mul_backward(operand[1 - k], dy, dx);
            continue;
        }
        skel_reference_scaled_meet(dy, dx);
        skel_reference_concat_backward(1, first, dx.count, dy.count, dy.value, dx.value);
        first = op->kind == SKEL_OP_CONCAT ? dx.count : 0; /* an addition reads all of dy twice */
    }
}

/* Of operations on one tensor, without weights. */
static void plain_backward(const flow *f, const skel_op *op, scaled x, scaled dy, scaled dx)
{
    skel_reference_window window = skel_reference_window_of(f->network, op, 1);
    skel_reference_activation activation = skel_reference_activation_of(op);

    skel_reference_scaled_meet(dy, dx);
    switch (op->kind) {
    case SKEL_OP_BATCHNORM:
        norm_backward(f, op, dy, dx);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_backward(dx.count, x.value, dy.value, dx.value);
        break;
    case SKEL_OP_LEAKY_RELU:
        skel_reference_activation_backward(&activation, dx.count, x.value, dy.value, dx.value);
        break;
    case SKEL_OP_CLIP:
        activation.low = ldexp(activation.low, -*x.exponent);
        activation.high = (double)INFINITY;
        skel_reference_activation_backward(&activation, dx.count, x.value, dy.value, dx.value);
        break;
    case SKEL_OP_SIGMOID:
        skel_reference_scaled_sigmoid_backward(x, dy, dx);
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_backward(&window, x.value, dy.value, dx.value);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_backward(&window, dy.value, dx.value);
        break;
    case SKEL_OP_CONV:
    case SKEL_OP_LINEAR:
    case SKEL_OP_ADD:
    case SKEL_OP_MUL:
    case SKEL_OP_CONCAT:
        SKEL_ASSERT(false); /* weights, or two tensors */
    }
}

static void backward(const flow *f, const skel_op *op)
{
    scaled x = value_of(f, op->input);
    scaled dy = gradient_of(f, op->output);
    scaled dx = gradient_of(f, op->input);

    skel_reference_scaled_normalise(dy); /* all that read the output have added to it */
    if (skel_op_has_weights(op)) {
        layer_backward(f, op, x, dy, dx);
    } else if (op->other != SKEL_NONE) {
        pair_backward(f, op, dy);
    } else {
        plain_backward(f, op, x, dy, dx);
    }
}

static skel_status load(const flow *f, const uint8_t mask[])
{
    skel_status status = skel_flow_check(f->network, f->parameters, f->buffers);

    for (size_t i = 0; status == SKEL_OK && i < f->network->parameters; i++) {
        const skel_parameter *p = &f->network->parameter[i];

        for (size_t k = p->offset; k < p->offset + p->count; k++) {
            double value = mask == NULL || mask[k] != 0 ? fabs((double)f->parameters[k]) : 0;

            if (!isfinite(value)) {
                return skel_flow_not_finite(f->network, p->name);
            }
            f->engine->weights[k] = value;
        }
    }
    return status;
}

static double share_of(const flow *f, size_t logit)
{
    return f->shares != NULL ? (double)f->shares[logit] : 1;
}

/* R and its logarithm; the gradient of ln R with respect to each logit is its share / R. */
static skel_status finish(const flow *f, double *logarithm)
{
    size_t last = f->network->op[f->network->ops - 1].output;
    scaled logits = value_of(f, last);
    scaled gradient = gradient_of(f, last);
    double r = 0;

    for (size_t i = 0; i < logits.count; i++) {
        r += share_of(f, i) * logits.value[i];
    }
    for (size_t i = 0; i < gradient.count; i++) {
        gradient.value[i] = share_of(f, i) / r;
    }
    *gradient.exponent = -*logits.exponent;
    return skel_flow_logarithm(f->network, r, *logits.exponent, logarithm);
}

skel_status skel_reference_flow(skel_engine *base, const float parameters[], const uint8_t mask[],
                                const float buffers[], const float shares[], float out[],
                                double *logarithm)
{
    skel_reference *engine = (skel_reference *)base;
    const skel_network *network = base->network;
    flow f = {engine, network, parameters, buffers, shares, out};
    scaled image = value_of(&f, 0);
    skel_status status = SKEL_OK;

    SKEL_TRY(load(&f, mask));
    for (size_t i = 0; i < image.count; i++) {
        image.value[i] = 1;
    }
    *image.exponent = 0;
    for (size_t i = 0; i < network->ops; i++) {
        forward(&f, &network->op[i]);
    }
    for (size_t i = 0; i < network->tensors; i++) {
        scaled gradient = gradient_of(&f, i);

        memset(gradient.value, 0, gradient.count * sizeof *gradient.value);
        *gradient.exponent = SKEL_FLOW_NOTHING;
    }
    memset(out, 0, network->parameter_count * sizeof *out);
    SKEL_TRY(finish(&f, logarithm));
    for (size_t i = network->ops; isfinite(*logarithm) && i-- > 0;) {
        backward(&f, &network->op[i]);
    }
done:
    return status;
}
