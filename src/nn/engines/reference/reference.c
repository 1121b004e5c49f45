/* The reference engine: every number in double, every operation as its definition says.
 *
 * It is what the other engines are tested against, and right rather than fast. */
#include "passes/reference.h"

#include "../../engine/loss.h"

#include "skel/memory.h"
#include "skel/progress.h"

#include <string.h>

/* Sizes in doubles of what an engine holds. */
typedef struct plan {
    size_t slot;    /* activations of a microbatch */
    size_t columns; /* of the widest batch norm's rows */
    size_t largest; /* of tensors of a microbatch, and of parameters */
    size_t input;   /* a microbatch of the largest input of a convolution or linear layer */
} plan;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static plan plan_of(const skel_network *network, const skel_engine_options *options)
{
    plan out = {0, 1, 0, 0};

    for (size_t i = 0; i < network->tensors; i++) {
        size_t doubles = options->microbatch * skel_reference_elements(network->tensor[i]);

        out.slot += doubles;
        out.largest = larger(out.largest, doubles);
    }
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        size_t columns = skel_norm_forward_columns(network->tensor[op->input].channels);
        size_t input = options->microbatch * skel_reference_elements(network->tensor[op->input]);

        if (op->kind == SKEL_OP_BATCHNORM) {
            out.columns = larger(out.columns, columns);
        }
        if ((op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR) && input > out.input) {
            out.input = input;
        }
    }
    for (size_t i = 0; i < network->parameters; i++) {
        out.largest = larger(out.largest, network->parameter[i].count);
    }
    return out;
}

/* What set_up() allocates. */
static skel_status bytes(const skel_network *network, const skel_engine_options *options,
                         size_t *out)
{
    plan p = plan_of(network, options);
    size_t blocks = options->inference ? 1 : 2;
    size_t doubles = blocks * network->parameter_count + p.columns * (1 + options->slots);

    doubles += options->slots * (blocks * p.slot + network->buffer_count + network->ops);
    if (options->second_order) {
        doubles += network->parameter_count + p.largest + p.columns * (1 + options->slots);
        doubles += options->slots * (2 * p.slot + network->buffer_count);
    }
    doubles += options->curvature ? p.input : 0;
    *out = doubles * sizeof(double) + options->slots * sizeof(skel_reference_slot) +
           (network->tensors + 1) * sizeof(size_t) + 2 * network->tensors * sizeof(int);
    return SKEL_OK;
}

static skel_status set_up_slot(const skel_reference *engine, const plan *p,
                               skel_reference_slot *slot)
{
    const skel_network *network = engine->base.network;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(p->slot, sizeof(double), &slot->activation));
    if (!engine->base.options.inference) {
        SKEL_TRY(SKEL_ALLOC(p->slot, sizeof(double), &slot->gradient));
    }
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(double), &slot->norm));
    SKEL_TRY(SKEL_ALLOC(network->ops, sizeof(double), &slot->elements));
    if (engine->base.options.second_order) {
        SKEL_TRY(SKEL_ALLOC(p->slot, sizeof(double), &slot->activation_tangent));
        SKEL_TRY(SKEL_ALLOC(p->slot, sizeof(double), &slot->gradient_tangent));
        SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(double), &slot->norm_tangent));
    }
done:
    return status;
}

static skel_status set_up_tangents(skel_reference *engine, const plan *p)
{
    const skel_engine *base = &engine->base;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(base->network->parameter_count, sizeof(double), &engine->vector));
    SKEL_TRY(SKEL_ALLOC(p->largest, sizeof(double), &engine->part));
    SKEL_TRY(SKEL_ALLOC(p->columns * base->options.slots, sizeof(double), &engine->tangent_rows));
    SKEL_TRY(SKEL_ALLOC(p->columns, sizeof(double), &engine->tangent_sum));
done:
    return status;
}

static skel_status set_up(skel_engine *base)
{
    skel_reference *engine = (skel_reference *)base;
    const skel_network *network = base->network;
    const skel_engine_options *options = &base->options;
    plan p = plan_of(network, options);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->tensors + 1, sizeof(size_t), &engine->offset));
    for (size_t i = 0; i < network->tensors; i++) {
        engine->offset[i + 1] =
            engine->offset[i] + options->microbatch * skel_reference_elements(network->tensor[i]);
    }
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(double), &engine->weights));
    if (!options->inference) {
        SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(double), &engine->weight_grad));
    }
    if (options->second_order) {
        SKEL_TRY(set_up_tangents(engine, &p));
    }
    if (options->curvature) {
        SKEL_TRY(SKEL_ALLOC(p.input, sizeof(double), &engine->squares));
    }
    SKEL_TRY(SKEL_ALLOC(2 * network->tensors, sizeof(int), &engine->exponent));
    SKEL_TRY(SKEL_ALLOC(p.columns * options->slots, sizeof(double), &engine->rows));
    SKEL_TRY(SKEL_ALLOC(p.columns, sizeof(double), &engine->sum));
    SKEL_TRY(SKEL_ALLOC(options->slots, sizeof *engine->slot, &engine->slot));
    for (size_t s = 0; s < options->slots; s++) {
        SKEL_TRY(set_up_slot(engine, &p, &engine->slot[s]));
    }
