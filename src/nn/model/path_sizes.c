/* Numbers of paths by channel, as values below 1 and an exponent for each tensor. */
#include "path_sizes.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* Numbers of paths to the channels of all tensors: value[first[t] + c] * 2^exponent[t]. */
typedef struct sizes {
    const skel_network *network;
    const uint8_t *keep;
    size_t *first;
    double *value;
    int *exponent;
} sizes;

static double *channels_of(const sizes *of, size_t tensor)
{
    return of->value + of->first[tensor];
}

/* Brings the largest value to [1/2, 1). */
static void normalise(const sizes *of, size_t tensor)
{
    double *value = channels_of(of, tensor);
    double most = 0;
    int exponent = 0;

    for (size_t c = 0; c < of->network->tensor[tensor].channels; c++) {
        most = fmax(most, value[c]);
    }
    (void)frexp(most, &exponent); /* 0 of 0 */
    for (size_t c = 0; c < of->network->tensor[tensor].channels; c++) {
        value[c] = ldexp(value[c], -exponent);
    }
    of->exponent[tensor] += exponent;
}

/* Each kept weight leads the paths of its input channel on. */
static void through_layer(const sizes *of, const skel_op *op)
{
    const skel_parameter *weight = &of->network->parameter[op->weight];
    skel_tensor in = of->network->tensor[op->input];
    size_t outputs = of->network->tensor[op->output].channels;
    size_t groups = op->kind == SKEL_OP_CONV ? op->groups : 1;
    size_t row = weight->count / outputs;
    size_t inputs = in.channels / groups;
    const double *x = channels_of(of, op->input);
    double *y = channels_of(of, op->output);

    for (size_t c = 0; c < outputs; c++) {
        size_t group = c / (outputs / groups);
        const uint8_t *kept = of->keep + weight->offset + c * row;

        y[c] = 0;
        for (size_t i = 0; i < row; i++) {
            y[c] += kept[i] ? x[group * inputs + i / (row / inputs)] : 0;
        }
    }
    of->exponent[op->output] = of->exponent[op->input];
}

static void through_pair(const sizes *of, const skel_op *op)
{
    size_t operand[2] = {op->input, op->other};
    bool add = op->kind == SKEL_OP_ADD;
    double *y = channels_of(of, op->output);
    int a = of->exponent[op->input];
    int b = of->exponent[op->other];
    int common = a > b ? a : b;

    memset(y, 0, of->network->tensor[op->output].channels * sizeof *y);
    for (size_t k = 0; k < 2; k++) {
        size_t channels = of->network->tensor[operand[k]].channels;
        const double *x = channels_of(of, operand[k]);

        for (size_t c = 0; c < channels; c++) {
            y[c] += ldexp(x[c], of->exponent[operand[k]] - common);
        }
        y += add ? 0 : channels;
    }
    of->exponent[op->output] = common;
}

/* Operations that change no number of paths, or that let half of them pass. */
static void through_one(const sizes *of, const skel_op *op)
{
    bool halves =
        op->kind == SKEL_OP_RELU || op->kind == SKEL_OP_LEAKY_RELU || op->kind == SKEL_OP_CLIP;

    memcpy(channels_of(of, op->output), channels_of(of, op->input),
           of->network->tensor[op->output].channels * sizeof(double));
    of->exponent[op->output] = of->exponent[op->input] - (halves ? 1 : 0);
}

static void through(const sizes *of, const skel_op *op)
{
    bool layer = op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR;

    if (layer && of->network->parameter[op->weight].prunable) {
        through_layer(of, op);
    } else if (op->other != SKEL_NONE) {
        through_pair(of, op);
    } else {
        through_one(of, op);
    }
    normalise(of, op->output);
}

skel_status skel_path_sizes_of(const skel_network *network, const uint8_t keep[], int exponent[])
{
    sizes of = {.network = network, .keep = keep, .exponent = exponent};
    size_t channels = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->tensors, sizeof *of.first, &of.first));
    for (size_t t = 0; t < network->tensors; t++) {
        of.first[t] = channels;
        channels += network->tensor[t].channels;
    }
    SKEL_TRY(SKEL_ALLOC(channels, sizeof *of.value, &of.value));
    for (size_t c = 0; c < network->tensor[0].channels; c++) {
        of.value[c] = 0.5;
    }
    exponent[0] = 0;
    for (size_t i = 0; i < network->ops; i++) {
        through(&of, &network->op[i]);
    }
done:
    SKEL_FREE(&of.value);
    SKEL_FREE(&of.first);
    return status;
}
