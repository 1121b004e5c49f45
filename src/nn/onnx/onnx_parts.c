/* The parts of a model that is written. */
#include "onnx_parts.h"

#include "skel/memory.h"

#include <string.h>

enum { CHUNK = 64 };

void skel_onnx_parts_free(skel_onnx_parts *parts)
{
    for (size_t i = 0; i < parts->blocks; i++) {
        SKEL_FREE(&parts->block[i]);
    }
    SKEL_FREE(&parts->block);
    SKEL_FREE(&parts->node);
    SKEL_FREE(&parts->tensor);
    SKEL_FREE(&parts->sparse);
}

/* Room for one more entry of an array. */
static bool make_room(skel_onnx_parts *parts, size_t used, size_t size, void **array)
{
    if (parts->status == SKEL_OK && used % CHUNK == 0) {
        parts->status = skel_grow(used + CHUNK, size, array);
    }
    return parts->status == SKEL_OK;
}

void *skel_onnx_parts_make(skel_onnx_parts *parts, size_t count, size_t size)
{
    void *block = NULL;

    if (!make_room(parts, parts->blocks, sizeof *parts->block, (void **)(void *)&parts->block)) {
        return NULL;
    }
    parts->status = skel_alloc(count, size, &block);
    if (parts->status == SKEL_OK) {
        parts->block[parts->blocks++] = block;
    }
    return block;
}

char *skel_onnx_parts_text(skel_onnx_parts *parts, const char *text)
{
    static char nothing[1];
    size_t bytes = strlen(text) + 1;
    char *copy = skel_onnx_parts_make(parts, bytes, 1);

    if (copy == NULL) {
        return nothing;
    }
    memcpy(copy, text, bytes);
    return copy;
}

void skel_onnx_parts_node(skel_onnx_parts *parts, const char *type, const char *name,
                          const char *output, const char *const inputs[])
{
    Onnx__NodeProto *node = skel_onnx_parts_make(parts, 1, sizeof *node);
    size_t count = 0;

    while (inputs[count] != NULL) {
        count++;
    }
    if (node == NULL ||
        !make_room(parts, parts->nodes, sizeof *parts->node, (void **)(void *)&parts->node)) {
        return;
    }
    onnx__node_proto__init(node);
    node->input = skel_onnx_parts_make(parts, count, sizeof *node->input);
    node->output = skel_onnx_parts_make(parts, 1, sizeof *node->output);
    if (parts->status != SKEL_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        node->input[i] = skel_onnx_parts_text(parts, inputs[i]);
    }
    node->output[0] = skel_onnx_parts_text(parts, output);
    node->op_type = skel_onnx_parts_text(parts, type);
    node->name = skel_onnx_parts_text(parts, name);
    node->n_input = count;
    node->n_output = 1;
    parts->node[parts->nodes++] = node;
}

/* A new attribute of the last node; NULL after an error. */
static Onnx__AttributeProto *add_attribute(skel_onnx_parts *parts, const char *name,
                                           Onnx__AttributeProto__AttributeType type)
{
    enum { MOST = 8 };
    Onnx__NodeProto *node = NULL;
    Onnx__AttributeProto *attribute = skel_onnx_parts_make(parts, 1, sizeof *attribute);

    if (attribute == NULL || parts->nodes == 0) {
        return NULL;
    }
    node = parts->node[parts->nodes - 1];
    if (node->attribute == NULL) {
        node->attribute = skel_onnx_parts_make(parts, MOST, sizeof *node->attribute);
    }
    if (parts->status != SKEL_OK) {
        return NULL;
    }
    SKEL_ASSERT(node->n_attribute < MOST);
    onnx__attribute_proto__init(attribute);
    attribute->name = skel_onnx_parts_text(parts, name);
    attribute->has_type = 1;
    attribute->type = type;
    node->attribute[node->n_attribute++] = attribute;
    return attribute;
}

