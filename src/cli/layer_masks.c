/* Masks of single layers. */
#include "layer_masks.h"

#include "skel/memory.h"

#include <stdio.h>

void skel_layer_path(const char *group, const char *name, char out[SKEL_LAYER_PATH])
{
    (void)snprintf(out, SKEL_LAYER_PATH, "%s/%s", group, name);
}

void skel_layer_shape_text(size_t dims, const size_t shape[4], char out[SKEL_LAYER_SHAPE])
{
    size_t used = 0;

    (void)snprintf(out, SKEL_LAYER_SHAPE, "scalar");
    for (size_t i = 0; i < dims; i++) {
        used += (size_t)snprintf(out + used, SKEL_LAYER_SHAPE - used, "%s%zu", i > 0 ? "x" : "",
                                 shape[i]);
    }
}

skel_status skel_layer_mask(skel_reader *reader, const char *name, size_t *count, uint8_t **keep)
{
    char path[SKEL_LAYER_PATH];
    skel_status status = SKEL_OK;

    skel_layer_path("/masks", name, path);
    SKEL_TRY(skel_reader_bytes(reader, path, count, keep));
    for (size_t i = 0; i < *count; i++) {
        if ((*keep)[i] > 1) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %u; a mask holds 0 and 1",
                               skel_reader_path(reader), i, path, (unsigned)(*keep)[i]));
        }
    }
done:
    if (status != SKEL_OK) {
        SKEL_FREE(keep);
    }
    return status;
}
