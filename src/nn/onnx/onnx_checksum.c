/* The checksum of a model and of the files beside it. */
#include "onnx_checksum.h"

#include "onnx_file.h"
#include "onnx_tensor.h"
#include "onnx_wire.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 8192 };

/* The files of external data, listed once each in the order of the model. */
typedef struct outside_files {
    const char *path; /* of the model */
    FILE *lines;      /* "FILE XXH3-128" */
    size_t count;
    char **file; /* [count] */
} outside_files;

/* Whether a file is listed. */
static bool is_listed(const outside_files *files, const char *file)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->file[i], file) == 0) {
            return true;
        }
    }
    return false;
}

static skel_status note_file(outside_files *files, const char *file)
{
    skel_status status = SKEL_OK;

    if (files->count % 64 == 0) {
        SKEL_TRY(SKEL_GROW(files->count + 64, sizeof *files->file, &files->file));
    }
    SKEL_TRY(skel_strdup(file, &files->file[files->count]));
    files->count++;
done:
    return status;
}

static skel_status add_file(outside_files *files, const char *file)
{
    const char *slash = strrchr(files->path, '/');
    size_t bytes = 0;
    uint8_t *data = NULL;
    char sum[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    if (is_listed(files, file)) {
        return SKEL_OK;
    }
    SKEL_TRY(note_file(files, file));
    status = skel_onnx_file_bytes(file, &bytes, &data);
    if (status != SKEL_OK) {
        SKEL_TRY(skel_error_prefix("%s has values in a file of their own", files->path));
    }
    skel_checksum_xxh3(bytes, data, sum);
    (void)fprintf(files->lines, "%s %s\n",
                  file + (slash != NULL ? (size_t)(slash - files->path) + 1 : 0), sum);
done:
    SKEL_FREE(&data);
    return status;
}

static skel_status add_tensor(outside_files *files, const Onnx__TensorProto *values)
{
    char file[PATH];
    skel_status status = skel_onnx_tensor_file(
        files->path, values->name != NULL ? values->name : "", values, sizeof file, file);

    return status == SKEL_OK && file[0] != '\0' ? add_file(files, file) : status;
}

/* Initializers, then the constants of nodes. */
static skel_status add_tensors(outside_files *files, const Onnx__GraphProto *graph)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < graph->n_initializer; i++) {
        SKEL_TRY(add_tensor(files, graph->initializer[i]));
    }
    for (size_t i = 0; i < graph->n_node; i++) {
        const Onnx__NodeProto *node = graph->node[i];

        for (size_t j = 0; j < node->n_attribute; j++) {
            if (node->attribute[j]->t != NULL) {
                SKEL_TRY(add_tensor(files, node->attribute[j]->t));
            }
        }
    }
done:
    return status;
}

static void free_files(outside_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        SKEL_FREE(&files->file[i]);
    }
    SKEL_FREE(&files->file);
}

skel_status skel_onnx_checksum_find(const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    outside_files files = {.path = path};
    Onnx__ModelProto *model = NULL;
    char *text = NULL;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_file_open(path, out, &model));
    files.lines = open_memstream(&text, &bytes); /* the C library's own block */
    if (files.lines == NULL) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the list of files of %s", path));
    }
    status = add_tensors(&files, model->graph);
    if (status == SKEL_OK && files.count > 0) {
        (void)fprintf(files.lines, ". %s\n", out);
    }
    if (fclose(files.lines) != 0 && status == SKEL_OK) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the list of files of %s", path);
    }
    if (status == SKEL_OK && files.count > 0) {
        skel_checksum_xxh3(bytes, text, out);
    }
    free(text); /* the C library's own block */
done:
    free_files(&files);
    skel_onnx_wire_free(&model);
    return status;
}
