/* Smaller networks: which groups of channels are read, and the operations with the others left out.
 */
#include "builder.h"

#include "skel/channel_groups.h"
#include "skel/compact.h"
#include "skel/memory.h"

#include <string.h>

/* A network on its way to a smaller one. */
typedef struct compacting {
    const skel_network *whole;
    const uint8_t *keep;
    skel_channel_groups channels;
    bool *alive; /* [channels.count] of groups, at their numbers */
    bool *next;
    skel_builder builder;
    size_t *tensor; /* [whole->tensors] of the smaller network */
} compacting;

static bool is_alive(const compacting *of, size_t tensor, size_t channel)
{
    return of->alive[skel_channel_groups_of(&of->channels, tensor, channel)];
}

static size_t count_alive(const compacting *of, size_t tensor)
{
    size_t count = 0;

    for (size_t c = 0; c < of->whole->tensor[tensor].channels; c++) {
        count += is_alive(of, tensor, c);
    }
    return count;
}

/* Marks what the kept weights of a layer's living rows read. */
static void mark_read(compacting *of, const skel_op *op)
{
    const skel_parameter *weight = &of->whole->parameter[op->weight];
    size_t row = weight->count / weight->shape[0];

    for (size_t i = 0; skel_channel_groups_mixes(op) && i < weight->count; i++) {
        if (of->keep[weight->offset + i] && is_alive(of, op->output, i / row)) {
            of->next[skel_channel_groups_of(&of->channels, op->input,
                                            skel_channel_groups_read(of->whole, op, i))] = true;
        }
    }
}

/* The first living channel of a tensor that would be empty. No dead one: the groups that live
 * become fewer in each round, so the rounds end. */
static void keep_one(compacting *of)
{
    for (size_t t = 0; t < of->whole->tensors; t++) {
        size_t count = 0;
        size_t first = 0;

        for (size_t c = 0; c < of->whole->tensor[t].channels; c++) {
            count += of->next[skel_channel_groups_of(&of->channels, t, c)];
        }
        while (count == 0 && !is_alive(of, t, first)) {
            first++;
        }
        if (count == 0) {
            of->next[skel_channel_groups_of(&of->channels, t, first)] = true;
        }
    }
}

/* One round; returns whether a group died. */
static bool look_again(compacting *of)
{
    size_t bytes = of->channels.count * sizeof *of->alive;
    bool changed = false;

    memcpy(of->next, of->channels.fixed, bytes);
    for (size_t i = 0; i < of->whole->ops; i++) {
        if (skel_op_has_weights(&of->whole->op[i])) {
            mark_read(of, &of->whole->op[i]);
        }
    }
    keep_one(of);
    changed = memcmp(of->next, of->alive, bytes) != 0;
    memcpy(of->alive, of->next, bytes);
    return changed;
}

static void start_alive(compacting *of)
{
    for (size_t c = 0; c < of->channels.count; c++) {
        of->alive[of->channels.group[c]] = true;
    }
}

static size_t add_layer(compacting *of, const skel_op *op, size_t input)
{
    size_t outputs = count_alive(of, op->output);
    bool bias = op->bias != SKEL_NONE;

    if (op->kind == SKEL_OP_LINEAR) {
        return skel_builder_linear(&of->builder, input, op->name, outputs, bias);
    }
    return skel_builder_grouped_conv(&of->builder, input, op->name, outputs, &op->window,
                                     skel_channel_groups_mixes(op) ? 1 : count_alive(of, op->input),
                                     bias);
}

static size_t add_op(compacting *of, const skel_op *op)
{
    size_t input = of->tensor[op->input];
    size_t other = op->other != SKEL_NONE ? of->tensor[op->other] : SKEL_NONE;

    return skel_op_has_weights(op)
               ? add_layer(of, op, input)
               : skel_builder_like(&of->builder, of->whole, op, input, other, false);
}

static skel_status build(compacting *of, skel_network **out)
{
    const skel_network *whole = of->whole;

    skel_builder_start(&of->builder, whole->name, whole->width, whole->tensor[0], whole->classes);
    for (size_t i = 0; i < whole->ops; i++) {
        of->tensor[whole->op[i].output] = add_op(of, &whole->op[i]);
    }
    return skel_builder_finish(&of->builder, out);
}

