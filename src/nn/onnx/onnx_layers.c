/* Operators with weights: convolutions, batch norm, linear layers. */
#include "onnx_layers.h"

#include "onnx_attributes.h"
#include "onnx_window.h"

#include <stdio.h>
#include <string.h>

/* A name for the builder, which wants unique ones; the real names are given at the end. */
static const char *name_of(const skel_onnx_reading *reading, char out[SKEL_NAME])
{
    (void)snprintf(out, SKEL_NAME, "node%zu", reading->node);
    return out;
}

static skel_status refuse_shape(const skel_onnx_reading *reading, const skel_onnx_value *value,
                                const char *expected)
{
    char shape[SKEL_ONNX_SHAPE_TEXT];

    skel_onnx_tensor_shape(value->constant.dims, value->constant.shape, shape);
    return skel_onnx_reading_refuse(reading, "\"%s\" has the shape %s, expected is %s", value->name,
                                    shape, expected);
}

/* Takes a vector of one number for each channel, for a bias or a part of batch norm. */
static skel_status take_vector(skel_onnx_reading *reading, size_t input, size_t channels,
                               skel_onnx_value **out)
{
    char expected[SKEL_ONNX_SHAPE_TEXT];
    skel_status status = skel_onnx_reading_take(reading, input, out);

    if (status == SKEL_OK && ((*out)->constant.count != channels ||
                              (*out)->constant.shape[(*out)->constant.dims - 1 < SKEL_ONNX_DIMS
                                                         ? (*out)->constant.dims - 1
                                                         : 0] != channels)) {
        skel_onnx_tensor_shape(1, &channels, expected);
        status = refuse_shape(reading, *out, expected);
    }
    return status;
}

static bool has_input(const Onnx__NodeProto *node, size_t number)
{
    return number < node->n_input && node->input[number][0] != '\0';
}

skel_status skel_onnx_layers_conv(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    char name[SKEL_NAME];
    skel_onnx_value *input = NULL;
    skel_onnx_value *weight = NULL;
    skel_onnx_value *bias = NULL;
    int64_t groups = skel_onnx_attributes_integer(node, "group", 1);
    const size_t *shape = NULL;
    skel_tensor in;
    skel_window window;
    size_t out = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, true, &input, &in));
    SKEL_TRY(skel_onnx_reading_take(reading, 1, &weight));
    shape = weight->constant.shape;
    if (weight->constant.dims != 4 || weight->constant.count == 0 || weight->transposed) {
        SKEL_TRY(refuse_shape(reading, weight,
                              "[outputs, inputs / group, height, width]: convolutions of images"));
    }
    if (groups < 1 || in.channels % (size_t)groups != 0 || shape[0] % (size_t)groups != 0 ||
        shape[1] != in.channels / (size_t)groups) {
        SKEL_TRY(skel_onnx_reading_refuse(reading,
                                          "\"%s\" has %zu outputs and %zu inputs a group, which do "
                                          "not fit %zu channels in %lld groups",
                                          weight->name, shape[0], shape[1], in.channels,
                                          (long long)groups));
    }
    SKEL_TRY(skel_onnx_window_read(reading, node, in, shape + 2, &window, NULL));
    if (has_input(node, 2)) {
        SKEL_TRY(take_vector(reading, 2, shape[0], &bias));
    }
    out = skel_builder_grouped_conv(&reading->builder, input->tensor, name_of(reading, name),
                                    shape[0], &window, (size_t)groups, bias != NULL);
    SKEL_TRY(skel_onnx_reading_put(reading, out, false));
    SKEL_TRY(skel_onnx_reading_bind(reading, false, weight));
    if (bias != NULL) {
        SKEL_TRY(skel_onnx_reading_bind(reading, false, bias));
    }
done:
    return status;
}

skel_status skel_onnx_layers_norm(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    char name[SKEL_NAME];
    skel_onnx_value *input = NULL;
    skel_onnx_value *part[4];
    double epsilon = skel_onnx_attributes_real(node, "epsilon", 1e-5);
    skel_tensor in;
    size_t out = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, false, &input, &in));
    if (input->flat && (in.height != 1 || in.width != 1)) {
        SKEL_TRY(skel_onnx_reading_refuse(reading, "batch norm of a flattened image is not read"));
    }
    if (!(epsilon > 0) || skel_onnx_attributes_integer(node, "spatial", 1) != 1) {
        SKEL_TRY(
            skel_onnx_reading_refuse(reading, "its epsilon is %g, and must be above 0", epsilon));
    }
    for (size_t i = 0; i < 4; i++) {
        SKEL_TRY(take_vector(reading, i + 1, in.channels, &part[i]));
    }
    reading->remarks.momenta += skel_onnx_attributes_real(node, "momentum", 0.9) != 0.9;
    out = skel_builder_norm_with(&reading->builder, input->tensor, name_of(reading, name), epsilon);
    SKEL_TRY(skel_onnx_reading_put(reading, out, input->flat));
    for (size_t i = 0; i < 4; i++) {
        SKEL_TRY(skel_onnx_reading_bind(reading, i >= 2, part[i]));
    }
