/* Networks: freeing them, their operations and prunable tensors, their arithmetic. */
#include "skel/network.h"

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

void skel_network_clear_unprunable(const skel_network *network, float values[])
{
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        if (!parameter->prunable) {
            memset(values + parameter->offset, 0, parameter->count * sizeof *values);
        }
    }
}

double skel_network_op_macs(const skel_network *network, size_t op)
{
    const skel_op *it = &network->op[op];
    const skel_tensor *out = &network->tensor[it->output];

    if (it->kind != SKEL_OP_CONV && it->kind != SKEL_OP_LINEAR) {
        return 0;
    }
    /* every weight is used once per output pixel */
    return (double)network->parameter[it->weight].count * (double)(out->height * out->width);
}

double skel_network_macs(const skel_network *network)
{
    double macs = 0;

    for (size_t i = 0; i < network->ops; i++) {
        macs += skel_network_op_macs(network, i);
    }
    return macs;
}
