/* What the operators share: their inputs and outputs, their refusals, the constants they take. */
#include "onnx_reading.h"

#include "skel/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE = 1024 };

skel_status skel_onnx_reading_refuse(const skel_onnx_reading *reading, const char *format, ...)
{
    const Onnx__NodeProto *node = reading->graph->node[reading->node];
    char message[MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return SKEL_FAIL(SKEL_ERR_DATA, "%s: node %zu, %.64s \"%.128s\": %s", reading->origin,
                     reading->node, node->op_type != NULL ? node->op_type : "of no operator",
                     node->name != NULL && node->name[0] != '\0' ? node->name
                     : node->n_output > 0                        ? node->output[0]
                                                                 : "",
                     message);
}

skel_onnx_value *skel_onnx_reading_input(const skel_onnx_reading *reading, size_t number)
{
    const Onnx__NodeProto *node = reading->graph->node[reading->node];

    return number < node->n_input && node->input[number][0] != '\0'
               ? skel_onnx_values_find(&reading->values, node->input[number])
               : NULL;
}

/* Whether the node that is read now can take an input's padding into its window. */
static bool takes_padding(const skel_onnx_reading *reading)
{
    const char *type = reading->graph->node[reading->node]->op_type;

    return strcmp(type, "Conv") == 0 || strcmp(type, "AveragePool") == 0;
}

skel_status skel_onnx_reading_activation(const skel_onnx_reading *reading, size_t number,
                                         bool image, skel_onnx_value **out, skel_tensor *shape)
{
    skel_onnx_value *value = skel_onnx_reading_input(reading, number);

    *out = value;
    if (value == NULL || value->kind != SKEL_ONNX_ACTIVATION) {
        return skel_onnx_reading_refuse(
            reading, "its input %zu, \"%s\", is %s; it must be computed from the image", number,
            value != NULL ? value->name : "",
            value == NULL                       ? "missing"
            : value->kind == SKEL_ONNX_CONSTANT ? "a constant"
                                                : "made of shapes");
    }
    if (value->padded && !takes_padding(reading)) {
        return skel_onnx_reading_refuse(reading,
                                        "its input \"%s\" was padded, which only Conv and "
                                        "AveragePool may read",
                                        value->name);
    }
    if (image && value->flat) {
        return skel_onnx_reading_refuse(reading,
                                        "its input \"%s\" has two dimensions; it must have four: "
                                        "batch, channels, height, width",
                                        value->name);
    }
    if (shape != NULL) {
        *shape = reading->builder.network->tensor[value->tensor];
    }
    return SKEL_OK;
}

skel_status skel_onnx_reading_take(skel_onnx_reading *reading, size_t number, skel_onnx_value **out)
{
    skel_onnx_value *value = skel_onnx_reading_input(reading, number);
    int32_t type = 0;

    *out = value;
    if (value == NULL || value->kind != SKEL_ONNX_CONSTANT) {
        return skel_onnx_reading_refuse(reading,
                                        "its input %zu, \"%s\", is not an initializer: weights "
                                        "must be constants of the file",
                                        number, value != NULL ? value->name : "");
    }
    type = value->constant.values->data_type;
    if (!skel_onnx_tensor_is_float(&value->constant)) {
        return skel_onnx_reading_refuse(reading,
                                        "\"%s\" is of %s; weights of float32, float64, float16 and "
                                        "bfloat16 are read, quantized networks are not",
                                        value->name, skel_onnx_tensor_type(type));
    }
    if (value->taken) {
        return skel_onnx_reading_refuse(reading,
                                        "\"%s\" belongs to another node, too: weights that "
                                        "operations share are not read",
                                        value->name);
    }
    value->taken = true;
    if (type != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT) {
        reading->remarks.converted++;
        reading->remarks.converted_type = type;
    }
    return SKEL_OK;
}

/* Whether the file's claim about a value has these dimensions; the first, the batch, may be any. */
static bool fits_claim(const skel_onnx_value *value, size_t dims, const size_t shape[])
{
    const Onnx__TypeProto *type = value->claim != NULL ? value->claim->type : NULL;
    const Onnx__TensorShapeProto *claim =
        type != NULL && type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE &&
                type->tensor_type != NULL
            ? type->tensor_type->shape
            : NULL;

    if (claim == NULL) {
        return true;
    }
    for (size_t i = 1; i < dims && i < claim->n_dim; i++) {
        const Onnx__TensorShapeProto__Dimension *dim = claim->dim[i];

        if (dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
            (dim->dim_value < 0 || (uint64_t)dim->dim_value != shape[i])) {
            return false;
        }
    }
    return claim->n_dim == dims;
}

/* `pad`: zeros around the images that are not in the tensor: top, left, bottom, right. */
static skel_status put(skel_onnx_reading *reading, size_t tensor, bool flat, const size_t pad[4])
{
    const Onnx__NodeProto *node = reading->graph->node[reading->node];
    skel_onnx_value *value = NULL;
    skel_tensor shape;
    double elements = 0;

    if (reading->builder.status != SKEL_OK) {
        skel_status status = reading->builder.status;
        const char *said = NULL; /* behind "NETWORK: " or "NETWORK, OPERATION: " */

        if (status != SKEL_ERR_CONFIG) {
            return status;
        }
        said = skel_error_message() + strlen(reading->builder.network->name);
        said = *said == ',' ? strstr(said, ": ") : said;
        said += said != NULL && *said == ':' ? 2 : 0;
        return skel_onnx_reading_refuse(reading, "%s", said != NULL ? said : skel_error_message());
    }
    if (node->n_output == 0 || node->output[0][0] == '\0') {
        return skel_onnx_reading_refuse(reading, "it has no output");
    }
    shape = reading->builder.network->tensor[tensor];
    elements = (double)shape.channels * (double)shape.height * (double)shape.width;
    if (elements > SKEL_ONNX_LARGEST) {
        return skel_onnx_reading_refuse(reading,
                                        "its output has %.3g elements for one image, at "
                                        "most %d can be",
                                        elements, SKEL_ONNX_LARGEST);
    }
    value = skel_onnx_values_find(&reading->values, node->output[0]);
    value->kind = SKEL_ONNX_ACTIVATION;
    value->tensor = tensor;
    value->flat = flat;
    value->padded = pad[0] + pad[1] + pad[2] + pad[3] > 0;
    memcpy(value->pad, pad, sizeof value->pad);
    shape.height += pad[0] + pad[2];
    shape.width += pad[1] + pad[3];
    if (!fits_claim(value, flat ? 2 : 4,
                    flat ? (const size_t[]){0, (size_t)elements}
                         : (const size_t[]){0, shape.channels, shape.height, shape.width})) {
        return skel_onnx_reading_refuse(reading,
                                        "the file says another shape of its output than follows "
                                        "from its inputs, [batch, %zu, %zu, %zu]%s",
                                        shape.channels, shape.height, shape.width,
                                        flat ? " in two dimensions" : "");
    }
    return SKEL_OK;
}

skel_status skel_onnx_reading_put(skel_onnx_reading *reading, size_t tensor, bool flat)
{
    return put(reading, tensor, flat, (const size_t[4]){0, 0, 0, 0});
}

skel_status skel_onnx_reading_put_padded(skel_onnx_reading *reading, size_t tensor,
                                         const size_t pad[4])
{
    return put(reading, tensor, false, pad);
}

skel_status skel_onnx_reading_bind(skel_onnx_reading *reading, bool buffer,
                                   const skel_onnx_value *value)
{
    size_t *count = buffer ? &reading->buffers : &reading->parameters;
    const skel_onnx_value ***array = buffer ? &reading->buffer : &reading->parameter;
    skel_status status = SKEL_OK;

    if (*count % 64 == 0) {
        SKEL_TRY(SKEL_GROW(*count + 64, sizeof **array, array));
    }
    (*array)[(*count)++] = value;
done:
    return status;
}
