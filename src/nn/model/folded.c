/* Batch norm on running averages, folded into the layer before it, or a layer of its own. */
#include "builder.h"

#include "skel/folded.h"
#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* A network under construction, and what the whole network's tensors have become. */
typedef struct skel_folding {
    const skel_network *whole;
    skel_builder builder;
    size_t *tensor; /* [whole->tensors] */
    bool *folded;   /* [whole->ops] batch norms that are in the layer before them */
} skel_folding;

static void add_layer(skel_folding *folding, size_t index)
{
    const skel_network *whole = folding->whole;
    const skel_op *op = &whole->op[index];
    size_t input = folding->tensor[op->input];
    size_t norm = skel_network_norm_behind(whole, index);
    bool bias = op->bias != SKEL_NONE || norm != SKEL_NONE;

    folding->tensor[op->output] =
        skel_builder_like(&folding->builder, whole, op, input, SKEL_NONE, bias);
    if (norm != SKEL_NONE) {
        folding->tensor[whole->op[norm].output] = folding->tensor[op->output];
        folding->folded[norm] = true;
    }
}

static void add_op(skel_folding *folding, size_t index)
{
    const skel_op *op = &folding->whole->op[index];

    if (skel_op_has_weights(op)) {
        add_layer(folding, index);
    } else if (op->kind != SKEL_OP_BATCHNORM) {
        folding->tensor[op->output] = skel_builder_like(
            &folding->builder, folding->whole, op, folding->tensor[op->input],
            op->other != SKEL_NONE ? folding->tensor[op->other] : SKEL_NONE, false);
    } else if (!folding->folded[index]) {
        folding->tensor[op->output] =
            skel_builder_affine(&folding->builder, folding->tensor[op->input], op->name);
    }
}

static skel_status build(skel_folding *folding, skel_network **out)
{
    const skel_network *whole = folding->whole;
    skel_status status = SKEL_OK;

    *out = NULL;
    skel_builder_start(&folding->builder, whole->name, whole->width, whole->tensor[0],
                       whole->classes);
    for (size_t i = 0; i < whole->ops; i++) {
        add_op(folding, i);
    }
    status = skel_builder_finish(&folding->builder, out);
    skel_network_destroy(&folding->builder.network);
    return status;
}

/* Where a parameter of the folded network comes from. Layers have the same names in both, and a
 * batch norm that is a layer of its own has kept its name. */
static void trace(skel_folded *folded, const skel_op *op)
{
    const skel_network *whole = folded->whole;

    for (size_t i = 0; i < whole->ops; i++) {
        const skel_op *from = &whole->op[i];

        if (from->kind == SKEL_OP_BATCHNORM && strcmp(from->name, op->name) == 0) {
            folded->origin[op->weight] = SKEL_NONE;
            folded->norm[op->weight] = i;
            folded->origin[op->bias] = SKEL_NONE;
            folded->norm[op->bias] = i;
        } else if (from->kind == op->kind && strcmp(from->name, op->name) == 0) {
            folded->origin[op->weight] = from->weight;
            folded->norm[op->weight] = skel_network_norm_behind(whole, i);
            if (op->bias != SKEL_NONE) {
                folded->origin[op->bias] = from->bias;
                folded->norm[op->bias] = folded->norm[op->weight];
            }
        }
    }
}

skel_status skel_folded_create(const skel_network *whole, skel_folded **out)
{
    skel_folding folding = {.whole = whole};
    skel_folded *folded = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *folded, &folded));
    folded->whole = whole;
    SKEL_TRY(SKEL_ALLOC(whole->tensors, sizeof *folding.tensor, &folding.tensor));
    SKEL_TRY(SKEL_ALLOC(whole->ops, sizeof *folding.folded, &folding.folded));
    SKEL_TRY(build(&folding, &folded->network));
    SKEL_TRY(SKEL_ALLOC(folded->network->parameters, sizeof *folded->origin, &folded->origin));
    SKEL_TRY(SKEL_ALLOC(folded->network->parameters, sizeof *folded->norm, &folded->norm));
    for (size_t i = 0; i < folded->network->ops; i++) {
        if (folded->network->op[i].weight != SKEL_NONE) {
            trace(folded, &folded->network->op[i]);
        }
    }
    *out = folded;
    folded = NULL;
