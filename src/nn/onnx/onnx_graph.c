/* From a graph to the operations of a network: which nodes count, in which order, and what goes in
 * and out. */
#include "onnx_graph.h"

#include "onnx_operators.h"

#include "skel/memory.h"

/* Marks what the output depends on, from the last node to the first. */
static skel_status mark_live(skel_onnx_reading *reading)
{
    const Onnx__GraphProto *graph = reading->graph;

    for (size_t i = graph->n_node; i-- > 0;) {
        const Onnx__NodeProto *node = graph->node[i];

        reading->node = i;
        for (size_t j = 0; j < node->n_output; j++) {
            const skel_onnx_value *value = skel_onnx_values_find(&reading->values, node->output[j]);

            reading->live[i] = reading->live[i] || (value != NULL && value->needed);
        }
        for (size_t j = 0; reading->live[i] && j < node->n_input; j++) {
            skel_onnx_value *value = skel_onnx_reading_input(reading, j);

            if (value == NULL && node->input[j][0] != '\0') {
                return skel_onnx_reading_refuse(reading, "nothing in the graph is its input \"%s\"",
                                                node->input[j]);
            }
            if (value != NULL && value->producer != SKEL_NONE && value->producer >= i) {
                return skel_onnx_reading_refuse(
                    reading,
                    "it reads \"%s\", which node %zu computes after it: the graph has a loop, or "
                    "its nodes are not in order",
                    value->name, value->producer);
            }
            if (value != NULL) {
                value->needed = true;
                value->readers++;
                value->reader = i;
            }
        }
    }
    return SKEL_OK;
}

/* One dimension of the input; 0 if the file leaves it open. */
static int64_t input_dimension(const Onnx__TensorShapeProto *shape, size_t i)
{
    const Onnx__TensorShapeProto__Dimension *dim = shape->dim[i];

    return dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE ? dim->dim_value
                                                                                   : 0;
}

/* Counts what is an input or an output, for the messages. */
static const Onnx__ValueInfoProto *only_input(const skel_onnx_reading *reading, size_t *count)
{
    const Onnx__ValueInfoProto *found = NULL;

    *count = 0;
    for (size_t i = 0; i < reading->graph->n_input; i++) {
        const Onnx__ValueInfoProto *input = reading->graph->input[i];
        const skel_onnx_value *value =
            input->name != NULL ? skel_onnx_values_find(&reading->values, input->name) : NULL;

        if (value != NULL && value->kind != SKEL_ONNX_CONSTANT) {
            found = input;
            ++*count;
        }
    }
    return found;
}

/* The image: [batch][channels][height][width] or [batch][features]. */
static skel_status read_input(skel_onnx_reading *reading, skel_tensor *out)
{
    size_t count = 0;
    const Onnx__ValueInfoProto *input = only_input(reading, &count);
    const Onnx__TensorShapeProto *shape = NULL;
    size_t side[3] = {1, 1, 1};
    skel_onnx_value *value = NULL;

    if (count != 1) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the graph has %zu inputs; it must have one, the images",
                         reading->origin, count);
    }
    if (input->type != NULL && input->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE &&
        input->type->tensor_type != NULL) {
        shape = input->type->tensor_type->shape;
    }
    if (shape == NULL || (shape->n_dim != 4 && shape->n_dim != 2)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the input \"%s\" has %zu dimensions; images have four: batch, "
                         "channels, height, width",
                         reading->origin, input->name, shape != NULL ? shape->n_dim : 0);
    }
    for (size_t i = 1; i < shape->n_dim; i++) {
        int64_t dimension = input_dimension(shape, i);

        if (dimension < 1 || dimension > 65536) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: dimension %zu of the input \"%s\" is %s; it must be a number "
                             "from 1 to 65536, only the batch (dimension 0) may be left open",
                             reading->origin, i, input->name,
                             dimension == 0 ? "left open" : "out of range");
        }
        side[i - 1] = (size_t)dimension;
    }
    *out = (skel_tensor){side[0], side[1], side[2]};
    reading->batch = input_dimension(shape, 0) > 0 ? input_dimension(shape, 0) : SKEL_ONNX_BATCH;
    value = skel_onnx_values_find(&reading->values, input->name);
    value->kind = SKEL_ONNX_ACTIVATION;
    value->tensor = 0;
    value->flat = shape->n_dim == 2;
    return SKEL_OK;
}

