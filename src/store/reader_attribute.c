/* Attributes of any type as texts. */
#include "reader_internal.h"
#include "reader_items.h"

#include <stdio.h>
#include <string.h>

bool skel_reader_attribute_text(hid_t attribute, size_t size, char out[])
{
    skel_items items;
    size_t used = 0;
    bool ok = skel_items_prepare(&items, H5Aget_type(attribute), H5Aget_space(attribute)) &&
              (items.count == 0 || H5Aread(attribute, items.type, items.data) >= 0);

    out[0] = '\0';
    for (size_t i = 0; ok && i < items.count && used + 3 < size; i++) {
        if (i > 0) {
            (void)snprintf(out + used, size - used, ", ");
            used += 2;
        }
        skel_items_text(&items, i, size - used, out + used);
        used += strlen(out + used);
    }
    skel_items_free(&items);
    return ok;
}

void skel_reader_attribute(skel_reader *reader, const char *object, const char *name, size_t size,
                           char out[])
{
    hid_t attribute = -1;

    out[0] = '\0';
    if (skel_reader_has(reader, object)) {
        attribute = H5Aopen_by_name(reader->id, object, name, H5P_DEFAULT, reader->links);
    }
    if (attribute >= 0) {
        if (!skel_reader_attribute_text(attribute, size, out)) {
            out[0] = '\0';
        }
        (void)H5Aclose(attribute);
    }
    (void)H5Eclear2(H5E_DEFAULT);
}