void skel_onnx_parts_integer(skel_onnx_parts *parts, const char *name, int64_t value)
{
    Onnx__AttributeProto *attribute =
        add_attribute(parts, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

    if (attribute != NULL) {
        attribute->has_i = 1;
        attribute->i = value;
    }
}

void skel_onnx_parts_real(skel_onnx_parts *parts, const char *name, double value)
{
    Onnx__AttributeProto *attribute =
        add_attribute(parts, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

    if (attribute != NULL) {
        attribute->has_f = 1;
        attribute->f = (float)value;
    }
}

/* A copy of sizes as ONNX has them. */
static int64_t *copy_sizes(skel_onnx_parts *parts, size_t count, const size_t sizes[])
{
    int64_t *copy = skel_onnx_parts_make(parts, count, sizeof *copy);

    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = (int64_t)sizes[i];
    }
    return copy;
}

void skel_onnx_parts_integers(skel_onnx_parts *parts, const char *name, size_t count,
                              const size_t values[])
{
    Onnx__AttributeProto *attribute =
        add_attribute(parts, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);

    if (attribute != NULL) {
        attribute->ints = copy_sizes(parts, count, values);
        attribute->n_ints = attribute->ints != NULL ? count : 0;
    }
}

/* A tensor that is no initializer yet; NULL after an error. The data are only read. */
static Onnx__TensorProto *make_tensor(skel_onnx_parts *parts, const char *name, int32_t type,
                                      size_t dims, const size_t shape[], size_t bytes,
                                      const void *data)
{
    Onnx__TensorProto *tensor = skel_onnx_parts_make(parts, 1, sizeof *tensor);
    union {
        const void *given;
        uint8_t *packed;
    } bridge = {.given = data};

    if (tensor == NULL) {
        return NULL;
    }
    onnx__tensor_proto__init(tensor);
    tensor->dims = copy_sizes(parts, dims, shape);
    tensor->name = skel_onnx_parts_text(parts, name);
    tensor->n_dims = parts->status == SKEL_OK ? dims : 0;
    tensor->has_data_type = 1;
    tensor->data_type = type;
    tensor->has_raw_data = data != NULL;
    tensor->raw_data =
        (ProtobufCBinaryData){.len = data != NULL ? bytes : 0, .data = bridge.packed};
    return tensor;
}

void skel_onnx_parts_tensor(skel_onnx_parts *parts, const char *name, int32_t type, size_t dims,
                            const size_t shape[], size_t bytes, const void *data)
{
    Onnx__TensorProto *tensor = make_tensor(parts, name, type, dims, shape, bytes, data);

    if (tensor != NULL &&
        make_room(parts, parts->tensors, sizeof *parts->tensor, (void **)(void *)&parts->tensor)) {
        parts->tensor[parts->tensors++] = tensor;
    }
}

void skel_onnx_parts_sparse(skel_onnx_parts *parts, const char *name, size_t dims,
                            const size_t shape[], size_t count, const float values[],
                            const int64_t index[])
{
    Onnx__SparseTensorProto *sparse = skel_onnx_parts_make(parts, 1, sizeof *sparse);

    if (sparse == NULL ||
        !make_room(parts, parts->sparses, sizeof *parts->sparse, (void **)(void *)&parts->sparse)) {
        return;
    }
    onnx__sparse_tensor_proto__init(sparse);
    sparse->values = make_tensor(parts, name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 1, &count,
                                 count * sizeof *values, values);
    sparse->indices = make_tensor(parts, "", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 1, &count,
                                  count * sizeof *index, index);
    sparse->dims = copy_sizes(parts, dims, shape);
    sparse->n_dims = dims;
    if (parts->status == SKEL_OK) {
        parts->sparse[parts->sparses++] = sparse;
    }
}

Onnx__ValueInfoProto *skel_onnx_parts_value(skel_onnx_parts *parts, const char *name, size_t dims,
                                            const size_t shape[])
{
    Onnx__ValueInfoProto *value = skel_onnx_parts_make(parts, 1, sizeof *value);
    Onnx__TypeProto *type = skel_onnx_parts_make(parts, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = skel_onnx_parts_make(parts, 1, sizeof *tensor);
    Onnx__TensorShapeProto *sizes = skel_onnx_parts_make(parts, 1, sizeof *sizes);
    Onnx__TensorShapeProto__Dimension *dim = skel_onnx_parts_make(parts, dims, sizeof *dim);
    Onnx__TensorShapeProto__Dimension **list = skel_onnx_parts_make(parts, dims, sizeof *list);

    if (parts->status != SKEL_OK) {
        return NULL;
    }
    onnx__value_info_proto__init(value);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(sizes);
    for (size_t i = 0; i < dims; i++) {
        onnx__tensor_shape_proto__dimension__init(&dim[i]);
        dim[i].value_case = i == 0 ? ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
                                   : ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        if (i == 0) {
            dim[i].dim_param = skel_onnx_parts_text(parts, "batch");
        } else {
            dim[i].dim_value = (int64_t)shape[i];
        }
        list[i] = &dim[i];
    }
    sizes->n_dim = dims;
    sizes->dim = list;
    tensor->has_elem_type = 1;
    tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    tensor->shape = sizes;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    value->name = skel_onnx_parts_text(parts, name);
    value->type = type;
    return value;
}
