/* From a file to a network and its values. */
#include "onnx_file.h"

#include "onnx_graph.h"
#include "onnx_naming.h"
#include "onnx_wire.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    NODES = 20000, /* most nodes of a graph */
    OLDEST_IR = 3, /* versions of the file format */
};

skel_status skel_onnx_file_bytes(const char *path, size_t *bytes, uint8_t **out)
{
    int descriptor = -1;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_input_open(path, &descriptor, bytes));
    SKEL_TRY(SKEL_ALLOC_RAW(*bytes, 1, out));
    for (size_t done = 0; done < *bytes;) {
        ssize_t got = read(descriptor, *out + done, *bytes - done);

        if (got < 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno)));
        }
        if (got == 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s became shorter while it was read", path));
        }
        done += (size_t)got;
    }
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    if (status != SKEL_OK) {
        SKEL_FREE(out);
    }
    return status;
}

skel_status skel_onnx_file_open(const char *path, char checksum[SKEL_CHECKSUM_TEXT],
                                Onnx__ModelProto **out)
{
    size_t bytes = 0;
    uint8_t *data = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_onnx_file_bytes(path, &bytes, &data));
    if (checksum != NULL) {
        skel_checksum_xxh3(bytes, data, checksum);
    }
    SKEL_TRY(skel_onnx_wire_unpack(path, bytes, data, out));
done:
    SKEL_FREE(&data);
    return status;
}

/* The version of the standard operators. */
static skel_status read_opset(const char *origin, const Onnx__ModelProto *model, uint64_t *out)
{
    int64_t version = 0;

    for (size_t i = 0; i < model->n_opset_import; i++) {
        const char *domain = model->opset_import[i]->domain;

        if (domain == NULL || domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0) {
            version = model->opset_import[i]->version;
        }
    }
    if (version < SKEL_ONNX_OPSET_MIN || version > SKEL_ONNX_OPSET_MAX ||
        model->ir_version < OLDEST_IR) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: it is written for version %" PRId64 " of ONNX's operators (opset), "
                         "in version %" PRId64 " of the format; %d to %d are read, in version %d "
                         "or newer; torch.onnx.export(..., opset_version=17) writes one of them",
                         origin, version, model->ir_version, SKEL_ONNX_OPSET_MIN,
                         SKEL_ONNX_OPSET_MAX, OLDEST_IR);
    }
    *out = (uint64_t)version;
    return SKEL_OK;
}

/* Reads the values of one constant into its slice; a matrix of [inputs, outputs] is turned. */
static skel_status fill(const char *origin, const skel_onnx_value *value, float out[])
{
    size_t rows = value->transposed ? value->constant.shape[0] : 0;
    size_t columns = value->transposed ? value->constant.shape[1] : 0;
    float *turned = NULL;
    skel_status status = SKEL_OK;

    if (!value->transposed) {
        return skel_onnx_tensor_floats(origin, value->name, &value->constant, out);
    }
    SKEL_TRY(SKEL_ALLOC(value->constant.count, sizeof *turned, &turned));
    SKEL_TRY(skel_onnx_tensor_floats(origin, value->name, &value->constant, turned));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            out[j * rows + i] = turned[i * columns + j];
        }
    }
done:
    SKEL_FREE(&turned);
    return status;
}

static skel_status read_values(const skel_onnx_reading *reading, skel_onnx_model *out)
{
    const skel_network *network = out->network;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &out->parameters));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &out->buffers));
    for (size_t i = 0; i < network->parameters; i++) {
        SKEL_TRY(fill(reading->origin, reading->parameter[i],
                      out->parameters + network->parameter[i].offset));
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *buffer = &network->buffer[i];

        SKEL_TRY(fill(reading->origin, reading->buffer[i], out->buffers + buffer->offset));
        for (size_t j = 0; buffer->is_variance && j < buffer->count; j++) {
            if (out->buffers[buffer->offset + j] < 0) {
                SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                                   "%s: element %zu of \"%s\" is a negative variance",
                                   reading->origin, j, buffer->name));
            }
        }
    }
done:
    return status;
}

/* Lines about what is read otherwise than it stands in the file. */
static void write_notes(const skel_onnx_remarks *remarks, char out[SKEL_ONNX_NOTES])
{
    char *at = out;
    size_t room = SKEL_ONNX_NOTES;

    out[0] = '\0';
    if (remarks->dropouts > 0) {
        (void)snprintf(at, room, "%zu Dropout node%s left out: skel trains without dropout\n",
                       remarks->dropouts, remarks->dropouts > 1 ? "s are" : " is");
    }
    room -= strlen(at);
    at += strlen(at);
    if (remarks->momenta > 0) {
        (void)snprintf(at, room,
                       "%zu batch norm%s another momentum in the file: running averages move by "
                       "0.1, as PyTorch's do unless told otherwise\n",
                       remarks->momenta, remarks->momenta > 1 ? "s have" : " has");
    }
    room -= strlen(at);
    at += strlen(at);
    if (remarks->converted > 0) {
        (void)snprintf(at, room, "%zu constant%s of %s %s converted to float32\n",
                       remarks->converted, remarks->converted > 1 ? "s" : "",
                       skel_onnx_tensor_type(remarks->converted_type),
                       remarks->converted > 1 ? "are" : "is");
    }
}

/* Channels of the first convolution, or units of the first linear layer. */
static size_t width_of(const skel_network *network)
{
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (skel_op_has_weights(op)) {
            return network->tensor[op->output].channels;
        }
    }
    return 0;
}

static void free_reading(skel_onnx_reading *reading)
{
    skel_network_destroy(&reading->builder.network);
    SKEL_FREE(&reading->buffer);
    SKEL_FREE(&reading->parameter);
    SKEL_FREE(&reading->absorbed);
    SKEL_FREE(&reading->live);
    skel_onnx_values_free(&reading->values);
}

skel_status skel_onnx_file_network(const char *origin, const char *name, bool described,
                                   bool weights, const Onnx__ModelProto *model,
                                   skel_onnx_model *out)
{
    skel_onnx_reading reading = {.origin = origin, .graph = model->graph};
    skel_status status = SKEL_OK;

    SKEL_TRY(read_opset(origin, model, &reading.opset));
    if (model->graph->n_node > NODES) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: the graph has %zu nodes, at most %d are read",
                           origin, model->graph->n_node, NODES));
    }
    SKEL_TRY(skel_onnx_values_collect(origin, described, model->graph, &reading.values));
    SKEL_TRY(skel_onnx_graph_read(&reading, name));
    SKEL_TRY(skel_onnx_naming_apply(&reading));
    reading.builder.network->width = width_of(reading.builder.network);
    SKEL_TRY(skel_builder_finish(&reading.builder, &out->network));
    if (weights) {
        SKEL_TRY(read_values(&reading, out));
    }
    out->opset = reading.opset;
    (void)snprintf(out->producer, sizeof out->producer, "%.40s%s%.20s",
                   model->producer_name != NULL ? model->producer_name : "",
                   model->producer_version != NULL ? " " : "",
                   model->producer_version != NULL ? model->producer_version : "");
    write_notes(&reading.remarks, out->notes);
done:
    free_reading(&reading);
    return status;
}
