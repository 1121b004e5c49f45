/* The table of operators. */
#include "onnx_operators.h"

#include "onnx_elements.h"
#include "onnx_layers.h"
#include "onnx_shapes.h"
#include "onnx_window.h"

#include <stdio.h>
#include <string.h>

enum { LIST = 512 };

/* One operator: how it is read, how many inputs it has, and the attributes that are read. */
typedef struct onnx_operator {
    const char *name;
    skel_onnx_reading_node *read;
    size_t least;
    size_t most;
    const char *attributes; /* each between spaces */
} onnx_operator;

enum { ANY = 1 << 20 };

static const onnx_operator operators[] = {
    {"Conv", skel_onnx_layers_conv, 2, 3, " auto_pad dilations group kernel_shape pads strides "},
    {"BatchNormalization", skel_onnx_layers_norm, 5, 5, " epsilon momentum training_mode spatial "},
    {"Relu", skel_onnx_elements_relu, 1, 1, " "},
    {"LeakyRelu", skel_onnx_elements_leaky_relu, 1, 1, " alpha "},
    {"Clip", skel_onnx_elements_clip, 1, 3, " min max "},
    {"Sigmoid", skel_onnx_elements_sigmoid, 1, 1, " "},
    {"Mul", skel_onnx_elements_mul, 2, 2, " "},
    {"Add", skel_onnx_elements_add, 2, 2, " "},
    {"Concat", skel_onnx_elements_concat, 1, ANY, " axis "},
    {"MaxPool", skel_onnx_window_max_pool, 1, 1,
     " auto_pad ceil_mode dilations kernel_shape pads storage_order strides "},
    {"AveragePool", skel_onnx_window_average_pool, 1, 1,
     " auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides "},
    {"Pad", skel_onnx_window_pad, 1, 3, " mode pads value "},
    {"GlobalAveragePool", skel_onnx_window_global_average_pool, 1, 1, " "},
    {"ReduceMean", skel_onnx_window_mean, 1, 2, " axes keepdims noop_with_empty_axes "},
    {"Flatten", skel_onnx_shapes_flatten, 1, 1, " axis "},
    {"Reshape", skel_onnx_shapes_reshape, 2, 2, " allowzero "},
    {"Gemm", skel_onnx_layers_gemm, 2, 3, " alpha beta transA transB "},
    {"MatMul", skel_onnx_layers_matmul, 2, 2, " "},
    {"Dropout", skel_onnx_shapes_dropout, 1, 3, " ratio seed "},
    {"Identity", skel_onnx_shapes_copy, 1, 1, " "},
    {"Constant", skel_onnx_shapes_constant, 0, 0, " value value_int value_ints "},
    {"Transpose", skel_onnx_shapes_transpose, 1, 1, " perm "},
    {"Shape", skel_onnx_shapes_shape, 1, 1, " "},
    {"Gather", skel_onnx_shapes_gather, 2, 2, " axis "},
    {"Unsqueeze", skel_onnx_shapes_unsqueeze, 1, 2, " axes "},
};

enum { OPERATORS = sizeof operators / sizeof *operators };

static void list(char out[LIST])
{
    size_t used = 0;

    for (size_t i = 0; i < OPERATORS; i++) {
        used +=
            (size_t)snprintf(out + used, LIST - used, "%s%s", i > 0 ? ", " : "", operators[i].name);
    }
}

static const onnx_operator *find(const Onnx__NodeProto *node)
{
    bool standard =
        node->domain == NULL || node->domain[0] == '\0' || strcmp(node->domain, "ai.onnx") == 0;

    for (size_t i = 0; standard && node->op_type != NULL && i < OPERATORS; i++) {
        if (strcmp(operators[i].name, node->op_type) == 0) {
            return &operators[i];
        }
    }
    return NULL;
}

/* A word of advice for operators that people are likely to meet. */
static const char *advice(const Onnx__NodeProto *node)
{
    static const struct {
        const char *name;
        const char *words;
    } known[] = {
        {"Softmax", "; export the logits: the loss of skel has its own softmax"},
        {"LogSoftmax", "; export the logits: the loss of skel has its own softmax"},
        {"HardSwish", "; torch.nn.SiLU is read"},
        {"QuantizeLinear", "; export the network before it is quantized"},
        {"DequantizeLinear", "; export the network before it is quantized"},
        {"QLinearConv", "; export the network before it is quantized"},
    };

    for (size_t i = 0; node->op_type != NULL && i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, node->op_type) == 0) {
            return known[i].words;
        }
    }
    return "";
}

/* Another attribute could mean another result. */
static skel_status check_attributes(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                                    const onnx_operator *operator)
{
    char word[64];

    for (size_t i = 0; i < node->n_attribute; i++) {
        const char *name = node->attribute[i]->name;

        (void)snprintf(word, sizeof word, " %s ", name != NULL ? name : "");
        if (strstr(operator->attributes, word) == NULL) {
            return skel_onnx_reading_refuse(reading,
                                            "its attribute \"%.48s\" is not read; those that are:%s",
                                            name != NULL ? name : "",
                                            operator->attributes[1] != '\0' ? operator->attributes
                                                                            : " none");
        }
    }
    return SKEL_OK;
}

skel_status skel_onnx_operators_read(skel_onnx_reading *reading)
{
    const Onnx__NodeProto *node = reading->graph->node[reading->node];
    const onnx_operator *operator= find(node);
    char all[LIST];
    skel_status status = SKEL_OK;

    if (operator== NULL) {
        bool standard = node->domain == NULL || node->domain[0] == '\0';

        list(all);
        return skel_onnx_reading_refuse(
            reading, "this operator%s%.64s is not read%s; the operators that are: %s",
            standard ? "" : " of the domain ", standard ? "" : node->domain, advice(node), all);
    }
    if (node->n_input < operator->least || node->n_input> operator->most) {
        return skel_onnx_reading_refuse(reading, "it has %zu inputs, expected are %zu to %zu",
                                        node->n_input, operator->least, operator->most);
    }
    SKEL_TRY(check_attributes(reading, node, operator));
    SKEL_TRY(operator->read(reading, node));
done:
    return status;
}

bool skel_onnx_operators_is_constant(const Onnx__NodeProto *node)
{
    return node->op_type != NULL && strcmp(node->op_type, "Constant") == 0;
}
