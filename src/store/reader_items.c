/* Values of any type as texts: of fixed length (ours) and of variable length (h5py's), and numbers.
 */
#include "reader_items.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void skel_items_free(skel_items *items)
{
    if (items->data != NULL && items->variable) {
        (void)H5Dvlen_reclaim(items->type, items->space, H5P_DEFAULT, items->data);
    }
    SKEL_FREE(&items->data);
    skel_h5_close(items->type);
    skel_h5_close(items->space);
}

skel_status skel_items_prepare(hid_t type, hid_t space, const char *label, skel_items *items)
{
    hssize_t points = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);

    memset(items, 0, sizeof *items);
    items->space = space;
    items->type = type;
    if (type < 0 || points < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the type or the shape", label);
    }
    items->kind = H5Tget_class(type);
    if (items->kind == H5T_INTEGER || items->kind == H5T_ENUM) {
        skel_h5_close(items->type);
        items->type = H5Tcopy(H5T_NATIVE_INT64);
    } else if (items->kind == H5T_FLOAT) {
        skel_h5_close(items->type);
        items->type = H5Tcopy(H5T_NATIVE_DOUBLE);
    } else if (items->kind != H5T_STRING) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: holds neither texts nor numbers", label);
    }
    items->variable = items->kind == H5T_STRING && H5Tis_variable_str(items->type) > 0;
    items->width = H5Tget_size(items->type);
    items->count = (size_t)points;
    return SKEL_ALLOC(items->count, items->width, &items->data);
}

void skel_items_text(const skel_items *items, size_t index, size_t size, char out[])
{
    const unsigned char *item = items->data + index * items->width;
    int64_t integer = 0;
    double number = 0.0;

    if (items->kind == H5T_STRING) {
        const char *text = (const char *)item;
        size_t length = items->width;

        if (items->variable) {
            memcpy(&text, item, sizeof text);
            length = text != NULL ? strlen(text) : 0;
        }
        (void)snprintf(out, size, "%.*s", (int)(length < size ? length : size),
                       text != NULL ? text : "");
    } else if (items->kind == H5T_FLOAT) {
        memcpy(&number, item, sizeof number);
        (void)snprintf(out, size, "%.15g", number);
        if (strtod(out, NULL) != number) {
            (void)snprintf(out, size, "%.17g", number);
        }
    } else {
        memcpy(&integer, item, sizeof integer);
        (void)snprintf(out, size, "%lld", (long long)integer);
    }
}
