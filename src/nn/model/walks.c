/* Random walks through the channels of a network, each step biased by the magnitudes of weights. */
#include "skel/walks.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

enum { IDLE = 10000 };

/* A network with what its walks need, and the walks so far. */
typedef struct walker {
    const skel_network *network;
    const float *parameters;
    skel_stream stream;
    double **norm;   /* [ops] of a layer: [outputs][inputs] sums of magnitudes over the window */
    uint32_t *order; /* [parameter_count] number of the visit, from 1; 0: not visited */
    size_t visited;
} walker;

/* Outputs and inputs of a layer; a linear layer's inputs are pixels. */
static const skel_parameter *weight_of(const walker *walk, const skel_op *op)
{
    return &walk->network->parameter[op->weight];
}

static size_t window_of(const skel_parameter *weight)
{
    return weight->count / weight->shape[0] / weight->shape[1];
}

static skel_status measure(walker *walk, size_t index)
{
    const skel_parameter *weight = weight_of(walk, &walk->network->op[index]);
    const float *values = walk->parameters + weight->offset;
    size_t pairs = weight->shape[0] * weight->shape[1];
    size_t window = window_of(weight);
    skel_status status = SKEL_ALLOC(pairs, sizeof **walk->norm, &walk->norm[index]);

    for (size_t p = 0; status == SKEL_OK && p < pairs; p++) {
        for (size_t k = 0; k < window; k++) {
            walk->norm[index][p] += fabs((double)values[p * window + k]);
        }
    }
    return status;
}

/* A number from 0 to below 1. */
static double uniform(walker *walk)
{
    return (double)skel_stream_bits(&walk->stream) * 0x1p-32;
}

/* One of `count` places with probability in proportion to the value there; all alike if all are 0.
 */
static size_t choose(walker *walk, size_t count, const double value[], size_t stride)
{
    double sum = 0;
    double left = 0;

    for (size_t i = 0; i < count; i++) {
        sum += value[i * stride];
    }
    if (!(sum > 0)) {
        return skel_stream_below(&walk->stream, (uint32_t)count);
    }
    left = uniform(walk) * sum;
    for (size_t i = 0; i < count; i++) {
        left -= value[i * stride];
        if (left < 0) {
            return i;
        }
    }
    return count - 1;
}

/* A weight of the window between two channels, in proportion to its magnitude. */
static void visit(walker *walk, const skel_op *op, size_t out, size_t in)
{
    const skel_parameter *weight = weight_of(walk, op);
    size_t window = window_of(weight);
    size_t first = weight->offset + (out * weight->shape[1] + in) * window;
    size_t at = 0;
    double sum = 0;
    double left = 0;

    for (size_t k = 0; k < window; k++) {
        sum += fabs((double)walk->parameters[first + k]);
    }
    left = uniform(walk) * sum;
    while (at + 1 < window && left >= fabs((double)walk->parameters[first + at])) {
        left -= fabs((double)walk->parameters[first + at++]);
    }
    if (walk->order[first + at] == 0) {
        walk->order[first + at] = (uint32_t)++walk->visited;
    }
}

/* Pixels of a channel of a tensor. */
static size_t pixels_of(const walker *walk, size_t tensor)
{
    return walk->network->tensor[tensor].height * walk->network->tensor[tensor].width;
}

/* One of the operations that read a tensor; `network->ops` if none does. */
static size_t choose_reader(walker *walk, size_t tensor)
{
    const skel_network *network = walk->network;
    size_t found = network->ops;
    uint32_t readers = 0;

    for (size_t i = 0; i < network->ops; i++) {
        if (network->op[i].input == tensor || network->op[i].other == tensor) {
            found = skel_stream_below(&walk->stream, ++readers) == 0 ? i : found;
        }
    }
    return found;
}

static size_t writer_of(const walker *walk, size_t tensor)
{
    size_t i = 0;

    while (walk->network->op[i].output != tensor) {
        i++;
        SKEL_ASSERT(i < walk->network->ops);
    }
    return i;
}

static size_t channels_of(const walker *walk, size_t tensor)
{
    return walk->network->tensor[tensor].channels;
}

static size_t groups_of(const skel_op *op)
{
    return op->kind == SKEL_OP_CONV ? op->groups : 1;
}

