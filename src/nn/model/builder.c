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

static size_t add_parameter(skel_builder *builder, const char *module, const char *member,
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

static size_t add_buffer(skel_builder *builder, const char *module, const char *member,
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

/* An operation without parameters, window or second input; the caller sets those it has. */
static skel_op plain_op(skel_op_kind kind, const char *name, size_t input)
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

static size_t add_op(skel_builder *builder, skel_op *op, skel_tensor shape)
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

static skel_tensor shape_of(const skel_builder *builder, size_t tensor)
{
    SKEL_ASSERT(tensor < builder->network->tensors);
    return builder->network->tensor[tensor];
}

/* Output shape of a window that slides over a padded input. */
static skel_tensor slide(skel_builder *builder, const skel_op *op, size_t channels)
{
    skel_tensor in = shape_of(builder, op->input);
    size_t height = in.height + 2 * op->padding;
    size_t width = in.width + 2 * op->padding;

    SKEL_ASSERT(op->kernel > 0 && op->stride > 0 && channels > 0);
    if (height < op->kernel || width < op->kernel) {
        builder->status =
            SKEL_FAIL(SKEL_ERR_CONFIG, "%s%s%s: a window of %zux%zu does not fit in %zux%zu",
                      builder->network->name, op->name[0] != '\0' ? ", " : "", op->name, op->kernel,
                      op->kernel, in.height, in.width);
        return in;
    }
    return (skel_tensor){channels, (height - op->kernel) / op->stride + 1,
                         (width - op->kernel) / op->stride + 1};
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

size_t skel_builder_conv(skel_builder *builder, size_t input, const char *name, size_t channels,
                         size_t kernel, size_t stride, size_t padding, bool bias)
{
    skel_op op = plain_op(SKEL_OP_CONV, name, input);
    size_t shape[] = {channels, 0, kernel, kernel};
    skel_tensor out;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    op.kernel = kernel;
    op.stride = stride;
    op.padding = padding;
    shape[1] = shape_of(builder, input).channels;
    out = slide(builder, &op, channels);
    op.weight = add_parameter(builder, name, "weight", 4, shape, true);
    if (bias) {
        op.bias = add_parameter(builder, name, "bias", 1, shape, false);
    }
    return add_op(builder, &op, out);
}

size_t skel_builder_norm(skel_builder *builder, size_t input, const char *name)
{
    skel_op op = plain_op(SKEL_OP_BATCHNORM, name, input);
    skel_tensor in;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    in = shape_of(builder, input);
    op.weight = add_parameter(builder, name, "weight", 1, &in.channels, false);
    op.bias = add_parameter(builder, name, "bias", 1, &in.channels, false);
    op.mean = add_buffer(builder, name, "running_mean", in.channels, false);
    op.variance = add_buffer(builder, name, "running_var", in.channels, true);
    return add_op(builder, &op, in);
}

size_t skel_builder_relu(skel_builder *builder, size_t input)
{
    skel_op op = plain_op(SKEL_OP_RELU, "", input);

    return builder->status == SKEL_OK ? add_op(builder, &op, shape_of(builder, input)) : 0;
}

size_t skel_builder_add(skel_builder *builder, size_t input, size_t other)
{
    skel_op op = plain_op(SKEL_OP_ADD, "", input);
    skel_tensor a;
    skel_tensor b;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    a = shape_of(builder, input);
    b = shape_of(builder, other);
    if (a.channels != b.channels || a.height != b.height || a.width != b.width) {
        builder->status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: cannot add %zux%zux%zu and %zux%zux%zu",
                                    builder->network->name, a.channels, a.height, a.width,
                                    b.channels, b.height, b.width);
        return 0;
    }
    op.other = other;
    return add_op(builder, &op, a);
}

size_t skel_builder_pool(skel_builder *builder, skel_op_kind kind, size_t input, size_t kernel,
                         size_t stride)
{
    skel_op op = plain_op(kind, "", input);
    skel_tensor out;

    SKEL_ASSERT(kind == SKEL_OP_MAXPOOL || kind == SKEL_OP_AVGPOOL);
    if (builder->status != SKEL_OK) {
        return 0;
    }
    op.kernel = kernel;
    op.stride = stride;
    out = slide(builder, &op, shape_of(builder, input).channels);
    return add_op(builder, &op, out);
}

size_t skel_builder_linear(skel_builder *builder, size_t input, const char *name, size_t features,
                           bool bias)
{
    skel_op op = plain_op(SKEL_OP_LINEAR, name, input);
    size_t shape[] = {features, 0};
    skel_tensor in;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    in = shape_of(builder, input);
    shape[1] = in.channels * in.height * in.width;
    op.weight = add_parameter(builder, name, "weight", 2, shape, true);
    if (bias) {
        op.bias = add_parameter(builder, name, "bias", 1, shape, false);
    }
    return add_op(builder, &op, (skel_tensor){features, 1, 1});
}

skel_status skel_builder_finish(skel_builder *builder, skel_network **out)
{
    skel_network *network = builder->network;
    skel_tensor last;

    *out = NULL;
    if (builder->status == SKEL_OK) {
        last = shape_of(builder, network->ops > 0 ? network->op[network->ops - 1].output : 0);
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
