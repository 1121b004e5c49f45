/* Which tensors hold the outputs of hidden units. */
#include "skel/hidden.h"

static bool activates(skel_op_kind kind)
{
    return kind == SKEL_OP_RELU || kind == SKEL_OP_LEAKY_RELU || kind == SKEL_OP_CLIP ||
           kind == SKEL_OP_SIGMOID;
}

/* The operation that changes a tensor's values but not its channels: an addition, or an activation
 * that alone reads them. NULL: none. */
static const skel_op *next_of(const skel_network *network, size_t tensor)
{
    const skel_op *reader = NULL;
    size_t readers = 0;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->input == tensor || op->other == tensor) {
            if (op->kind == SKEL_OP_ADD) {
                return op;
            }
            reader = op;
            readers++;
        }
    }
    return readers == 1 && activates(reader->kind) ? reader : NULL;
}

static size_t units_of(const skel_network *network, size_t layer)
{
    size_t norm = skel_network_norm_behind(network, layer);
    size_t tensor = network->op[norm != SKEL_NONE ? norm : layer].output;
    const skel_op *next = next_of(network, tensor);

    while (next != NULL && next->kind == SKEL_OP_ADD) {
        tensor = next->output;
        next = next_of(network, tensor);
    }
    return next != NULL ? next->output : tensor;
}

void skel_hidden_list(const skel_network *network, size_t first[])
{
    size_t logits = network->op[network->ops - 1].output;
    size_t channel = 0;

    for (size_t t = 0; t < network->tensors; t++) {
        first[t] = SKEL_NONE;
    }
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        size_t tensor = SKEL_NONE;

        if (!skel_op_has_weights(op)) {
            continue;
        }
        tensor = units_of(network, i);
        if (tensor != logits && first[tensor] == SKEL_NONE) {
            first[tensor] = channel;
        }
        channel += network->tensor[op->output].channels;
    }
}
