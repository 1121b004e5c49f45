/* Networks: freeing them, their operations and prunable tensors, their arithmetic. */
#include "skel/network.h"

#include "skel/kept.h"
#include "skel/memory.h"

#include <string.h>

void skel_network_destroy(skel_network **network)
{
    if (*network == NULL) {
        return;
    }
    SKEL_FREE(&(*network)->tensor);
    SKEL_FREE(&(*network)->op);
    SKEL_FREE(&(*network)->parameter);
    SKEL_FREE(&(*network)->buffer);
    SKEL_FREE(network);
}

bool skel_op_has_weights(const skel_op *op)
{
    return op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR;
}

bool skel_network_has_batchnorm(const skel_network *network)
{
    bool found = false;

    for (size_t i = 0; i < network->ops; i++) {
        found = found || network->op[i].kind == SKEL_OP_BATCHNORM;
    }
    return found;
}

size_t skel_network_prunable(const skel_network *network, size_t from)
{
    while (from < network->parameters && !network->parameter[from].prunable) {
        from++;
    }
    return from;
}

size_t skel_network_kept(const skel_network *network, const uint8_t keep[])
{
    size_t kept = 0;

    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        kept += skel_kept_count(network->parameter[i].count, keep + network->parameter[i].offset);
    }
    return kept;
}

void skel_network_clear_unprunable(const skel_network *network, float values[])
{
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        if (!parameter->prunable) {
            memset(values + parameter->offset, 0, parameter->count * sizeof *values);
        }
    }
}

/* How often an operation uses each of its weights: once per output pixel. 0 without weights. */
static size_t pixels_of(const skel_network *network, size_t op)
{
    const skel_op *it = &network->op[op];
    const skel_tensor *out = &network->tensor[it->output];

    return skel_op_has_weights(it) ? out->height * out->width : 0;
}

size_t skel_network_layer_channels(const skel_network *network)
{
    size_t channels = 0;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR) {
            channels += network->tensor[op->output].channels;
        }
    }
    return channels;
}

/* Operations that read a tensor. */
static size_t readers(const skel_network *network, size_t tensor)
{
    size_t count = 0;

    for (size_t i = 0; i < network->ops; i++) {
        count += network->op[i].input == tensor || network->op[i].other == tensor ? 1 : 0;
    }
    return count;
}

size_t skel_network_norm_behind(const skel_network *network, size_t op)
{
    size_t tensor = network->op[op].output;

    for (size_t i = op + 1; i < network->ops; i++) {
        if (network->op[i].kind == SKEL_OP_BATCHNORM && network->op[i].input == tensor) {
            return readers(network, tensor) == 1 ? i : SKEL_NONE;
        }
    }
    return SKEL_NONE;
}

size_t skel_network_outcome_channel(const skel_network *network, const skel_op *op)
{
    size_t first = 0;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *layer = &network->op[i];
        size_t norm = SKEL_NONE;

        if (layer->kind != SKEL_OP_CONV && layer->kind != SKEL_OP_LINEAR) {
            continue;
        }
        norm = skel_network_norm_behind(network, i);
        if (op == (norm != SKEL_NONE ? &network->op[norm] : layer)) {
            return first;
        }
        first += network->tensor[layer->output].channels;
    }
    return SKEL_NONE;
}

double skel_network_op_macs(const skel_network *network, size_t op)
{
    size_t pixels = pixels_of(network, op);

    return pixels == 0 ? 0
                       : (double)network->parameter[network->op[op].weight].count * (double)pixels;
}

double skel_network_macs(const skel_network *network)
{
    double macs = 0;

    for (size_t i = 0; i < network->ops; i++) {
        macs += skel_network_op_macs(network, i);
    }
    return macs;
}