/* The graph's one output. */
static skel_status find_output(const skel_onnx_reading *reading, skel_onnx_value **out)
{
    const Onnx__GraphProto *graph = reading->graph;

    if (graph->n_output != 1) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the graph has %zu outputs; it must have one, the logits of the "
                         "classes",
                         reading->origin, graph->n_output);
    }
    *out = graph->output[0]->name != NULL
               ? skel_onnx_values_find(&reading->values, graph->output[0]->name)
               : NULL;
    if (*out == NULL || (*out)->producer == SKEL_NONE) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: no node computes the graph's output \"%s\"",
                         reading->origin,
                         graph->output[0]->name != NULL ? graph->output[0]->name : "");
    }
    (*out)->needed = true;
    return SKEL_OK;
}

static skel_status read_nodes(skel_onnx_reading *reading)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < reading->graph->n_node; i++) {
        reading->node = i;
        if (reading->live[i] && skel_onnx_operators_is_constant(reading->graph->node[i])) {
            SKEL_TRY(skel_onnx_operators_read(reading));
        }
    }
    for (size_t i = 0; i < reading->graph->n_node; i++) {
        reading->node = i;
        if (reading->live[i] && !skel_onnx_operators_is_constant(reading->graph->node[i])) {
            SKEL_TRY(skel_onnx_operators_read(reading));
        }
    }
done:
    return status;
}

/* The output must be one number for each class, computed by the last operation. */
static skel_status check_output(const skel_onnx_reading *reading, const skel_onnx_value *output)
{
    const skel_network *network = reading->builder.network;
    skel_tensor shape;

    if (output->kind != SKEL_ONNX_ACTIVATION || network->ops == 0 ||
        output->tensor != network->op[network->ops - 1].output) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the output \"%s\" is not computed from the image",
                         reading->origin, output->name);
    }
    if (output->padded) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the output \"%s\" is padded with zeros; it must be [batch, classes], "
                         "the logits of two classes or more",
                         reading->origin, output->name);
    }
    shape = network->tensor[output->tensor];
    if (shape.height != 1 || shape.width != 1 || shape.channels < 2) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the output \"%s\" is [batch, %zu, %zu, %zu]; it must be [batch, "
                         "classes], the logits of two classes or more",
                         reading->origin, output->name, shape.channels, shape.height, shape.width);
    }
    if (network->prunable_count == 0 || network->parameter_count > INT32_MAX) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the network has %zu weights that can be pruned, of %zu parameters; "
                         "1 or more are needed, and %d parameters can be",
                         reading->origin, network->prunable_count, network->parameter_count,
                         INT32_MAX);
    }
    return SKEL_OK;
}

skel_status skel_onnx_graph_read(skel_onnx_reading *reading, const char *name)
{
    skel_onnx_value *output = NULL;
    skel_tensor image = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(reading->graph->n_node, 1, &reading->live));
    SKEL_TRY(SKEL_ALLOC(reading->graph->n_node, 1, &reading->absorbed));
    SKEL_TRY(read_input(reading, &image));
    SKEL_TRY(find_output(reading, &output));
    SKEL_TRY(mark_live(reading));
    skel_builder_start(&reading->builder, name, 0, image, 0);
    SKEL_TRY(reading->builder.status);
    SKEL_TRY(read_nodes(reading));
    SKEL_TRY(check_output(reading, output));
    reading->builder.network->classes = reading->builder.network->tensor[output->tensor].channels;
done:
    return status;
}
