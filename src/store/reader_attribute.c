/* Attributes of any type as texts. */
#include "reader_internal.h"
#include "reader_items.h"

#include <stdio.h>
#include <string.h>

skel_status skel_reader_attribute_text(hid_t attribute, const char *label, size_t size, char out[])
{
    skel_items items;
    size_t used = 0;
    skel_status status =
        skel_items_prepare(H5Aget_type(attribute), H5Aget_space(attribute), label, &items);

    out[0] = '\0';
    SKEL_TRY(status);
    if (items.count > 0 && H5Aread(attribute, items.type, items.data) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_DATA, "%s cannot be read", label));
    }
    for (size_t i = 0; i < items.count && used + 3 < size; i++) {
        if (i > 0) {
            (void)snprintf(out + used, size - used, ", ");
            used += 2;
        }
        skel_items_text(&items, i, size - used, out + used);
        used += strlen(out + used);
    }
done:
    skel_items_free(&items);
    return status;
}

skel_status skel_reader_look_attribute(skel_reader *reader, const char *object, const char *name,
                                       size_t size, char out[])
{
    char label[2 * SKEL_READER_PATH];
    bool has = false;
    hid_t attribute = -1;
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "%s: the attribute %s of %s", reader->path, name, object);
    out[0] = '\0';
    SKEL_TRY(skel_reader_look(reader, object, &has));
    if (has) {
        attribute = H5Aopen_by_name(reader->id, object, name, H5P_DEFAULT, reader->links);
    }
    if (attribute >= 0) {
        status = skel_reader_attribute_text(attribute, label, size, out);
    } else if (skel_h5_system_has_failed()) {
        status = skel_h5_fail(SKEL_ERR_DATA, "%s: cannot look for it", label);
    }
    if (status == SKEL_ERR_DATA) {
        status = SKEL_OK;
        skel_error_clear();
    }
done:
    skel_h5_close(attribute);
    (void)H5Eclear2(H5E_DEFAULT);
    return status;
}

void skel_reader_attribute(skel_reader *reader, const char *object, const char *name, size_t size,
                           char out[])
{
    skel_reader_remember(reader, skel_reader_look_attribute(reader, object, name, size, out));
}
