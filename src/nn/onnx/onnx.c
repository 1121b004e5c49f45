/* ONNX models, in a build that has Protocol Buffers; without it each function says so. */
#include "skel/onnx.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

#ifdef SKEL_ONNX

#include "onnx_checksum.h"
#include "onnx_file.h"
#include "onnx_wire.h"
#include "onnx_writing.h"

bool skel_onnx_is_built(void)
{
    return true;
}

void skel_onnx_libraries(char out[SKEL_LIBRARIES])
{
    (void)snprintf(out, SKEL_LIBRARIES, "protobuf-c %.20s", protobuf_c_version());
}

/* The file's name without folders, which is also its network's; cut if it is very long. */
static void name_of(const char *path, char out[SKEL_NAME])
{
    const char *slash = strrchr(path, '/');

    (void)snprintf(out, SKEL_NAME, "%.63s", slash != NULL ? slash + 1 : path);
}

skel_status skel_onnx_read(const char *path, bool weights, skel_onnx_model *out)
{
    Onnx__ModelProto *model = NULL;
    char name[SKEL_NAME];
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    name_of(path, name);
    SKEL_TRY(skel_onnx_file_open(path, NULL, &model));
    SKEL_TRY(skel_onnx_file_network(path, name, false, weights, model, out));
done:
    skel_onnx_wire_free(&model);
    if (status != SKEL_OK) {
        skel_onnx_free(out);
    }
    return status;
}

skel_status skel_onnx_parse(const char *origin, const char *name, size_t bytes,
                            const uint8_t data[], skel_network **out)
{
    Onnx__ModelProto *model = NULL;
    skel_onnx_model read = {0};
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_onnx_wire_unpack(origin, bytes, data, &model));
    SKEL_TRY(skel_onnx_file_network(origin, name, true, false, model, &read));
    *out = read.network;
    read.network = NULL;
done:
    skel_onnx_free(&read);
    skel_onnx_wire_free(&model);
    return status;
}

skel_status skel_onnx_pack(const skel_network *network, const skel_onnx_values *values,
                           size_t *bytes, uint8_t **out)
{
    return skel_onnx_writing_pack(network, values, bytes, out);
}

skel_status skel_onnx_checksum(const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    return skel_onnx_checksum_find(path, out);
}

#else

static skel_status refuse(void)
{
    return SKEL_FAIL(SKEL_ERR_MISSING,
                     "this skel was built without ONNX models; build it with cmake -DSKEL_ONNX=ON");
}

bool skel_onnx_is_built(void)
{
    return false;
}

void skel_onnx_libraries(char out[SKEL_LIBRARIES])
{
    out[0] = '\0';
}

skel_status skel_onnx_read(const char *path, bool weights, skel_onnx_model *out)
{
    (void)path;
    (void)weights;
    memset(out, 0, sizeof *out);
    return refuse();
}

skel_status skel_onnx_parse(const char *origin, const char *name, size_t bytes,
                            const uint8_t data[], skel_network **out)
{
    (void)origin;
    (void)name;
    (void)bytes;
    (void)data;
    *out = NULL;
    return refuse();
}

skel_status skel_onnx_pack(const skel_network *network, const skel_onnx_values *values,
                           size_t *bytes, uint8_t **out)
{
    (void)network;
    (void)values;
    *bytes = 0;
    *out = NULL;
    return refuse();
}

skel_status skel_onnx_checksum(const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    (void)path;
    out[0] = '\0';
    return refuse();
}

#endif

void skel_onnx_free(skel_onnx_model *model)
{
    skel_network_destroy(&model->network);
    SKEL_FREE(&model->parameters);
    SKEL_FREE(&model->buffers);
    memset(model, 0, sizeof *model);
}