done:
    SKEL_FREE(&folding.tensor);
    SKEL_FREE(&folding.folded);
    skel_folded_destroy(&folded);
    return status;
}

void skel_folded_destroy(skel_folded **folded)
{
    if (*folded == NULL) {
        return;
    }
    skel_network_destroy(&(*folded)->network);
    SKEL_FREE(&(*folded)->origin);
    SKEL_FREE(&(*folded)->norm);
    SKEL_FREE(folded);
}

/* a of y = a x + b. */
static double slope(const skel_folded *folded, size_t norm, size_t channel,
                    const float parameters[], const float buffers[])
{
    const skel_network *whole = folded->whole;
    const skel_op *op = &whole->op[norm];
    double scale = (double)parameters[whole->parameter[op->weight].offset + channel];
    double variance = (double)buffers[whole->buffer[op->variance].offset + channel];

    return scale / sqrt(variance + op->epsilon);
}

double skel_folded_factor(const skel_folded *folded, size_t parameter, size_t channel,
                          const float parameters[], const float buffers[])
{
    size_t norm = folded->norm[parameter];

    return norm == SKEL_NONE ? 1 : slope(folded, norm, channel, parameters, buffers);
}

/* Weights times the slopes of the batch norm; the slopes alone if it is a layer of its own. */
static void fold_weights(const skel_folded *folded, size_t index, const float parameters[],
                         const float buffers[], float out[])
{
    const skel_parameter *parameter = &folded->network->parameter[index];
    size_t origin = folded->origin[index];
    size_t row = parameter->count / parameter->shape[0];

    for (size_t i = 0; i < parameter->count; i++) {
        double factor = skel_folded_factor(folded, index, i / row, parameters, buffers);
        double weight = origin != SKEL_NONE
                            ? (double)parameters[folded->whole->parameter[origin].offset + i]
                            : 1;

        out[parameter->offset + i] = (float)(weight * factor);
    }
}

/* The layer's own bias, if it has one, goes through batch norm like its output. */
static void fold_bias(const skel_folded *folded, size_t index, const float parameters[],
                      const float buffers[], float out[])
{
    const skel_network *whole = folded->whole;
    const skel_parameter *parameter = &folded->network->parameter[index];
    size_t norm = folded->norm[index];

    for (size_t c = 0; c < parameter->count; c++) {
        double bias = 0;

        if (folded->origin[index] != SKEL_NONE) {
            bias = (double)parameters[whole->parameter[folded->origin[index]].offset + c];
        }
        if (norm != SKEL_NONE) {
            const skel_op *op = &whole->op[norm];
            double mean = (double)buffers[whole->buffer[op->mean].offset + c];
            double shift = (double)parameters[whole->parameter[op->bias].offset + c];

            bias = (bias - mean) * slope(folded, norm, c, parameters, buffers) + shift;
        }
        out[parameter->offset + c] = (float)bias;
    }
}

void skel_folded_parameters(const skel_folded *folded, const float parameters[],
                            const float buffers[], float out[])
{
    for (size_t i = 0; i < folded->network->parameters; i++) {
        if (folded->network->parameter[i].dims > 1) {
            fold_weights(folded, i, parameters, buffers, out);
        } else {
            fold_bias(folded, i, parameters, buffers, out);
        }
    }
}

void skel_folded_mask(const skel_folded *folded, const uint8_t keep[], uint8_t out[])
{
    const skel_network *network = folded->network;

    memset(out, 1, network->parameter_count);
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        memcpy(out + network->parameter[i].offset,
               keep + folded->whole->parameter[folded->origin[i]].offset,
               network->parameter[i].count);
    }
}
