/* The forward pass of the tangents, operation by operation.
 *
 * R x is the tangent of x along the vector: d/dr x(weights + r vector) at r = 0. Each function here
 * is the derivative of an operation in forward.c. Source: Pearlmutter 1994, section 3. */
#include "reference.h"

/* R conv(x, w) = conv(x, Rw) + conv(Rx, w), and the bias' tangent. */
static void conv(skel_reference *engine, const skel_reference_window *window, const skel_op *op,
                 const double x[], const double rx[], double ry[])
{
    size_t count = window->images * skel_reference_elements(window->out);

    skel_reference_conv_forward(window, x, skel_reference_vector(engine, op->weight),
                                skel_reference_vector(engine, op->bias), ry);
    skel_reference_conv_forward(window, rx, skel_reference_weights(engine, op->weight), NULL,
                                engine->part);
    skel_reference_add_forward(count, ry, engine->part, ry);
}

static void linear(skel_reference *engine, const skel_reference_window *window, const skel_op *op,
                   const double x[], const double rx[], double ry[])
{
    size_t in = skel_reference_elements(window->in);
    size_t out = skel_reference_elements(window->out);

    skel_reference_linear_forward(window->images, in, out, x,
                                  skel_reference_vector(engine, op->weight),
                                  skel_reference_vector(engine, op->bias), ry);
    skel_reference_linear_forward(window->images, in, out, rx,
                                  skel_reference_weights(engine, op->weight), NULL, engine->part);
    skel_reference_add_forward(window->images * out, ry, engine->part, ry);
}

static void norm(const skel_reference *engine, const skel_reference_slot *slot, const skel_op *op,
                 const double x[], const double rx[], double ry[])
{
    skel_reference_norm_tangent_apply(slot->images, engine->base.network->tensor[op->input],
                                      (skel_reference_norm_operands){.x = x, .rx = rx},
                                      skel_reference_vectors_of(engine, slot, op),
                                      skel_reference_vector_tangents_of(engine, slot, op), ry);
}

/* R (a b) = Ra b + a Rb. */
static void product(const skel_reference *engine, const skel_reference_slot *slot,
                    const skel_op *op, double ry[])
{
    const skel_network *network = engine->base.network;
    skel_reference_factors factors = skel_reference_factors_of(network, op, slot->images);
    const double *a = skel_reference_tensor(engine, slot->activation, op->input);
    const double *b = skel_reference_tensor(engine, slot->activation, op->other);
    const double *ra = skel_reference_tensor(engine, slot->activation_tangent, op->input);
    const double *rb = skel_reference_tensor(engine, slot->activation_tangent, op->other);

    skel_reference_mul_forward(&factors, ra, b, ry);
    skel_reference_mul_forward(&factors, a, rb, engine->part);
    skel_reference_add_forward(slot->images * skel_reference_elements(factors.shape), ry,
                               engine->part, ry);
}

static void tangent_forward(skel_reference *engine, size_t s, const skel_op *op)
{
    const skel_reference_slot *slot = &engine->slot[s];
    double *tangents = slot->activation_tangent;
    skel_reference_window window = skel_reference_window_of(engine->base.network, op, slot->images);
    const double *x = skel_reference_tensor(engine, slot->activation, op->input);
    const double *rx = skel_reference_tensor(engine, tangents, op->input);
    double *ry = skel_reference_tensor(engine, tangents, op->output);
    size_t count = slot->images * skel_reference_elements(window.out);
    skel_reference_activation activation = skel_reference_activation_of(op);

    switch (op->kind) {
    case SKEL_OP_CONV:
        conv(engine, &window, op, x, rx, ry);
        break;
    case SKEL_OP_BATCHNORM:
        norm(engine, slot, op, x, rx, ry);
        break;
    case SKEL_OP_RELU:
        skel_reference_relu_tangent(count, x, rx, ry);
        break;
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
        skel_reference_activation_tangent(&activation, count, x, rx, ry);
        break;
    case SKEL_OP_MUL:
        product(engine, slot, op, ry);
        break;
    case SKEL_OP_CONCAT:
        skel_reference_concat_forward(
            slot->images, skel_reference_elements(window.in),
            skel_reference_elements(engine->base.network->tensor[op->other]), rx,
            skel_reference_tensor(engine, tangents, op->other), ry);
        break;
    case SKEL_OP_ADD:
        skel_reference_add_forward(count, rx, skel_reference_tensor(engine, tangents, op->other),
                                   ry);
        break;
    case SKEL_OP_MAXPOOL:
        skel_reference_maxpool_tangent(&window, x, rx, ry);
        break;
    case SKEL_OP_AVGPOOL:
        skel_reference_avgpool_forward(&window, rx, ry);
        break;
    case SKEL_OP_LINEAR:
        linear(engine, &window, op, x, rx, ry);
        break;
    }
}

/* R mean = mean of Rx. With s = (variance + epsilon)^(-1/2) and R variance = 2 mean of
 * (x - mean) Rx: R s = -s^3 / 2 R variance = -s^2 mean of Rx xhat. */
static skel_status tangent_statistics(skel_reference *engine, size_t at, size_t count)
{
    const skel_network *network = engine->base.network;
    const skel_op *op = &network->op[at];
    skel_tensor shape = network->tensor[op->input];
    size_t columns = skel_statistics_backward_columns(shape.channels);
    size_t mean = network->buffer[op->mean].offset;
    size_t inverse = network->buffer[op->variance].offset;
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < count; s++) {
        const skel_reference_slot *slot = &engine->slot[s];

        skel_reference_norm_backward_row(
            slot->images, shape, skel_reference_tensor(engine, slot->activation, op->input),
            skel_reference_tensor(engine, slot->activation_tangent, op->input),
            skel_reference_vectors_of(engine, slot, op), engine->rows + s * columns);
    }
    SKEL_TRY(skel_statistics_total(&engine->base.options, count, columns, engine->rows,
                                   engine->tangent_total));
    for (size_t s = 0; s < count; s++) {
        const skel_reference_slot *slot = &engine->slot[s];
        const double *total = engine->tangent_total;

        for (size_t c = 0; c < shape.channels; c++) {
            double s_c = slot->norm[inverse + c];

            slot->norm_tangent[mean + c] = total[c] / slot->elements[at];
            slot->norm_tangent[inverse + c] =
                -s_c * s_c * total[shape.channels + c] / slot->elements[at];
        }
    }
done:
    return status;
}

skel_status skel_reference_tangent_step(skel_reference *engine, size_t at, size_t count)
{
    const skel_op *op = &engine->base.network->op[at];
    skel_status status = SKEL_OK;

    if (op->kind == SKEL_OP_BATCHNORM) {
        SKEL_TRY(tangent_statistics(engine, at, count));
    }
    for (size_t s = 0; s < count; s++) {
        tangent_forward(engine, s, op);
    }
done:
    return status;
}
