/* Operations of a network as nodes of a model. */
#include "onnx_nodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void skel_onnx_nodes_value(const skel_onnx_nodes *writing, size_t tensor, char out[SKEL_ONNX_VALUE])
{
    const skel_network *network = writing->network;

    if (tensor == 0) {
        (void)snprintf(out, SKEL_ONNX_VALUE, "input");
    } else if (tensor == network->op[network->ops - 1].output && writing->flat[tensor]) {
        (void)snprintf(out, SKEL_ONNX_VALUE, "logits");
    } else {
        (void)snprintf(out, SKEL_ONNX_VALUE, "/%zu", tensor);
    }
}

/* The value of a tensor in the form that is needed; another node makes it if it has the other. */
static void form_of(skel_onnx_nodes *writing, size_t tensor, bool flat, char out[SKEL_ONNX_VALUE])
{
    char from[SKEL_ONNX_VALUE];

    skel_onnx_nodes_value(writing, tensor, out);
    if (writing->flat[tensor] == flat) {
        return;
    }
    memcpy(from, out, sizeof from);
    (void)snprintf(out, SKEL_ONNX_VALUE, "/%zu:%s", tensor, flat ? "flat" : "image");
    if (writing->converted[tensor]) {
        return;
    }
    writing->converted[tensor] = true;
    if (flat) {
        skel_onnx_parts_node(&writing->parts, "Flatten", out, out, (const char *[]){from, NULL});
        skel_onnx_parts_integer(&writing->parts, "axis", 1);
    } else {
        const skel_tensor *shape = &writing->network->tensor[tensor];
        int64_t *target = skel_onnx_parts_make(&writing->parts, 4, sizeof *target);
        char name[SKEL_ONNX_VALUE];

        (void)snprintf(name, sizeof name, "/%zu:shape", tensor);
        if (target != NULL) { /* the first is the batch: 0 keeps it */
            target[1] = (int64_t)shape->channels;
            target[2] = (int64_t)shape->height;
            target[3] = (int64_t)shape->width;
        }
        skel_onnx_parts_tensor(&writing->parts, name, ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 1,
                               (const size_t[]){4}, 4 * sizeof *target, target);
        skel_onnx_parts_node(&writing->parts, "Reshape", out, out,
                             (const char *[]){from, name, NULL});
    }
}

static const char *parameter_name(const skel_onnx_nodes *writing, size_t parameter)
{
    return parameter == SKEL_NONE ? NULL : writing->network->parameter[parameter].name;
}

static void add_window(skel_onnx_parts *parts, const skel_window *window, bool dilates)
{
    const size_t pads[4] = {window->before[0], window->before[1], window->after[0],
                            window->after[1]};

    skel_onnx_parts_integers(parts, "kernel_shape", 2, window->kernel);
    skel_onnx_parts_integers(parts, "strides", 2, window->stride);
    skel_onnx_parts_integers(parts, "pads", 4, pads);
    if (dilates) {
        skel_onnx_parts_integers(parts, "dilations", 2, window->dilation);
    }
}

/* A number of float32 as an initializer; its name is "" without a bound. */
static void add_bound(skel_onnx_nodes *writing, const char *which, double bound,
                      char out[SKEL_ONNX_VALUE])
{
    float *value = NULL;

    out[0] = '\0';
    if (isinf(bound)) {
        return;
    }
    (void)snprintf(out, SKEL_ONNX_VALUE, "/%zu:%s", writing->number, which);
    value = skel_onnx_parts_make(&writing->parts, 1, sizeof *value);
    if (value != NULL) {
        *value = (float)bound;
    }
    skel_onnx_parts_tensor(&writing->parts, out, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 0, NULL,
                           sizeof *value, value);
}

static bool covers_image(const skel_op *op, const skel_tensor *image)
{
    return op->window.kernel[0] == image->height && op->window.kernel[1] == image->width &&
           op->window.stride[0] == image->height && op->window.stride[1] == image->width &&
           op->window.before[0] + op->window.before[1] + op->window.after[0] +
                   op->window.after[1] ==
               0;
}

static void add_node(skel_onnx_nodes *writing, const skel_op *op, const char *type,
                     const char *input, const char *const more[4])
{
    char output[SKEL_ONNX_VALUE];
    char name[SKEL_ONNX_VALUE];

    skel_onnx_nodes_value(writing, op->output, output);
    (void)snprintf(name, sizeof name, "%s%s%zu", op->name[0] != '\0' ? op->name : type,
                   op->name[0] != '\0' ? ":" : "_", writing->number);
    skel_onnx_parts_node(
        &writing->parts, type, name, output,
        (const char *[]){input, more[0], more[0] != NULL ? more[1] : NULL,
                         more[0] != NULL && more[1] != NULL ? more[2] : NULL,
                         more[0] != NULL && more[1] != NULL && more[2] != NULL ? more[3] : NULL,
                         NULL});
}

