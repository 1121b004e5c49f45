/* A network like another one, with convolutions in groups. */
#include "builder.h"

#include "skel/divided.h"
#include "skel/memory.h"

static skel_op divided_op(const skel_network *network, const skel_op *op, size_t groups)
{
    skel_op out = *op;
    size_t taps = op->window.kernel[0] * op->window.kernel[1];

    if (op->kind == SKEL_OP_CONV && op->groups == 1 && taps > 1 &&
        network->tensor[op->input].channels % groups == 0 &&
        network->tensor[op->output].channels % groups == 0) {
        out.groups = groups;
    }
    return out;
}

skel_status skel_divided_create(const skel_network *network, size_t groups, skel_network **out)
{
    skel_builder builder;
    size_t *tensor = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(network->tensors, sizeof *tensor, &tensor));
    skel_builder_start(&builder, network->name, network->width, network->tensor[0],
                       network->classes);
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op op = divided_op(network, &network->op[i], groups);

        tensor[op.output] = skel_builder_like(&builder, network, &op, tensor[op.input],
                                              op.other != SKEL_NONE ? tensor[op.other] : SKEL_NONE,
                                              op.bias != SKEL_NONE);
    }
    status = skel_builder_finish(&builder, out);
done:
    SKEL_FREE(&tensor);
    return status;
}