/* Whether a weight's row and its input channel are in the smaller network. */
static bool weight_stays(const compacting *of, const skel_op *op, size_t i, size_t row)
{
    return is_alive(of, op->output, i / row) &&
           (!skel_channel_groups_mixes(op) ||
            is_alive(of, op->input, skel_channel_groups_read(of->whole, op, i)));
}

static void trace_weight(const compacting *of, const skel_op *op, size_t to, uint32_t element[])
{
    const skel_parameter *weight = &of->whole->parameter[op->weight];
    size_t row = weight->count / weight->shape[0];

    for (size_t i = 0; i < weight->count; i++) {
        if (weight_stays(of, op, i, row)) {
            element[to++] = (uint32_t)(weight->offset + i);
        }
    }
}

static void trace_vector(const compacting *of, const skel_op *op, size_t from, size_t to,
                         uint32_t element[])
{
    for (size_t c = 0; c < of->whole->tensor[op->output].channels; c++) {
        if (is_alive(of, op->output, c)) {
            element[to++] = (uint32_t)(from + c);
        }
    }
}

/* The operations are the same in both networks, in the same order. */
static void trace(const compacting *of, skel_compact *compact)
{
    const skel_network *whole = of->whole;
    const skel_network *small = compact->network;

    for (size_t i = 0; i < whole->ops; i++) {
        const skel_op *op = &whole->op[i];
        const skel_op *now = &small->op[i];

        if (skel_op_has_weights(op)) {
            trace_weight(of, op, small->parameter[now->weight].offset, compact->element);
            compact->removed += whole->tensor[op->output].channels - count_alive(of, op->output);
        } else if (op->kind == SKEL_OP_BATCHNORM) {
            trace_vector(of, op, whole->parameter[op->weight].offset,
                         small->parameter[now->weight].offset, compact->element);
            trace_vector(of, op, whole->buffer[op->mean].offset, small->buffer[now->mean].offset,
                         compact->buffer);
            trace_vector(of, op, whole->buffer[op->variance].offset,
                         small->buffer[now->variance].offset, compact->buffer);
        }
        if (op->bias != SKEL_NONE) {
            trace_vector(of, op, whole->parameter[op->bias].offset,
                         small->parameter[now->bias].offset, compact->element);
        }
    }
}

skel_status skel_compact_create(const skel_network *network, const uint8_t keep[],
                                skel_compact **out)
{
    compacting of = {.whole = network, .keep = keep};
    skel_compact *compact = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *compact, &compact));
    SKEL_TRY(skel_channel_groups_find(network, &of.channels));
    SKEL_TRY(SKEL_ALLOC(of.channels.count, sizeof *of.alive, &of.alive));
    SKEL_TRY(SKEL_ALLOC(of.channels.count, sizeof *of.next, &of.next));
    SKEL_TRY(SKEL_ALLOC(network->tensors, sizeof *of.tensor, &of.tensor));
    start_alive(&of);
    while (look_again(&of)) {
    }
    SKEL_TRY(build(&of, &compact->network));
    SKEL_TRY(
        SKEL_ALLOC(compact->network->parameter_count, sizeof *compact->element, &compact->element));
    SKEL_TRY(SKEL_ALLOC(compact->network->buffer_count, sizeof *compact->buffer, &compact->buffer));
    trace(&of, compact);
    *out = compact;
    compact = NULL;
done:
    skel_network_destroy(&of.builder.network);
    SKEL_FREE(&of.tensor);
    SKEL_FREE(&of.next);
    SKEL_FREE(&of.alive);
    skel_channel_groups_free(&of.channels);
    skel_compact_destroy(&compact);
    return status;
}

void skel_compact_destroy(skel_compact **compact)
{
    if (*compact == NULL) {
        return;
    }
    skel_network_destroy(&(*compact)->network);
    SKEL_FREE(&(*compact)->element);
    SKEL_FREE(&(*compact)->buffer);
    SKEL_FREE(compact);
}

void skel_compact_values(const skel_compact *compact, const float whole[], float out[])
{
    for (size_t i = 0; i < compact->network->parameter_count; i++) {
        out[i] = whole[compact->element[i]];
    }
}

void skel_compact_mask(const skel_compact *compact, const uint8_t whole[], uint8_t out[])
{
    for (size_t i = 0; i < compact->network->parameter_count; i++) {
        out[i] = whole[compact->element[i]];
    }
}

void skel_compact_buffers(const skel_compact *compact, const float whole[], float out[])
{
    for (size_t i = 0; i < compact->network->buffer_count; i++) {
        out[i] = whole[compact->buffer[i]];
    }
}