done:
    return status;
}

static void tear_down(skel_engine *base)
{
    skel_reference *engine = (skel_reference *)base;

    for (size_t s = 0; engine->slot != NULL && s < base->options.slots; s++) {
        SKEL_FREE(&engine->slot[s].activation);
        SKEL_FREE(&engine->slot[s].gradient);
        SKEL_FREE(&engine->slot[s].norm);
        SKEL_FREE(&engine->slot[s].elements);
        SKEL_FREE(&engine->slot[s].activation_tangent);
        SKEL_FREE(&engine->slot[s].gradient_tangent);
        SKEL_FREE(&engine->slot[s].norm_tangent);
    }
    SKEL_FREE(&engine->slot);
    SKEL_FREE(&engine->exponent);
    SKEL_FREE(&engine->squares);
    SKEL_FREE(&engine->sum);
    SKEL_FREE(&engine->rows);
    SKEL_FREE(&engine->tangent_sum);
    SKEL_FREE(&engine->tangent_rows);
    SKEL_FREE(&engine->part);
    SKEL_FREE(&engine->vector);
    SKEL_FREE(&engine->weight_grad);
    SKEL_FREE(&engine->weights);
    SKEL_FREE(&engine->offset);
}

skel_status skel_reference_load(skel_engine *base, const float parameters[], const uint8_t mask[])
{
    skel_reference *engine = (skel_reference *)base;

    for (size_t i = 0; i < base->network->parameter_count; i++) {
        engine->weights[i] = mask == NULL || mask[i] != 0 ? (double)parameters[i] : 0;
    }
    return SKEL_OK;
}

void skel_reference_load_images(skel_reference_slot *slot, const skel_network *network,
                                const skel_batch *batch)
{
    slot->images = batch->count;
    for (size_t i = 0; i < batch->count * skel_reference_elements(network->tensor[0]); i++) {
        slot->activation[i] = (double)batch->images[i];
    }
}

void skel_reference_score(const skel_reference *engine, size_t s, const skel_batch *batch,
                          double scale, skel_pass *pass)
{
    const skel_network *network = engine->base.network;
    const skel_reference_slot *slot = &engine->slot[s];
    size_t last = network->op[network->ops - 1].output;
    const double *logits = skel_reference_tensor(engine, slot->activation, last);
    double *gradient = skel_reference_tensor(engine, slot->gradient, last);

    pass->loss = 0;
    pass->correct = 0;
    for (size_t n = 0; n < batch->count; n++) {
        size_t at = n * network->classes;
        bool correct = false;

        pass->loss += skel_loss_image(&engine->base.options, network->classes, logits + at,
                                      batch->labels[n], gradient + at, &correct);
        pass->correct += correct;
        for (size_t k = 0; k < network->classes; k++) {
            gradient[at + k] *= scale;
        }
    }
}

static skel_status gradient(skel_engine *base, size_t count, const skel_batch batches[],
                            double scale, skel_pass passes[])
{
    skel_reference *engine = (skel_reference *)base;
    skel_status status = SKEL_OK;

    engine->tangents = false;
    for (size_t s = 0; s < count; s++) {
        skel_reference_load_images(&engine->slot[s], base->network, &batches[s]);
    }
    SKEL_TRY(skel_reference_forward(engine, count, NULL, passes));
    for (size_t s = 0; s < count; s++) {
        skel_reference_score(engine, s, &batches[s], scale, &passes[s]);
    }
    SKEL_TRY(skel_reference_backward(engine, count, passes));
done:
    return status;
}

static skel_status forward(skel_engine *base, const skel_batch *batch, const float buffers[],
                           float logits[])
{
    skel_reference *engine = (skel_reference *)base;
    const skel_network *network = base->network;
    size_t last = network->op[network->ops - 1].output;
    const double *out = skel_reference_tensor(engine, engine->slot[0].activation, last);
    skel_status status = SKEL_OK;

    engine->tangents = false;
    skel_reference_load_images(&engine->slot[0], network, batch);
    SKEL_TRY(skel_reference_forward(engine, 1, buffers, NULL));
    for (size_t i = 0; i < batch->count * network->classes; i++) {
        logits[i] = (float)out[i];
    }
done:
    return status;
}

void skel_reference_clock(skel_reference *engine, double *figure, double *since)
{
    double now = 0;

    if (engine->base.options.profile) {
        now = skel_seconds();
        if (figure != NULL) {
            *figure += now - *since;
        }
        *since = now;
    }
}

const skel_engine_type skel_engine_reference = {
    .name = "reference",
    .size = sizeof(skel_reference),
    .bytes = bytes,
    .set_up = set_up,
    .tear_down = tear_down,
    .load = skel_reference_load,
    .gradient = gradient,
    .forward = forward,
    .hessian = skel_reference_hessian,
    .flow = skel_reference_flow,
    .curvature = skel_reference_curvature,
};