static void add_conv(skel_onnx_nodes *writing, const skel_op *op)
{
    skel_onnx_parts *parts = &writing->parts;
    char input[SKEL_ONNX_VALUE];

    form_of(writing, op->input, false, input);
    add_node(
        writing, op, "Conv", input,
        (const char *[4]){parameter_name(writing, op->weight), parameter_name(writing, op->bias)});
    add_window(parts, &op->window, true);
    skel_onnx_parts_integer(parts, "group", (int64_t)op->groups);
}

static void add_linear(skel_onnx_nodes *writing, const skel_op *op)
{
    char input[SKEL_ONNX_VALUE];

    form_of(writing, op->input, true, input);
    writing->flat[op->output] = true;
    add_node(
        writing, op, "Gemm", input,
        (const char *[4]){parameter_name(writing, op->weight), parameter_name(writing, op->bias)});
    skel_onnx_parts_integer(&writing->parts, "transB", 1);
}

static void add_norm(skel_onnx_nodes *writing, const skel_op *op)
{
    const skel_network *network = writing->network;
    char input[SKEL_ONNX_VALUE];

    form_of(writing, op->input, writing->flat[op->input], input);
    writing->flat[op->output] = writing->flat[op->input];
    add_node(writing, op, "BatchNormalization", input,
             (const char *[4]){parameter_name(writing, op->weight),
                               parameter_name(writing, op->bias), network->buffer[op->mean].name,
                               network->buffer[op->variance].name});
    skel_onnx_parts_real(&writing->parts, "epsilon", op->epsilon);
    skel_onnx_parts_real(&writing->parts, "momentum", 0.9);
}

static void add_pool(skel_onnx_nodes *writing, const skel_op *op)
{
    bool average = op->kind == SKEL_OP_AVGPOOL;
    bool whole = average && covers_image(op, &writing->network->tensor[op->input]);
    char input[SKEL_ONNX_VALUE];

    form_of(writing, op->input, false, input);
    add_node(writing, op,
             whole     ? "GlobalAveragePool"
             : average ? "AveragePool"
                       : "MaxPool",
             input, (const char *[4]){NULL});
    if (!whole) {
        add_window(&writing->parts, &op->window, false);
    }
    if (average && !whole) {
        skel_onnx_parts_integer(&writing->parts, "count_include_pad", op->counts_padding);
    }
}

/* An activation: the form of its output is that of its input. */
static void add_activation(skel_onnx_nodes *writing, const skel_op *op, const char *type)
{
    char input[SKEL_ONNX_VALUE];
    char low[SKEL_ONNX_VALUE] = "";
    char high[SKEL_ONNX_VALUE] = "";
    bool clips = op->kind == SKEL_OP_CLIP;

    writing->flat[op->output] = writing->flat[op->input];
    form_of(writing, op->input, writing->flat[op->input], input);
    if (clips) {
        add_bound(writing, "low", op->low, low);
        add_bound(writing, "high", op->high, high);
    }
    add_node(writing, op, type, input,
             clips ? (const char *[4]){low, high} : (const char *[4]){NULL});
    if (op->kind == SKEL_OP_LEAKY_RELU) {
        skel_onnx_parts_real(&writing->parts, "alpha", op->slope);
    }
}

/* Two operands: flat if both are. */
static void add_pair(skel_onnx_nodes *writing, const skel_op *op, const char *type)
{
    bool flat = writing->flat[op->input] && writing->flat[op->other];
    char input[SKEL_ONNX_VALUE];
    char other[SKEL_ONNX_VALUE];

    form_of(writing, op->input, flat, input);
    form_of(writing, op->other, flat, other);
    writing->flat[op->output] = flat;
    add_node(writing, op, type, input, (const char *[4]){other});
    if (op->kind == SKEL_OP_CONCAT) {
        skel_onnx_parts_integer(&writing->parts, "axis", 1);
    }
}

void skel_onnx_nodes_add(skel_onnx_nodes *writing, const skel_op *op)
{
    switch (op->kind) {
    case SKEL_OP_CONV:
        add_conv(writing, op);
        break;
    case SKEL_OP_LINEAR:
        add_linear(writing, op);
        break;
    case SKEL_OP_BATCHNORM:
        add_norm(writing, op);
        break;
    case SKEL_OP_RELU:
        add_activation(writing, op, "Relu");
        break;
    case SKEL_OP_LEAKY_RELU:
        add_activation(writing, op, "LeakyRelu");
        break;
    case SKEL_OP_CLIP:
        add_activation(writing, op, "Clip");
        break;
    case SKEL_OP_SIGMOID:
        add_activation(writing, op, "Sigmoid");
        break;
    case SKEL_OP_ADD:
        add_pair(writing, op, "Add");
        break;
    case SKEL_OP_MUL:
        add_pair(writing, op, "Mul");
        break;
    case SKEL_OP_CONCAT:
        add_pair(writing, op, "Concat");
        break;
    case SKEL_OP_MAXPOOL:
    case SKEL_OP_AVGPOOL:
        add_pool(writing, op);
        break;
    }
}