done:
    return status;
}

/* A linear layer; `bias` may be NULL. */
static skel_status add_linear(skel_onnx_reading *reading, const skel_onnx_value *input,
                              skel_onnx_value *weight, bool transposed, const skel_onnx_value *bias)
{
    char name[SKEL_NAME];
    bool swapped = weight->transposed != transposed; /* the file has [inputs, outputs] */
    size_t out = 0;
    skel_status status = SKEL_OK;

    weight->transposed = swapped;
    out = skel_builder_linear(&reading->builder, input->tensor, name_of(reading, name),
                              weight->constant.shape[swapped ? 1 : 0], bias != NULL);
    SKEL_TRY(skel_onnx_reading_put(reading, out, true));
    SKEL_TRY(skel_onnx_reading_bind(reading, false, weight));
    if (bias != NULL) {
        SKEL_TRY(skel_onnx_reading_bind(reading, false, bias));
    }
done:
    return status;
}

/* Takes the matrix of a linear layer; `transposed`: the operator wants [inputs, outputs]. */
static skel_status take_matrix(skel_onnx_reading *reading, bool transposed, skel_onnx_value **input,
                               skel_onnx_value **weight, size_t *outputs)
{
    skel_tensor in;
    size_t features = 0;
    bool swapped = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, false, input, &in));
    if (!(*input)->flat) {
        SKEL_TRY(skel_onnx_reading_refuse(
            reading, "its input \"%s\" has four dimensions; flatten it before", (*input)->name));
    }
    features = in.channels * in.height * in.width;
    SKEL_TRY(skel_onnx_reading_take(reading, 1, weight));
    swapped = (*weight)->transposed != transposed;
    if ((*weight)->constant.dims != 2 || (*weight)->constant.count == 0 ||
        (*weight)->constant.shape[swapped ? 0 : 1] != features) {
        char expected[SKEL_ONNX_SHAPE_TEXT];

        (void)snprintf(expected, sizeof expected, swapped ? "[%zu, outputs]" : "[outputs, %zu]",
                       features);
        SKEL_TRY(refuse_shape(reading, *weight, expected));
    }
    *outputs = (*weight)->constant.shape[swapped ? 1 : 0];
done:
    return status;
}

skel_status skel_onnx_layers_gemm(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    bool transposed = skel_onnx_attributes_integer(node, "transB", 0) == 0;
    skel_onnx_value *input = NULL;
    skel_onnx_value *weight = NULL;
    skel_onnx_value *bias = NULL;
    size_t outputs = 0;
    skel_status status = SKEL_OK;

    if (skel_onnx_attributes_real(node, "alpha", 1) != 1 ||
        skel_onnx_attributes_real(node, "beta", 1) != 1 ||
        skel_onnx_attributes_integer(node, "transA", 0) != 0) {
        SKEL_TRY(skel_onnx_reading_refuse(reading, "alpha and beta must be 1, and transA 0"));
    }
    SKEL_TRY(take_matrix(reading, transposed, &input, &weight, &outputs));
    if (has_input(node, 2)) {
        SKEL_TRY(take_vector(reading, 2, outputs, &bias));
    }
    SKEL_TRY(add_linear(reading, input, weight, transposed, bias));
done:
    return status;
}

/* The addition of a constant vector that alone reads the node's output becomes its bias. */
static skel_status absorb_bias(skel_onnx_reading *reading, const Onnx__NodeProto *node,
                               size_t outputs, skel_onnx_value **bias)
{
    const skel_onnx_value *product = skel_onnx_values_find(&reading->values, node->output[0]);
    const Onnx__NodeProto *next =
        product->readers == 1 ? reading->graph->node[product->reader] : NULL;
    size_t matmul = reading->node;
    skel_status status = SKEL_OK;

    *bias = NULL;
    if (next == NULL || next->op_type == NULL || strcmp(next->op_type, "Add") != 0 ||
        next->n_input != 2) {
        return SKEL_OK;
    }
    for (size_t i = 0; i < 2 && *bias == NULL; i++) {
        const skel_onnx_value *value = skel_onnx_values_find(&reading->values, next->input[i]);

        if (value != NULL && value->kind == SKEL_ONNX_CONSTANT) {
            reading->node = product->reader; /* messages name the addition */
            SKEL_TRY(take_vector(reading, i, outputs, bias));
            reading->absorbed[product->reader] = true;
        }
    }
done:
    if (status == SKEL_OK) {
        reading->node = matmul;
    }
    return status;
}

skel_status skel_onnx_layers_matmul(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *input = NULL;
    skel_onnx_value *weight = NULL;
    skel_onnx_value *bias = NULL;
    size_t outputs = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(take_matrix(reading, true, &input, &weight, &outputs));
    SKEL_TRY(absorb_bias(reading, node, outputs, &bias));
    SKEL_TRY(add_linear(reading, input, weight, true, bias));
done:
    return status;
}
