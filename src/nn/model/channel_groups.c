/* Groups of channels, by union and find over all operations. */
#include "skel/channel_groups.h"

#include "skel/memory.h"

static uint32_t root_of(skel_channel_groups *channels, size_t channel)
{
    uint32_t *group = channels->group;

    while (group[channel] != channel) {
        group[channel] = group[group[channel]];
        channel = group[channel];
    }
    return (uint32_t)channel;
}

static void join(skel_channel_groups *channels, size_t a, size_t b)
{
    uint32_t one = root_of(channels, a);
    uint32_t other = root_of(channels, b);

    if (one < other) {
        channels->group[other] = one;
    } else {
        channels->group[one] = other;
    }
}

bool skel_channel_groups_mixes(const skel_op *op)
{
    return op->kind == SKEL_OP_LINEAR || op->groups == 1;
}

size_t skel_channel_groups_read(const skel_network *network, const skel_op *op, size_t i)
{
    const skel_parameter *weight = &network->parameter[op->weight];
    const skel_tensor *input = &network->tensor[op->input];
    size_t row = weight->count / weight->shape[0];
    size_t place = i % row;

    return op->kind == SKEL_OP_LINEAR ? place / (input->height * input->width)
                                      : place / (row / weight->shape[1]);
}

/* Joins `count` channels of two tensors, from the given ones on. */
static void join_all(skel_channel_groups *channels, size_t a, size_t b, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        join(channels, a + c, b + c);
    }
}

static skel_status join_op(const skel_network *network, const skel_op *op,
                           skel_channel_groups *channels)
{
    size_t in = channels->first[op->input];
    size_t out = channels->first[op->output];
    size_t inputs = network->tensor[op->input].channels;
    size_t outputs = network->tensor[op->output].channels;

    if (skel_op_has_weights(op)) {
        if (skel_channel_groups_mixes(op)) {
            return SKEL_OK;
        }
        if (op->groups != inputs) {
            return SKEL_FAIL(
                SKEL_ERR_CONFIG,
                "%s of %s has %zu groups of %zu channels, whose channels cannot go one "
                "by one",
                op->name, network->name, op->groups, inputs / op->groups);
        }
        for (size_t c = 0; c < outputs; c++) {
            join(channels, in + c / (outputs / inputs), out + c);
        }
        return SKEL_OK;
    }
    join_all(channels, in, out, inputs);
    if (op->kind == SKEL_OP_CONCAT) {
        join_all(channels, channels->first[op->other], out + inputs, outputs - inputs);
    } else if (op->other != SKEL_NONE) {
        join_all(channels, channels->first[op->other], out, outputs);
    }
    return SKEL_OK;
}

static void fix(const skel_network *network, size_t tensor, skel_channel_groups *channels)
{
    for (size_t c = 0; c < network->tensor[tensor].channels; c++) {
        channels->fixed[root_of(channels, channels->first[tensor] + c)] = true;
    }
}

skel_status skel_channel_groups_find(const skel_network *network, skel_channel_groups *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_channel_groups){.count = 0};
    SKEL_TRY(SKEL_ALLOC(network->tensors, sizeof *out->first, &out->first));
    for (size_t t = 0; t < network->tensors; t++) {
        out->first[t] = out->count;
        out->count += network->tensor[t].channels;
    }
    SKEL_TRY(SKEL_ALLOC(out->count, sizeof *out->group, &out->group));
    SKEL_TRY(SKEL_ALLOC(out->count, sizeof *out->fixed, &out->fixed));
    for (size_t c = 0; c < out->count; c++) {
        out->group[c] = (uint32_t)c;
    }
    for (size_t i = 0; i < network->ops; i++) {
        SKEL_TRY(join_op(network, &network->op[i], out));
    }
    for (size_t c = 0; c < out->count; c++) {
        out->group[c] = root_of(out, c);
    }
    fix(network, 0, out);
    fix(network, network->op[network->ops - 1].output, out);
done:
    return status;
}

void skel_channel_groups_free(skel_channel_groups *channels)
{
    SKEL_FREE(&channels->fixed);
    SKEL_FREE(&channels->group);
    SKEL_FREE(&channels->first);
}

uint32_t skel_channel_groups_of(const skel_channel_groups *channels, size_t tensor, size_t channel)
{
    return channels->group[channels->first[tensor] + channel];
}
