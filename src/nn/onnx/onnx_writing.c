/* A network as an ONNX model: its constants, its input and output. */
#include "onnx_writing.h"

#include "onnx_nodes.h"

#include "skel/memory.h"
#include "skel/version.h"

enum {
    OPSET = 13,
    IR_VERSION = 7,
    SIZE_MAX_PROTO = 2147483647, /* bytes of the largest message */
};

/* A network that is written. */
typedef struct onnx_writing {
    const skel_network *network;
    const skel_onnx_values *values; /* NULL: shapes alone */
    skel_onnx_nodes nodes;
    float *masked; /* [parameter_count] with zeros where the mask has them; NULL without mask */
} onnx_writing;

/* The kept weights of a parameter and their places. */
static void add_sparse(onnx_writing *writing, const skel_parameter *parameter, const float all[])
{
    const uint8_t *keep =
        writing->values->keep != NULL ? writing->values->keep + parameter->offset : NULL;
    size_t count = 0;
    float *values = NULL;
    int64_t *index = NULL;

    for (size_t i = 0; i < parameter->count; i++) {
        count += keep == NULL || keep[i] != 0;
    }
    values = skel_onnx_parts_make(&writing->nodes.parts, count, sizeof *values);
    index = skel_onnx_parts_make(&writing->nodes.parts, count, sizeof *index);
    count = 0;
    for (size_t i = 0; writing->nodes.parts.status == SKEL_OK && i < parameter->count; i++) {
        if (keep == NULL || keep[i] != 0) {
            values[count] = all[i];
            index[count++] = (int64_t)i;
        }
    }
    skel_onnx_parts_sparse(&writing->nodes.parts, parameter->name, parameter->dims,
                           parameter->shape, count, values, index);
}

static void add_constants(onnx_writing *writing)
{
    const skel_network *network = writing->network;
    const skel_onnx_values *values = writing->values;
    const float *all = writing->masked != NULL ? writing->masked
                       : values != NULL        ? values->parameters
                                               : NULL;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        if (values != NULL && values->sparse && parameter->prunable) {
            add_sparse(writing, parameter, all + parameter->offset);
            continue;
        }
        skel_onnx_parts_tensor(&writing->nodes.parts, parameter->name,
                               ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, parameter->dims,
                               parameter->shape, parameter->count * sizeof(float),
                               all != NULL ? all + parameter->offset : NULL);
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *buffer = &network->buffer[i];

        skel_onnx_parts_tensor(&writing->nodes.parts, buffer->name,
                               ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 1, &buffer->count,
                               buffer->count * sizeof(float),
                               values != NULL ? values->buffers + buffer->offset : NULL);
    }
}

static skel_status mask_parameters(onnx_writing *writing)
{
    const skel_onnx_values *values = writing->values;
    size_t count = writing->network->parameter_count;
    skel_status status = SKEL_OK;

    if (values == NULL || values->keep == NULL) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof *writing->masked, &writing->masked));
    for (size_t i = 0; i < count; i++) {
        writing->masked[i] = values->keep[i] != 0 ? values->parameters[i] : 0.0F;
    }
done:
    return status;
}

static skel_status pack(onnx_writing *writing, size_t *bytes, uint8_t **out)
{
    skel_onnx_parts *parts = &writing->nodes.parts;
    const skel_tensor *image = &writing->network->tensor[0];
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    Onnx__GraphProto graph = ONNX__GRAPH_PROTO__INIT;
    Onnx__OperatorSetIdProto set = ONNX__OPERATOR_SET_ID_PROTO__INIT;
    Onnx__OperatorSetIdProto *sets[] = {&set};
    Onnx__ValueInfoProto *input = skel_onnx_parts_value(
        parts, "input", 4, (const size_t[]){0, image->channels, image->height, image->width});
    Onnx__ValueInfoProto *output =
        skel_onnx_parts_value(parts, "logits", 2, (const size_t[]){0, writing->network->classes});
    skel_status status = SKEL_OK;

    model.producer_name = skel_onnx_parts_text(parts, "skel");
    model.producer_version = skel_onnx_parts_text(parts, skel_version());
    graph.name = skel_onnx_parts_text(parts, writing->network->name);
    set.domain = skel_onnx_parts_text(parts, "");
    SKEL_TRY(parts->status);
    set.has_version = 1;
    set.version = OPSET;
    graph.n_input = 1;
    graph.input = &input;
    graph.n_output = 1;
    graph.output = &output;
    graph.n_node = parts->nodes;
    graph.node = parts->node;
    graph.n_initializer = parts->tensors;
    graph.initializer = parts->tensor;
    graph.n_sparse_initializer = parts->sparses;
    graph.sparse_initializer = parts->sparse;
    model.has_ir_version = 1;
    model.ir_version = IR_VERSION;
    model.n_opset_import = 1;
    model.opset_import = sets;
    model.graph = &graph;
    *bytes = onnx__model_proto__get_packed_size(&model);
    if (*bytes > SIZE_MAX_PROTO) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_CONFIG,
                           "an ONNX model of %zu bytes: the format has 2147483647 at most; export "
                           "to NumPy's format instead",
                           *bytes));
    }
    SKEL_TRY(SKEL_ALLOC_RAW(*bytes, 1, out));
    (void)onnx__model_proto__pack(&model, *out);
done:
    return status;
}

skel_status skel_onnx_writing_pack(const skel_network *network, const skel_onnx_values *values,
                                   size_t *bytes, uint8_t **out)
{
    onnx_writing writing = {.network = network, .values = values, .nodes = {.network = network}};
    size_t last = network->op[network->ops - 1].output;
    skel_status status = SKEL_OK;

    *bytes = 0;
    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(network->tensors, 1, &writing.nodes.flat));
    SKEL_TRY(SKEL_ALLOC(network->tensors, 1, &writing.nodes.converted));
    SKEL_TRY(mask_parameters(&writing));
    add_constants(&writing);
    for (size_t i = 0; i < network->ops; i++) {
        writing.nodes.number = i;
        skel_onnx_nodes_add(&writing.nodes, &network->op[i]);
    }
    if (!writing.nodes.flat[last]) { /* a network without a linear layer at its end */
        char from[SKEL_ONNX_VALUE];

        skel_onnx_nodes_value(&writing.nodes, last, from);
        skel_onnx_parts_node(&writing.nodes.parts, "Flatten", "logits", "logits",
                             (const char *[]){from, NULL});
        skel_onnx_parts_integer(&writing.nodes.parts, "axis", 1);
    }
    SKEL_TRY(pack(&writing, bytes, out));
done:
    SKEL_FREE(&writing.masked);
    SKEL_FREE(&writing.nodes.converted);
    SKEL_FREE(&writing.nodes.flat);
    skel_onnx_parts_free(&writing.nodes.parts);
    return status;
}
