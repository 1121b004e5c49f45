/* Activations, sums, products, joined channels. */
#include "onnx_elements.h"

#include "onnx_attributes.h"
#include "onnx_shapes.h"

#include <math.h>

skel_status skel_onnx_elements_relu(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *input = NULL;
    skel_status status = skel_onnx_reading_activation(reading, 0, false, &input, NULL);

    (void)node;
    return status != SKEL_OK
               ? status
               : skel_onnx_reading_put(reading, skel_builder_relu(&reading->builder, input->tensor),
                                       input->flat);
}

skel_status skel_onnx_elements_sigmoid(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *input = NULL;
    skel_status status = skel_onnx_reading_activation(reading, 0, false, &input, NULL);

    (void)node;
    return status != SKEL_OK
               ? status
               : skel_onnx_reading_put(
                     reading, skel_builder_sigmoid(&reading->builder, input->tensor), input->flat);
}

skel_status skel_onnx_elements_leaky_relu(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    double slope = skel_onnx_attributes_real(node, "alpha", 0.01);
    skel_onnx_value *input = NULL;
    skel_status status = skel_onnx_reading_activation(reading, 0, false, &input, NULL);

    if (status == SKEL_OK && !isfinite(slope)) {
        status = skel_onnx_reading_refuse(reading, "its alpha is %g", slope);
    }
    return status != SKEL_OK
               ? status
               : skel_onnx_reading_put(
                     reading, skel_builder_leaky_relu(&reading->builder, input->tensor, slope),
                     input->flat);
}

/* A bound of Clip: an input since opset 11, an attribute before. */
static skel_status read_bound(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                              size_t input, const char *attribute, double *bound)
{
    const skel_onnx_value *value = skel_onnx_reading_input(reading, input);
    float number = 0;
    skel_status status = SKEL_OK;

    if (value == NULL) {
        *bound = skel_onnx_attributes_real(node, attribute, *bound);
    } else if (value->kind != SKEL_ONNX_CONSTANT || value->constant.count != 1 ||
               !skel_onnx_tensor_is_float(&value->constant)) {
        status = skel_onnx_reading_refuse(reading, "its bound \"%s\" is not a constant number",
                                          value->name);
    } else {
        status = skel_onnx_tensor_floats(reading->origin, value->name, &value->constant, &number);
        *bound = skel_onnx_attributes_meant(number);
    }
    /* What older files write for no bound. */
    if (fabs(*bound) >= (double)3.4e38F) {
        *bound = *bound < 0 ? -(double)INFINITY : (double)INFINITY;
    }
    return status;
}

skel_status skel_onnx_elements_clip(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    double low = -(double)INFINITY;
    double high = (double)INFINITY;
    skel_onnx_value *input = NULL;
    size_t out = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, false, &input, NULL));
    SKEL_TRY(read_bound(reading, node, 1, "min", &low));
    SKEL_TRY(read_bound(reading, node, 2, "max", &high));
    out = low == 0 && isinf(high) ? skel_builder_relu(&reading->builder, input->tensor)
                                  : skel_builder_clip(&reading->builder, input->tensor, low, high);
    SKEL_TRY(skel_onnx_reading_put(reading, out, input->flat));
done:
    return status;
}

/* Two activations, both seen as images or both flat. */
static skel_status read_pair(const skel_onnx_reading *reading, skel_onnx_value *value[2],
                             skel_tensor shape[2])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < 2; i++) {
        SKEL_TRY(skel_onnx_reading_activation(reading, i, false, &value[i], &shape[i]));
    }
    if (value[0]->flat != value[1]->flat) {
        SKEL_TRY(skel_onnx_reading_refuse(
            reading, "\"%s\" has %d dimensions, \"%s\" has %d; they must have as many",
            value[0]->name, value[0]->flat ? 2 : 4, value[1]->name, value[1]->flat ? 2 : 4));
    }
done:
    return status;
}

skel_status skel_onnx_elements_add(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *value[2];
    skel_tensor shape[2];
    size_t activation = skel_onnx_reading_input(reading, 0) != NULL &&
                                skel_onnx_reading_input(reading, 0)->kind == SKEL_ONNX_CONSTANT
                            ? 1
                            : 0;
    skel_status status = SKEL_OK;

    (void)node;
    if (reading->absorbed[reading->node]) {
        SKEL_TRY(skel_onnx_reading_activation(reading, activation, false, &value[0], NULL));
        return skel_onnx_reading_put(reading, value[0]->tensor, value[0]->flat);
    }
    SKEL_TRY(read_pair(reading, value, shape));
    SKEL_TRY(skel_onnx_reading_put(
        reading, skel_builder_add(&reading->builder, value[0]->tensor, value[1]->tensor),
        value[0]->flat));
done:
    return status;
}

skel_status skel_onnx_elements_mul(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *value[2];
    skel_tensor shape[2];
    bool gate_first = false;
    skel_status status = SKEL_OK;

    (void)node;
    SKEL_TRY(read_pair(reading, value, shape));
    gate_first = shape[0].height == 1 && shape[0].width == 1 &&
                 (shape[1].height != 1 || shape[1].width != 1);
    SKEL_TRY(
        skel_onnx_reading_put(reading,
                              skel_builder_mul(&reading->builder, value[gate_first ? 1 : 0]->tensor,
                                               value[gate_first ? 0 : 1]->tensor),
                              value[0]->flat));
done:
    return status;
}

skel_status skel_onnx_elements_concat(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t axis = skel_onnx_attributes_integer(node, "axis", 1);
    int64_t numbers[SKEL_ONNX_NUMBERS];
    size_t count = 0;
    skel_onnx_value *value = NULL;
    bool flat = false;
    size_t out = 0;
    skel_status status = SKEL_OK;

    if (skel_onnx_shapes_numbers(reading, 0, &count, numbers)) {
        return skel_onnx_shapes_concat(reading, node);
    }
    for (size_t i = 0; i < node->n_input; i++) {
        SKEL_TRY(skel_onnx_reading_activation(reading, i, false, &value, NULL));
        if ((i > 0 && value->flat != flat) || (axis != 1 && axis != (value->flat ? -1 : -3))) {
            SKEL_TRY(skel_onnx_reading_refuse(
                reading,
                "only images along their channels, or flat activations, are joined; the "
                "axis is %lld",
                (long long)axis));
        }
        flat = value->flat;
        out = i == 0 ? value->tensor : skel_builder_concat(&reading->builder, out, value->tensor);
    }
    SKEL_TRY(skel_onnx_reading_put(reading, out, flat));
done:
    return status;
}
