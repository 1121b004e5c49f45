/* Products with the Hessian: the forward pass of the tangents, and the passes in their order.
 *
 * R x is the tangent of x along the vector: d/dr x(weights + r vector) at r = 0. Every operation is
 * followed by what the rules of differentiation make of it. Source: Pearlmutter 1994, section 3. */
#include "reference.h"

#include "../../../engine/loss.h"

/* R conv(x, w) = conv(x, Rw) + conv(Rx, w), and the bias' tangent. */
static void conv(skel_reference *engine, const skel_window *window, const skel_op *op,
                 const double x[], const double rx[], double ry[])
{
    size_t count = window->images * skel_reference_elements(window->out);

    skel_conv_forward(window, x, skel_reference_vector(engine, op->weight),
                      skel_reference_vector(engine, op->bias), ry);
    skel_conv_forward(window, rx, skel_reference_weights(engine, op->weight), NULL, engine->part);
    skel_add_forward(count, ry, engine->part, ry);
}

static void linear(skel_reference *engine, const skel_window *window, const skel_op *op,
                   const double x[], const double rx[], double ry[])
{
    size_t in = skel_reference_elements(window->in);
    size_t out = skel_reference_elements(window->out);

    skel_linear_forward(window->images, in, out, x, skel_reference_vector(engine, op->weight),
                        skel_reference_vector(engine, op->bias), ry);
    skel_linear_forward(window->images, in, out, rx, skel_reference_weights(engine, op->weight),
                        NULL, engine->part);
    skel_add_forward(window->images * out, ry, engine->part, ry);
}

static void norm(const skel_reference *engine, const skel_reference_slot *slot, const skel_op *op,
                 const double x[], const double rx[], double ry[])
{
    const skel_buffer *buffer = engine->base.network->buffer;
    size_t mean = buffer[op->mean].offset;
    size_t inverse = buffer[op->variance].offset;
    skel_norm_vectors value = {slot->norm + mean, slot->norm + inverse,
                               skel_reference_weights(engine, op->weight),
                               skel_reference_weights(engine, op->bias)};
    skel_norm_vectors tangent = {slot->norm_tangent + mean, slot->norm_tangent + inverse,
                                 skel_reference_vector(engine, op->weight),
                                 skel_reference_vector(engine, op->bias)};

    skel_norm_tangent_apply(slot->images, engine->base.network->tensor[op->input],
                            (skel_norm_operands){.x = x, .rx = rx}, value, tangent, ry);
}

void skel_reference_tangent_forward(skel_reference *engine, size_t s, const skel_op *op)
{
    const skel_reference_slot *slot = &engine->slot[s];
    double *tangents = slot->activation_tangent;
    skel_window window = skel_reference_window(engine->base.network, op, slot->images);
    const double *x = skel_reference_tensor(engine, slot->activation, op->input);
    const double *rx = skel_reference_tensor(engine, tangents, op->input);
    double *ry = skel_reference_tensor(engine, tangents, op->output);
    size_t count = slot->images * skel_reference_elements(window.out);

    switch (op->kind) {
    case SKEL_OP_CONV:
        conv(engine, &window, op, x, rx, ry);
        break;
    case SKEL_OP_BATCHNORM:
        norm(engine, slot, op, x, rx, ry);
        break;
    case SKEL_OP_RELU:
        skel_relu_tangent(count, x, rx, ry);
        break;
    case SKEL_OP_ADD:
        skel_add_forward(count, rx, skel_reference_tensor(engine, tangents, op->other), ry);
        break;
    case SKEL_OP_MAXPOOL:
        skel_maxpool_tangent(&window, x, rx, ry);
        break;
    case SKEL_OP_AVGPOOL:
        skel_avgpool_forward(&window, rx, ry);
        break;
    case SKEL_OP_LINEAR:
        linear(engine, &window, op, x, rx, ry);
        break;
    }
}

/* R mean = mean of Rx. With s = (variance + epsilon)^(-1/2) and R variance = 2 mean of
 * (x - mean) Rx: R s = -s^3 / 2 R variance = -s^2 mean of Rx xhat. */
skel_status skel_reference_tangent_statistics(skel_reference *engine, size_t at, size_t count)
{
    const skel_network *network = engine->base.network;
    const skel_engine_options *options = &engine->base.options;
    const skel_op *op = &network->op[at];
    skel_tensor shape = network->tensor[op->input];
    size_t columns = skel_norm_backward_columns(shape.channels);
    size_t mean = network->buffer[op->mean].offset;
    size_t inverse = network->buffer[op->variance].offset;
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < count; s++) {
        const skel_reference_slot *slot = &engine->slot[s];

        skel_norm_backward_row(
            slot->images, shape, skel_reference_tensor(engine, slot->activation, op->input),
            skel_reference_tensor(engine, slot->activation_tangent, op->input), slot->norm + mean,
            slot->norm + inverse, engine->tangent_rows + s * columns);
    }
    if (options->statistics_sum != NULL) {
        SKEL_TRY(options->statistics_sum(options->statistics_context, count, columns,
                                         engine->tangent_rows, engine->tangent_sum));
    }
    for (size_t s = 0; s < count; s++) {
        const skel_reference_slot *slot = &engine->slot[s];
        const double *sum = options->statistics_sum != NULL ? engine->tangent_sum
                                                            : engine->tangent_rows + s * columns;

        for (size_t c = 0; c < shape.channels; c++) {
            double s_c = slot->norm[inverse + c];

            slot->norm_tangent[mean + c] = sum[c] / slot->elements[at];
            slot->norm_tangent[inverse + c] =
                -s_c * s_c * sum[shape.channels + c] / slot->elements[at];
        }
    }
done:
    return status;
}

/* Tangent of the loss' gradient in place of the last tensor's. */
static void score_tangent(const skel_reference *engine, size_t s, double scale)
{
    const skel_network *network = engine->base.network;
    const skel_reference_slot *slot = &engine->slot[s];
    size_t last = network->op[network->ops - 1].output;
    const double *logits = skel_reference_tensor(engine, slot->activation, last);
    const double *rlogits = skel_reference_tensor(engine, slot->activation_tangent, last);
    double *out = skel_reference_tensor(engine, slot->gradient_tangent, last);

    for (size_t n = 0; n < slot->images; n++) {
        size_t at = n * network->classes;

        skel_loss_tangent_image(&engine->base.options, network->classes, logits + at, rlogits + at,
                                out + at);
        for (size_t k = 0; k < network->classes; k++) {
            out[at + k] *= scale;
        }
    }
}

skel_status skel_reference_hessian(skel_engine *base, const float vector[], size_t count,
                                   const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_reference *engine = (skel_reference *)base;
    skel_status status = SKEL_OK;

    engine->tangents = true;
    for (size_t i = 0; i < base->network->parameter_count; i++) {
        engine->vector[i] = (double)vector[i];
    }
    for (size_t s = 0; s < count; s++) {
        skel_reference_load_images(&engine->slot[s], base->network, &batches[s]);
    }
    SKEL_TRY(skel_reference_forward(engine, count, NULL, passes));
    for (size_t s = 0; s < count; s++) {
        skel_reference_score(engine, s, &batches[s], scale, &passes[s]);
        score_tangent(engine, s, scale);
    }
    SKEL_TRY(skel_reference_backward(engine, count, passes));
done:
    return status;
}
