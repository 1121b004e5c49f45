/* The builder: growing arrays of operations, tensors and parameters. */
#include "builder.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

/* Makes room for one more object in an array that doubles when it is full. */
static bool make_room(skel_builder *builder, size_t used, size_t *room, size_t size, void **block)
{
    size_t wanted = *room > 0 ? 2 * *room : 16;

    if (builder->status != SKEL_OK) {
        return false;
    }
    if (used < *room) {
        return true;
    }
    builder->status = skel_grow(wanted, size, block);
    *room = builder->status == SKEL_OK ? wanted : *room;
    return builder->status == SKEL_OK;
}

static size_t add_tensor(skel_builder *builder, skel_tensor shape)
{
    skel_network *network = builder->network;

    if (!make_room(builder, network->tensors, &builder->room.tensors, sizeof *network->tensor,
                   (void **)(void *)&network->tensor)) {
        return 0;
    }
    network->tensor[network->tensors] = shape;
    return network->tensors++;
}

/* The name of a module's parameter: "layer1.0.conv1" "weight". */
static void name_member(skel_builder *builder, char out[SKEL_NAME], const char *module,
                        const char *member)
{
    int length = snprintf(out, SKEL_NAME, "%s.%s", module, member);

    SKEL_ASSERT(length > 0 && length < SKEL_NAME);
    for (size_t i = 0; i < builder->network->parameters; i++) {
        SKEL_ASSERT(strcmp(builder->network->parameter[i].name, out) != 0);
    }
}

size_t skel_builder_add_parameter(skel_builder *builder, const char *module, const char *member,
                                  size_t dims, const size_t shape[], bool prunable)
{
    skel_network *network = builder->network;
    skel_parameter *parameter = NULL;

    if (!make_room(builder, network->parameters, &builder->room.parameters,
                   sizeof *network->parameter, (void **)(void *)&network->parameter)) {
        return SKEL_NONE;
    }
    parameter = &network->parameter[network->parameters];
    memset(parameter, 0, sizeof *parameter);
    name_member(builder, parameter->name, module, member);
    parameter->dims = dims;
    parameter->count = 1;
    for (size_t i = 0; i < dims; i++) {
        parameter->shape[i] = shape[i];
        parameter->count *= shape[i];
    }
    parameter->offset = network->parameter_count;
    parameter->prunable = prunable;
    network->parameter_count += parameter->count;
    network->prunable_count += prunable ? parameter->count : 0;
    return network->parameters++;
}

size_t skel_builder_add_buffer(skel_builder *builder, const char *module, const char *member,
                               size_t count, bool is_variance)
{
    skel_network *network = builder->network;
    skel_buffer *buffer = NULL;

    if (!make_room(builder, network->buffers, &builder->room.buffers, sizeof *network->buffer,
                   (void **)(void *)&network->buffer)) {
        return SKEL_NONE;
    }
    buffer = &network->buffer[network->buffers];
    memset(buffer, 0, sizeof *buffer);
    name_member(builder, buffer->name, module, member);
    buffer->offset = network->buffer_count;
    buffer->count = count;
    buffer->is_variance = is_variance;
    network->buffer_count += count;
    return network->buffers++;
}

skel_op skel_builder_plain_op(skel_op_kind kind, const char *name, size_t input)
{
    skel_op op = {.kind = kind,
                  .input = input,
                  .other = SKEL_NONE,
                  .weight = SKEL_NONE,
                  .bias = SKEL_NONE,
                  .mean = SKEL_NONE,
                  .variance = SKEL_NONE};

    SKEL_ASSERT(strlen(name) < SKEL_NAME);
    memcpy(op.name, name, strlen(name) + 1);
    return op;
}

size_t skel_builder_add_op(skel_builder *builder, skel_op *op, skel_tensor shape)
{
    skel_network *network = builder->network;

    op->output = add_tensor(builder, shape);
    if (!make_room(builder, network->ops, &builder->room.ops, sizeof *network->op,
                   (void **)(void *)&network->op)) {
        return 0;
    }
    network->op[network->ops++] = *op;
    return op->output;
}

skel_tensor skel_builder_shape(const skel_builder *builder, size_t tensor)
{
    SKEL_ASSERT(tensor < builder->network->tensors);
    return builder->network->tensor[tensor];
}

void skel_builder_start(skel_builder *builder, const char *name, size_t width, skel_tensor input,
                        size_t classes)
{
    memset(builder, 0, sizeof *builder);
    builder->status = SKEL_ALLOC(1, sizeof *builder->network, &builder->network);
    if (builder->status != SKEL_OK) {
        return;
    }
    SKEL_ASSERT(strlen(name) < SKEL_NAME);
    memcpy(builder->network->name, name, strlen(name) + 1);
    builder->network->width = width;
    builder->network->classes = classes;
    (void)add_tensor(builder, input);
}

skel_status skel_builder_finish(skel_builder *builder, skel_network **out)
{
    skel_network *network = builder->network;
    skel_tensor last;

    *out = NULL;
    if (builder->status == SKEL_OK) {
        last = skel_builder_shape(builder,
                                  network->ops > 0 ? network->op[network->ops - 1].output : 0);
        if (last.channels != network->classes || last.height != 1 || last.width != 1) {
            builder->status =
                SKEL_FAIL(SKEL_ERR_CONFIG, "%s: the last output is %zux%zux%zu, not %zu classes",
                          network->name, last.channels, last.height, last.width, network->classes);
        }
    }
    if (builder->status != SKEL_OK) {
        skel_network_destroy(&builder->network);
        return builder->status;
    }
    *out = network;
    builder->network = NULL;
    return SKEL_OK;
}
