/* Constants and copies; flattening; and the arithmetic of shapes that PyTorch writes for
 * x.view(x.size(0), -1): Shape, Gather, Unsqueeze, Concat, Reshape. */
#include "onnx_shapes.h"

#include "onnx_attributes.h"

#include <inttypes.h>
#include <string.h>

static skel_onnx_value *output_of(const skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    return node->n_output == 0 || node->output[0][0] == '\0'
               ? NULL
               : skel_onnx_values_find(&reading->values, node->output[0]);
}

/* Makes whole numbers the node's output. */
static skel_status put_numbers(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                               bool scalar, size_t count, const int64_t numbers[])
{
    skel_onnx_value *out = output_of(reading, node);

    if (out == NULL || count > SKEL_ONNX_NUMBERS) {
        return skel_onnx_reading_refuse(reading,
                                        "its output is missing or has %zu numbers, at "
                                        "most %d are read",
                                        count, SKEL_ONNX_NUMBERS);
    }
    out->kind = SKEL_ONNX_SHAPE;
    out->scalar = scalar;
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        out->number[i] = numbers[i];
    }
    return SKEL_OK;
}

bool skel_onnx_shapes_numbers(const skel_onnx_reading *reading, size_t input, size_t *count,
                              int64_t out[])
{
    const skel_onnx_value *value = skel_onnx_reading_input(reading, input);

    if (value != NULL && value->kind == SKEL_ONNX_SHAPE) {
        *count = value->count;
        memcpy(out, value->number, value->count * sizeof *out);
        return true;
    }
    if (value == NULL || value->kind != SKEL_ONNX_CONSTANT ||
        skel_onnx_tensor_integers(reading->origin, value->name, &value->constant, SKEL_ONNX_NUMBERS,
                                  out) != SKEL_OK) {
        skel_error_clear();
        return false;
    }
    *count = value->constant.count;
    return true;
}

skel_status skel_onnx_shapes_constant(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    const Onnx__AttributeProto *attribute = node->n_attribute == 1 ? node->attribute[0] : NULL;
    skel_onnx_value *out = output_of(reading, node);

    if (attribute == NULL || attribute->name == NULL || out == NULL) {
        return skel_onnx_reading_refuse(
            reading, "it has %zu attributes, expected is one, its value", node->n_attribute);
    }
    if (strcmp(attribute->name, "value_int") == 0) {
        return put_numbers(reading, node, true, 1, &attribute->i);
    }
    if (strcmp(attribute->name, "value_ints") == 0) {
        return put_numbers(reading, node, false, attribute->n_ints, attribute->ints);
    }
    if (attribute->t == NULL) {
        return skel_onnx_reading_refuse(reading, "its value is not a tensor");
    }
    out->kind = SKEL_ONNX_CONSTANT;
    return skel_onnx_tensor_dense(reading->origin, out->name, false, attribute->t, &out->constant);
}

skel_status skel_onnx_shapes_copy(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    const skel_onnx_value *value = skel_onnx_reading_input(reading, 0);
    skel_onnx_value *out = output_of(reading, node);

    if (value == NULL || out == NULL || value->kind == SKEL_ONNX_UNKNOWN) {
        return skel_onnx_reading_refuse(reading, "its input or its output is missing");
    }
    if (value->kind == SKEL_ONNX_ACTIVATION) {
        return value->padded ? skel_onnx_reading_put_padded(reading, value->tensor, value->pad)
                             : skel_onnx_reading_put(reading, value->tensor, value->flat);
    }
    if (value->kind == SKEL_ONNX_SHAPE) {
        return put_numbers(reading, node, value->scalar, value->count, value->number);
    }
    /* PyTorch keeps equal initializers once, and copies them: each is a parameter of its own. */
    out->kind = SKEL_ONNX_CONSTANT;
    out->constant = value->constant;
    out->transposed = value->transposed;
    out->place = value->place;
    return SKEL_OK;
}

skel_status skel_onnx_shapes_dropout(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *input = NULL;
    skel_status status = skel_onnx_reading_activation(reading, 0, false, &input, NULL);

    (void)node;
    if (status != SKEL_OK) {
        return status;
    }
    reading->remarks.dropouts++;
    return skel_onnx_reading_put(reading, input->tensor, input->flat);
}

skel_status skel_onnx_shapes_transpose(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    const skel_onnx_value *value = skel_onnx_reading_input(reading, 0);
    skel_onnx_value *out = output_of(reading, node);
    int64_t order[2] = {1, 0};

    if (value == NULL || out == NULL || value->kind != SKEL_ONNX_CONSTANT ||
        value->constant.dims != 2 || !skel_onnx_attributes_integers(node, "perm", 2, order) ||
        order[0] != 1 || order[1] != 0) {
        return skel_onnx_reading_refuse(
            reading, "only the matrix of a linear layer is transposed, no image");
    }
    /* One operation of one matrix; its name is the matrix's. */
    out->kind = SKEL_ONNX_CONSTANT;
    out->constant = value->constant;
    out->transposed = !value->transposed;
    out->place = value->place;
    out->name_of = value->name_of != NULL ? value->name_of : value->name;
    return SKEL_OK;
}

skel_status skel_onnx_shapes_flatten(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t axis = skel_onnx_attributes_integer(node, "axis", 1);
    skel_onnx_value *input = NULL;
    skel_status status = skel_onnx_reading_activation(reading, 0, false, &input, NULL);

    if (status == SKEL_OK && axis != 1 && axis != (input->flat ? -1 : -3)) {
        status = skel_onnx_reading_refuse(reading, "its axis is %" PRId64 ", expected is 1", axis);
    }
    return status != SKEL_OK ? status : skel_onnx_reading_put(reading, input->tensor, true);
}

