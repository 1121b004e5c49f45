/* Prints the network of an ONNX model. */
#include "inspect_network.h"

#include "skel/network.h"
#include "skel/onnx.h"
#include "skel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { CELL = 48 };

bool skel_inspect_network_is(const char *path)
{
    static const char ending[] = ".onnx";
    size_t length = strlen(path);
    size_t end = sizeof ending - 1;

    return length > end && strcasecmp(path + length - end, ending) == 0;
}

static const char *kind_name(skel_op_kind kind)
{
    switch (kind) {
    case SKEL_OP_CONV:
        return "conv";
    case SKEL_OP_BATCHNORM:
        return "batch norm";
    case SKEL_OP_RELU:
        return "relu";
    case SKEL_OP_LEAKY_RELU:
        return "leaky relu";
    case SKEL_OP_CLIP:
        return "clip";
    case SKEL_OP_SIGMOID:
        return "sigmoid";
    case SKEL_OP_ADD:
        return "add";
    case SKEL_OP_MUL:
        return "mul";
    case SKEL_OP_CONCAT:
        return "concat";
    case SKEL_OP_MAXPOOL:
        return "max-pool";
    case SKEL_OP_AVGPOOL:
        return "average pool";
    case SKEL_OP_LINEAR:
        break;
    }
    return "linear";
}

/* "3x3/2", "1x5 groups 8" */
static void window_text(const skel_op *op, char out[CELL])
{
    const skel_window *window = &op->window;
    char stride[CELL / 2] = "";
    char groups[CELL] = "";

    out[0] = '\0';
    if (window->kernel[0] == 0) {
        return;
    }
    if (window->stride[0] != 1 || window->stride[1] != 1) {
        bool square = window->stride[0] == window->stride[1];

        (void)snprintf(stride, sizeof stride, square ? "/%zu" : "/%zux%zu", window->stride[0],
                       window->stride[1]);
    }
    if (op->groups > 1) {
        (void)snprintf(groups, sizeof groups, ", %zu groups", op->groups);
    }
    (void)snprintf(out, CELL, "%zux%zu%.12s%.24s", window->kernel[0], window->kernel[1], stride,
                   groups);
}

static size_t parameters_of(const skel_network *network, const skel_op *op)
{
    size_t count = op->weight != SKEL_NONE ? network->parameter[op->weight].count : 0;

    return count + (op->bias != SKEL_NONE ? network->parameter[op->bias].count : 0);
}

static void print_op(const skel_network *network, size_t number, bool tsv)
{
    const skel_op *op = &network->op[number];
    const skel_tensor *out = &network->tensor[op->output];
    bool prunable = op->weight != SKEL_NONE && network->parameter[op->weight].prunable;
    char shape[CELL];
    char window[CELL];

    (void)snprintf(shape, sizeof shape, "%zux%zux%zu", out->channels, out->height, out->width);
    window_text(op, window);
    (void)printf(
        tsv ? "%s\t%s\t%s\t%s\t%zu\t%zu\t%.0f\n" : "  %-32s %-12s %-18s %-14s %10zu %10zu %13.0f\n",
        op->name[0] != '\0' || tsv ? op->name : "-", kind_name(op->kind), window, shape,
        parameters_of(network, op), prunable ? network->parameter[op->weight].count : (size_t)0,
        skel_network_op_macs(network, number));
}

static void print_ops(const skel_network *network, bool tsv)
{
    if (tsv) {
        (void)printf("name\tkind\twindow\toutput\tparameters\tprunable\tmultiply_adds\n");
    } else {
        (void)printf("\n  %-32s %-12s %-18s %-14s %10s %10s %13s\n", "operation", "kind", "window",
                     "output", "parameters", "prunable", "multiply-adds");
    }
    for (size_t i = 0; i < network->ops; i++) {
        print_op(network, i, tsv);
    }
}

static void print_notes(const char *notes)
{
    for (const char *at = notes; *at != '\0';) {
        int length = (int)strcspn(at, "\n");

        (void)printf("  %-24s %.*s\n", at == notes ? "notes" : "", length, at);
        at += length + (at[length] == '\n');
    }
}

static void print_head(const char *path, const skel_onnx_model *model)
{
    const skel_network *network = model->network;
    const skel_tensor *image = &network->tensor[0];
    char size[SKEL_TEXT_BYTES];
    struct stat facts;

    (void)printf("%s\n", path);
    if (stat(path, &facts) == 0) {
        skel_text_bytes((double)facts.st_size, size);
        (void)printf("  %-24s %s\n", "size", size);
    }
    (void)printf("  %-24s ONNX, operators of version %" PRIu64 "\n", "format", model->opset);
    if (model->producer[0] != '\0') {
        (void)printf("  %-24s %s\n", "producer", model->producer);
    }
    (void)printf("  %-24s %zu channel%s, %zux%zu pixels\n", "images", image->channels,
                 image->channels == 1 ? "" : "s", image->height, image->width);
    (void)printf("  %-24s %zu\n", "classes", network->classes);
    (void)printf("  %-24s %zu, prunable %zu\n", "parameters", network->parameter_count,
                 network->prunable_count);
    (void)printf("  %-24s %.0f for one image\n", "multiply-adds", skel_network_macs(network));
    print_notes(model->notes);
}

skel_status skel_inspect_network(const char *path, bool tsv)
{
    skel_onnx_model model = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_read(path, false, &model));
    if (!tsv) {
        print_head(path, &model);
    }
    print_ops(model.network, tsv);
done:
    skel_onnx_free(&model);
    return status;
}