/* From an input to one of the outputs of its group. */
static size_t pass_forward(walker *walk, size_t at, size_t channel)
{
    const skel_op *op = &walk->network->op[at];
    const skel_parameter *weight = weight_of(walk, op);
    size_t columns = weight->shape[1];
    size_t outputs = weight->shape[0] / groups_of(op);
    size_t in = channel;
    size_t first = 0; /* output of the group */
    size_t out = 0;

    if (op->kind == SKEL_OP_LINEAR) {
        uint32_t pixels = (uint32_t)pixels_of(walk, op->input);

        in = channel * pixels + skel_stream_below(&walk->stream, pixels);
    }
    first = in / columns * outputs;
    in %= columns;
    out = first + choose(walk, outputs, walk->norm[at] + first * columns + in, columns);
    visit(walk, op, out, in);
    return out;
}

/* From an output to one of the inputs of its group. */
static size_t pass_backward(walker *walk, size_t at, size_t channel)
{
    const skel_op *op = &walk->network->op[at];
    const skel_parameter *weight = weight_of(walk, op);
    size_t columns = weight->shape[1];
    size_t group = channel / (weight->shape[0] / groups_of(op));
    size_t in = choose(walk, columns, walk->norm[at] + channel * columns, 1);

    visit(walk, op, channel, in);
    return op->kind == SKEL_OP_LINEAR ? in / pixels_of(walk, op->input) : group * columns + in;
}

/* From a channel of the image to a logit. */
static void walk_forward(walker *walk, size_t channel)
{
    size_t tensor = 0;
    size_t at = choose_reader(walk, tensor);

    while (at < walk->network->ops) {
        const skel_op *op = &walk->network->op[at];

        if (skel_op_has_weights(op)) {
            channel = pass_forward(walk, at, channel);
        } else if (op->kind == SKEL_OP_CONCAT && op->other == tensor) {
            channel += channels_of(walk, op->input); /* the second operand comes behind the first */
        }
        tensor = op->output;
        at = choose_reader(walk, tensor);
    }
}

/* The operand of an operation without weights to which a walk goes on. */
static size_t choose_operand(walker *walk, const skel_op *op, size_t *channel)
{
    if (op->kind == SKEL_OP_CONCAT) {
        size_t first = channels_of(walk, op->input);
        bool is_first = *channel < first;

        *channel -= is_first ? 0 : first;
        return is_first ? op->input : op->other;
    }
    return op->other != SKEL_NONE && skel_stream_below(&walk->stream, 2) == 0 ? op->other
                                                                              : op->input;
}

/* From a logit to a channel of the image. */
static void walk_backward(walker *walk, size_t channel)
{
    size_t tensor = walk->network->op[walk->network->ops - 1].output;

    while (tensor != 0) {
        size_t at = writer_of(walk, tensor);
        const skel_op *op = &walk->network->op[at];

        if (skel_op_has_weights(op)) {
            channel = pass_backward(walk, at, channel);
            tensor = op->input;
        } else {
            tensor = choose_operand(walk, op, &channel);
        }
    }
}

/* Walks in turn from the image and from the logits, each from the next channel, until enough
 * weights are visited, or until IDLE walks in a row found no new one. */
static void walk_until(walker *walk, size_t wanted)
{
    size_t sources = walk->network->tensor[0].channels;
    size_t idle = 0;

    for (size_t n = 0; walk->visited < wanted && idle < IDLE; n++) {
        size_t before = walk->visited;

        if (n % 2 == 0) {
            walk_forward(walk, n / 2 % sources);
        } else {
            walk_backward(walk, n / 2 % walk->network->classes);
        }
        idle = walk->visited > before ? 0 : idle + 1;
    }
}

skel_status skel_walks_order(const skel_network *network, const float parameters[], size_t wanted,
                             uint64_t seed, float out[], size_t *visited)
{
    walker walk = {.network = network,
                   .parameters = parameters,
                   .stream = skel_stream_open(seed, SKEL_PURPOSE_WALK, 0, 0)};
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->ops, sizeof *walk.norm, &walk.norm));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof *walk.order, &walk.order));
    for (size_t i = 0; i < network->ops; i++) {
        if (skel_op_has_weights(&network->op[i])) {
            SKEL_TRY(measure(&walk, i));
        }
    }
    walk_until(&walk, wanted);
    for (size_t i = 0; i < network->parameter_count; i++) {
        out[i] = walk.order[i] > 0 ? 1.0F / (float)walk.order[i] : 0;
    }
    *visited = walk.visited;
done:
    for (size_t i = 0; walk.norm != NULL && i < network->ops; i++) {
        SKEL_FREE(&walk.norm[i]);
    }
    SKEL_FREE(&walk.order);
    SKEL_FREE(&walk.norm);
    return status;
}