/* Puts the input's own sizes in the place of 0, and the rest in the place of -1. */
static void resolve(const size_t own[4], size_t own_count, size_t elements, size_t count,
                    int64_t target[])
{
    size_t known = 1;
    size_t open = 0; /* the batch is never open here */

    for (size_t i = 1; i < count; i++) {
        if (target[i] == 0 && i < own_count) {
            target[i] = (int64_t)own[i];
        }
        if (target[i] == -1 && open == 0) {
            open = i;
        } else if (target[i] > 0 && known <= elements) {
            known *= (size_t)target[i];
        }
    }
    if (open > 0 && known > 0 && elements % known == 0) {
        target[open] = (int64_t)(elements / known);
    }
}

/* Whether the first number of a target stands for all images. */
static bool is_batch(const skel_onnx_reading *reading, int64_t number, bool other_open)
{
    return number == SKEL_ONNX_BATCH || number == 0 || (number == -1 && !other_open) ||
           (reading->batch != SKEL_ONNX_BATCH && number == reading->batch);
}

skel_status skel_onnx_shapes_reshape(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t target[SKEL_ONNX_NUMBERS] = {0};
    size_t count = 0;
    skel_onnx_value *input = NULL;
    skel_tensor in;
    size_t elements = 0;
    bool open = false;
    bool flat = false;
    bool image = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, false, &input, &in));
    if (!skel_onnx_shapes_numbers(reading, 1, &count, target) ||
        skel_onnx_attributes_integer(node, "allowzero", 0) != 0) {
        SKEL_TRY(skel_onnx_reading_refuse(reading, "its shape is not known from the file"));
    }
    elements = in.channels * in.height * in.width;
    for (size_t i = 1; i < count; i++) {
        open = open || target[i] == -1;
    }
    resolve(input->flat ? (const size_t[]){0, elements, 0, 0}
                        : (const size_t[]){0, in.channels, in.height, in.width},
            input->flat ? 2 : 4, elements, count, target);
    flat = count == 2 && target[1] == (int64_t)elements;
    image = count == 4 && target[1] == (int64_t)in.channels && target[2] == (int64_t)in.height &&
            target[3] == (int64_t)in.width;
    if (count < 2 || !is_batch(reading, target[0], open) || (!flat && !image)) {
        SKEL_TRY(skel_onnx_reading_refuse(
            reading, "it may only flatten [batch, %zu, %zu, %zu] to [batch, %zu], or undo that",
            in.channels, in.height, in.width, elements));
    }
    SKEL_TRY(skel_onnx_reading_put(reading, input->tensor, flat));
done:
    return status;
}

skel_status skel_onnx_shapes_shape(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    skel_onnx_value *input = NULL;
    skel_tensor in = {0};
    skel_status status = skel_onnx_reading_activation(reading, 0, false, &input, &in);

    if (status != SKEL_OK) {
        return status;
    }
    return input->flat
               ? put_numbers(reading, node, false, 2,
                             (const int64_t[]){SKEL_ONNX_BATCH,
                                               (int64_t)(in.channels * in.height * in.width)})
               : put_numbers(reading, node, false, 4,
                             (const int64_t[]){SKEL_ONNX_BATCH, (int64_t)in.channels,
                                               (int64_t)in.height, (int64_t)in.width});
}

skel_status skel_onnx_shapes_gather(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    const skel_onnx_value *index = skel_onnx_reading_input(reading, 1);
    int64_t numbers[SKEL_ONNX_NUMBERS] = {0};
    int64_t at[SKEL_ONNX_NUMBERS] = {0};
    size_t count = 0;
    size_t indices = 0;

    if (!skel_onnx_shapes_numbers(reading, 0, &count, numbers) ||
        !skel_onnx_shapes_numbers(reading, 1, &indices, at) || indices != 1 || index == NULL ||
        skel_onnx_attributes_integer(node, "axis", 0) != 0 || at[0] >= (int64_t)count ||
        at[0] < -(int64_t)count) {
        return skel_onnx_reading_refuse(reading, "it may only take one number of a shape");
    }
    return put_numbers(reading, node,
                       index->kind == SKEL_ONNX_SHAPE ? index->scalar : index->constant.dims == 0,
                       1, &numbers[at[0] < 0 ? at[0] + (int64_t)count : at[0]]);
}

skel_status skel_onnx_shapes_unsqueeze(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t numbers[SKEL_ONNX_NUMBERS] = {0};
    size_t count = 0;

    if (!skel_onnx_shapes_numbers(reading, 0, &count, numbers) || count != 1) {
        return skel_onnx_reading_refuse(reading, "it may only make a list of one number");
    }
    return put_numbers(reading, node, false, 1, numbers);
}

skel_status skel_onnx_shapes_concat(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t all[SKEL_ONNX_NUMBERS] = {0};
    size_t used = 0;

    for (size_t i = 0; i < node->n_input; i++) {
        int64_t numbers[SKEL_ONNX_NUMBERS] = {0};
        size_t count = 0;

        if (!skel_onnx_shapes_numbers(reading, i, &count, numbers) ||
            used + count > SKEL_ONNX_NUMBERS) {
            return skel_onnx_reading_refuse(reading,
                                            "its input %zu is no list of numbers, or the "
                                            "lists have more than %d",
                                            i, SKEL_ONNX_NUMBERS);
        }
        memcpy(all + used, numbers, count * sizeof *all);
        used += count;
    }
    return put_numbers(reading, node, false, used, all);
}
