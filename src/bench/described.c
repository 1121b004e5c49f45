/* A network's description: one line for each operation. */
#include "described.h"

#include "skel/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_window(FILE *file, const skel_window *w)
{
    const size_t *pairs[] = {w->kernel, w->stride, w->dilation, w->before, w->after};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        (void)fprintf(file, " %zu %zu", pairs[i][0], pairs[i][1]);
    }
}

static const char *word_of(skel_op_kind kind)
{
    static const char *const words[SKEL_OP_KINDS] = {
        [SKEL_OP_CONV] = "conv",       [SKEL_OP_BATCHNORM] = "norm",
        [SKEL_OP_RELU] = "relu",       [SKEL_OP_LEAKY_RELU] = "leaky_relu",
        [SKEL_OP_CLIP] = "clip",       [SKEL_OP_SIGMOID] = "sigmoid",
        [SKEL_OP_ADD] = "add",         [SKEL_OP_MUL] = "mul",
        [SKEL_OP_CONCAT] = "concat",   [SKEL_OP_MAXPOOL] = "maxpool",
        [SKEL_OP_AVGPOOL] = "avgpool", [SKEL_OP_LINEAR] = "linear"};

    return words[kind];
}

/* The names that a layer's weights and running averages have in files. */
static void write_names(FILE *file, const skel_network *network, const skel_op *op)
{
    (void)fprintf(file, " %s", network->parameter[op->weight].name);
    if (op->bias != SKEL_NONE) {
        (void)fprintf(file, " %s", network->parameter[op->bias].name);
    }
    if (op->mean != SKEL_NONE) {
        (void)fprintf(file, " %s %s", network->buffer[op->mean].name,
                      network->buffer[op->variance].name);
    }
}

/* What a description has behind the tensors of an operation. */
static void write_numbers(FILE *file, const skel_network *network, const skel_op *op)
{
    skel_tensor in = network->tensor[op->input];
    int bias = op->bias != SKEL_NONE;

    switch (op->kind) {
    case SKEL_OP_CONV:
        (void)fprintf(file, " %zu %zu", in.channels, network->tensor[op->output].channels);
        write_window(file, &op->window);
        (void)fprintf(file, " %zu %d", op->groups, bias);
        break;
    case SKEL_OP_LINEAR:
        (void)fprintf(file, " %zu %zu %d", in.channels * in.height * in.width,
                      network->tensor[op->output].channels, bias);
        break;
    case SKEL_OP_BATCHNORM:
        (void)fprintf(file, " %zu %.17g", in.channels, op->epsilon);
        break;
    case SKEL_OP_LEAKY_RELU:
        (void)fprintf(file, " %.17g", op->slope);
        break;
    case SKEL_OP_CLIP:
        (void)fprintf(file, " %.17g %.17g", op->low, op->high);
        break;
    case SKEL_OP_MAXPOOL:
        write_window(file, &op->window);
        break;
    case SKEL_OP_AVGPOOL:
        write_window(file, &op->window);
        (void)fprintf(file, " %d", op->counts_padding ? 1 : 0);
        break;
    case SKEL_OP_RELU:
    case SKEL_OP_SIGMOID:
    case SKEL_OP_ADD:
    case SKEL_OP_MUL:
    case SKEL_OP_CONCAT:
        break;
    }
}

static void write_lines(FILE *file, const skel_network *network)
{
    skel_tensor image = network->tensor[0];

    (void)fprintf(file, "image %zu %zu %zu\n", image.channels, image.height, image.width);
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        (void)fprintf(file, "%s %zu", word_of(op->kind), op->input);
        if (op->other != SKEL_NONE) {
            (void)fprintf(file, " %zu", op->other);
        }
        (void)fprintf(file, " %zu", op->output);
        write_numbers(file, network, op);
        if (op->weight != SKEL_NONE) {
            write_names(file, network, op);
        }
        (void)fputc('\n', file);
    }
}

static skel_status write_file(const skel_network *network, char path[SKEL_DESCRIBED_PATH])
{
    const char *folder = getenv("TMPDIR");
    FILE *file = NULL;
    int number = -1;
    bool failed = false;

    if (folder == NULL || folder[0] != '/' || strlen(folder) + 32 > SKEL_DESCRIBED_PATH ||
        strpbrk(folder, " \t\n") != NULL) { /* the peer's requests are words */
        folder = "/tmp";
    }
    (void)snprintf(path, SKEL_DESCRIBED_PATH, "%s/skel-network-XXXXXX", folder);
    number = mkstemp(path);
    file = number < 0 ? NULL : fdopen(number, "w");
    if (file != NULL) {
        write_lines(file, network);
        failed = ferror(file) != 0;
        failed = fclose(file) != 0 || failed;
    }
    if (file == NULL && number >= 0) {
        (void)close(number);
    }
    if (file == NULL || failed) {
        skel_status status = SKEL_FAIL(SKEL_ERR_IO, "%s: write the network's description: %s", path,
                                       strerror(errno));

        if (number >= 0) {
            skel_described_remove(path);
        }
        path[0] = '\0';
        return status;
    }
    return SKEL_OK;
}

const char *skel_described_for(const skel_bench *bench, const skel_network *network,
                               char path[SKEL_DESCRIBED_PATH])
{
    path[0] = '\0';
    if (bench->peer == NULL) {
        return network->name;
    }
    if (write_file(network, path) != SKEL_OK) {
        SKEL_WARN("%s; the peer takes its own network of that name", skel_error_message());
        skel_error_clear();
        return network->name;
    }
    return path;
}

void skel_described_remove(const char path[SKEL_DESCRIBED_PATH])
{
    if (path[0] != '\0') {
        (void)unlink(path);
    }
}
