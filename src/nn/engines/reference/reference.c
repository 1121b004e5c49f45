/* The reference engine: plain loops in double, each operation as its definition.
 *
 * Tests compare the other engines with it. It is made to be right, not fast. */
#include "passes/reference.h"

#include "../../engine/groups.h"

#include "skel/hidden.h"
#include "skel/memory.h"
#include "skel/sizes.h"

#include <string.h>

/* Sizes of an engine's memory, in doubles. */
typedef struct plan {
    size_t slot;    /* activations of a microbatch */
    size_t columns; /* of the widest batch norm's rows */
    size_t largest; /* the largest tensor of a microbatch, or the largest parameter */
    size_t input; /* a microbatch of the largest input of a convolution, linear layer or product */
} plan;

static plan plan_of(const skel_network *network, const skel_engine_options *options)
{
    plan out = {0, 1, 0, 0};

    for (size_t i = 0; i < network->tensors; i++) {
        size_t doubles = options->microbatch * skel_reference_elements(network->tensor[i]);

        out.slot += doubles;
        out.largest = skel_greater(out.largest, doubles);
    }
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        size_t columns = skel_statistics_forward_columns(network->tensor[op->input].channels);
        size_t input = options->microbatch * skel_reference_elements(network->tensor[op->input]);
        bool squares =
            skel_op_has_weights(op) || op->kind == SKEL_OP_MUL; /* its second factor is no larger */

        if (op->kind == SKEL_OP_BATCHNORM) {
            out.columns = skel_greater(out.columns, columns);
        }
        if (squares) {
            out.input = skel_greater(out.input, input);
        }
    }
    for (size_t i = 0; i < network->parameters; i++) {
        out.largest = skel_greater(out.largest, network->parameter[i].count);
    }
    return out;
}

/* The memory that set_up() allocates. */
static skel_status bytes(const skel_network *network, const skel_engine_options *options,
                         size_t *out)
{
    plan p = plan_of(network, options);
    size_t blocks = options->inference ? 1 : 2;
    size_t slots = skel_groups_slots(options);
    size_t doubles = blocks * network->parameter_count + p.columns * (1 + slots);

    doubles += slots * (blocks * p.slot + network->buffer_count + network->ops);
    if (options->second_order) {
        doubles += network->parameter_count + p.largest + p.columns;
        doubles += slots * (2 * p.slot + network->buffer_count);
    }
    doubles += options->curvature ? p.input : 0;
    *out = doubles * sizeof(double) + slots * sizeof(skel_reference_slot) +
           (2 * network->tensors + 1) * sizeof(size_t) + 2 * network->tensors * sizeof(int);
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
    SKEL_TRY(SKEL_ALLOC(p->columns, sizeof(double), &engine->tangent_total));
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
    SKEL_TRY(SKEL_ALLOC(network->tensors, sizeof(size_t), &engine->hidden));
    skel_hidden_list(network, engine->hidden);
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
    engine->slots = skel_groups_slots(options);
    SKEL_TRY(SKEL_ALLOC(p.columns * engine->slots, sizeof(double), &engine->rows));
    SKEL_TRY(SKEL_ALLOC(p.columns, sizeof(double), &engine->total));
    SKEL_TRY(SKEL_ALLOC(engine->slots, sizeof *engine->slot, &engine->slot));
    for (size_t s = 0; s < engine->slots; s++) {
        SKEL_TRY(set_up_slot(engine, &p, &engine->slot[s]));
    }
done:
    return status;
}

static void tear_down(skel_engine *base)
{
    skel_reference *engine = (skel_reference *)base;

    for (size_t s = 0; engine->slot != NULL && s < engine->slots; s++) {
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
    SKEL_FREE(&engine->total);
    SKEL_FREE(&engine->rows);
    SKEL_FREE(&engine->tangent_total);
    SKEL_FREE(&engine->part);
    SKEL_FREE(&engine->vector);
    SKEL_FREE(&engine->weight_grad);
    SKEL_FREE(&engine->weights);
    SKEL_FREE(&engine->hidden);
    SKEL_FREE(&engine->offset);
}

static skel_status evaluate(skel_engine *base, const skel_batch *batch, const float buffers[],
                            float logits[])
{
    skel_reference *engine = (skel_reference *)base;
    const skel_network *network = base->network;
    size_t last = network->op[network->ops - 1].output;
    const double *out = skel_reference_tensor(engine, engine->slot[0].activation, last);
    skel_status status = SKEL_OK;

    skel_reference_batch_load(engine, 0, batch);
    SKEL_TRY(skel_reference_forward(engine, 1, buffers, NULL));
    for (size_t i = 0; i < batch->count * network->classes; i++) {
        logits[i] = (float)out[i];
    }
done:
    return status;
}

static void activation(const skel_engine *base, size_t tensor, size_t images, double out[])
{
    const skel_reference *engine = (const skel_reference *)base;

    memcpy(out, engine->slot[0].activation + engine->offset[tensor],
           images * skel_reference_elements(base->network->tensor[tensor]) * sizeof *out);
}

const skel_engine_type skel_engine_reference = {
    .name = "reference",
    .size = sizeof(skel_reference),
    .has_energy = true,
    .bytes = bytes,
    .set_up = set_up,
    .tear_down = tear_down,
    .load = skel_reference_weights_load,
    .gradient = skel_reference_gradient,
    .forward = evaluate,
    .hessian = skel_reference_hessian,
    .flow = skel_reference_flow,
    .curvature = skel_reference_curvature,
    .terms = skel_reference_terms,
    .activation = activation,
};
