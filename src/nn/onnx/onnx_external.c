/* Values outside the model's file. Keys of a constant: location, offset, length. */
#include "onnx_external.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 8192 };

static const char *value_of(const Onnx__TensorProto *values, const char *key)
{
    for (size_t i = 0; i < values->n_external_data; i++) {
        const Onnx__StringStringEntryProto *entry = values->external_data[i];

        if (entry->key != NULL && entry->value != NULL && strcmp(entry->key, key) == 0) {
            return entry->value;
        }
    }
    return NULL;
}

/* Whether a place has "..", is absolute, or is nothing at all. */
static bool leaves_folder(const char *location)
{
    for (const char *at = location; at != NULL; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')) {
            return true;
        }
    }
    return location[0] == '/' || location[0] == '\0';
}

skel_status skel_onnx_external_path(const char *origin, const char *name,
                                    const Onnx__TensorProto *values, size_t room, char out[])
{
    const char *location = value_of(values, "location");
    const char *slash = strrchr(origin, '/');
    int folder = slash != NULL ? (int)(slash - origin) + 1 : 0;

    if (location == NULL || leaves_folder(location)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the values of \"%s\" are in the file \"%s\", which is not in the "
                         "model's folder or below it",
                         origin, name, location != NULL ? location : "");
    }
    if (snprintf(out, room, "%.*s%s", folder, origin, location) >= (int)room) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the path of the values of \"%s\" is too long", origin,
                         name);
    }
    return SKEL_OK;
}

/* A number of the keys; `fallback` if there is none. */
static skel_status number_of(const char *origin, const char *name, const Onnx__TensorProto *values,
                             const char *key, uint64_t fallback, uint64_t *out)
{
    const char *text = value_of(values, key);
    char *end = NULL;

    *out = fallback;
    if (text == NULL) {
        return SKEL_OK;
    }
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-') {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the %s of the values of \"%s\" is \"%s\", no number",
                         origin, key, name, text);
    }
    return SKEL_OK;
}

static skel_status read_all(const char *path, int descriptor, uint64_t offset, size_t bytes,
                            uint8_t out[])
{
    ssize_t got = skel_input_read(descriptor, offset, bytes, out);

    if (got < 0 || (size_t)got < bytes) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path,
                         got < 0 ? strerror(errno) : "the file has become shorter");
    }
    return SKEL_OK;
}

skel_status skel_onnx_external_read(const char *origin, const char *name,
                                    const Onnx__TensorProto *values, size_t bytes, uint8_t **out)
{
    char path[PATH];
    uint64_t offset = 0;
    uint64_t length = 0;
    size_t size = 0;
    int descriptor = -1;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_onnx_external_path(origin, name, values, sizeof path, path));
    SKEL_TRY(number_of(origin, name, values, "offset", 0, &offset));
    SKEL_TRY(number_of(origin, name, values, "length", bytes, &length));
    status = skel_input_open(path, &descriptor, &size);
    if (status != SKEL_OK) {
        SKEL_TRY(
            skel_error_prefix("%s: the values of \"%s\" are in a file of their own", origin, name));
    }
    if (length != bytes || offset > size || bytes > size - offset) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: \"%s\" has %zu bytes of values, its entry says %" PRIu64
                           " bytes from %" PRIu64 " on in %s, which has %zu bytes",
                           origin, name, bytes, length, offset, path, size));
    }
    SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, out));
    SKEL_TRY(read_all(path, descriptor, offset, bytes, *out));
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    if (status != SKEL_OK) {
        SKEL_FREE(out);
    }
    return status;
}
