/* The operations that every engine executes, and the check for them. */
#include "operations.h"

static bool is_square(const skel_window *w)
{
    return w->kernel[0] == w->kernel[1] && w->stride[0] == w->stride[1] &&
           w->before[0] == w->before[1] && w->before[0] == w->after[0] &&
           w->before[0] == w->after[1] && w->dilation[0] == w->dilation[1] && w->dilation[0] <= 1;
}

/* Whether every engine executes an operation. */
static bool is_basic(const skel_op *op)
{
    switch (op->kind) {
    case SKEL_OP_CONV:
        return op->groups == 1 && is_square(&op->window);
    case SKEL_OP_MAXPOOL:
    case SKEL_OP_AVGPOOL:
        return op->window.before[0] == 0 && is_square(&op->window);
    case SKEL_OP_BATCHNORM:
    case SKEL_OP_RELU:
    case SKEL_OP_ADD:
    case SKEL_OP_LINEAR:
        return true;
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
    case SKEL_OP_MUL:
    case SKEL_OP_CONCAT:
        break;
    }
    return false;
}

skel_status skel_operations_check(const skel_engine_type *type, const skel_network *network)
{
    for (size_t i = 0; !type->executes_all && i < network->ops; i++) {
        if (!is_basic(&network->op[i])) {
            return SKEL_FAIL(SKEL_ERR_CONFIG,
                             "%s: the engine %s cannot execute operation %zu%s%s: it has square "
                             "windows without dilation and groups, pooling without padding, batch "
                             "norm, ReLU, additions and linear layers",
                             network->name, type->name, i + 1,
                             network->op[i].name[0] != '\0' ? ", " : "", network->op[i].name);
        }
    }
    return SKEL_OK;
}
