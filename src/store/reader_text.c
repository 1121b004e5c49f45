/* Reading texts and attributes, of fixed length (ours) and of variable length (h5py's). */
#include "reader_internal.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Items of a dataset or attribute in memory: texts of a fixed width, pointers to texts, doubles or
 * integers. */
typedef struct item_list {
    size_t count;
    size_t width; /* bytes of an item */
    hid_t type;   /* in memory, owned */
    hid_t space;  /* owned */
    H5T_class_t kind;
    bool variable;       /* texts of variable length: HDF5 owns what the pointers point to */
    unsigned char *data; /* [count][width] */
} item_list;

static void items_free(item_list *items)
{
    if (items->data != NULL && items->variable) {
        (void)H5Dvlen_reclaim(items->type, items->space, H5P_DEFAULT, items->data);
    }
    SKEL_FREE(&items->data);
    if (items->type >= 0) {
        (void)H5Tclose(items->type);
    }
    if (items->space >= 0) {
        (void)H5Sclose(items->space);
    }
}

/* Chooses the type in memory for what the file holds, and makes room; `type` and `space` are
 * taken. */
static bool items_prepare(item_list *items, hid_t type, hid_t space)
{
    hssize_t points = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);

    memset(items, 0, sizeof *items);
    items->space = space;
    items->type = type;
    if (type < 0 || points < 0) {
        return false;
    }
    items->kind = H5Tget_class(type);
    if (items->kind == H5T_INTEGER || items->kind == H5T_ENUM) {
        (void)H5Tclose(items->type);
        items->type = H5Tcopy(H5T_NATIVE_INT64);
    } else if (items->kind == H5T_FLOAT) {
        (void)H5Tclose(items->type);
        items->type = H5Tcopy(H5T_NATIVE_DOUBLE);
    } else if (items->kind != H5T_STRING) {
        return false;
    }
    items->variable = items->kind == H5T_STRING && H5Tis_variable_str(items->type) > 0;
    items->width = H5Tget_size(items->type);
    items->count = (size_t)points;
    return SKEL_ALLOC(items->count, items->width, &items->data) == SKEL_OK;
}

/* Item `index` as text. */
static void items_text(const item_list *items, size_t index, size_t size, char out[])
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

bool skel_reader_attribute_text(hid_t attribute, size_t size, char out[])
{
    item_list items;
    size_t used = 0;
    bool ok = items_prepare(&items, H5Aget_type(attribute), H5Aget_space(attribute)) &&
              (items.count == 0 || H5Aread(attribute, items.type, items.data) >= 0);

    out[0] = '\0';
    for (size_t i = 0; ok && i < items.count && used + 3 < size; i++) {
        if (i > 0) {
            (void)snprintf(out + used, size - used, ", ");
            used += 2;
        }
        items_text(&items, i, size - used, out + used);
        used += strlen(out + used);
    }
    items_free(&items);
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

/* Copies the items of a dataset of texts into a list of names. */
static skel_status copy_texts(const item_list *items, size_t *count, char ***texts)
{
    size_t room = items->width + 1;
    char *text = NULL;
    skel_status status = SKEL_OK;

    for (size_t i = 0; items->variable && i < items->count; i++) {
        const char *item = NULL;

        memcpy(&item, items->data + i * items->width, sizeof item);
        room = item != NULL && strlen(item) >= room ? strlen(item) + 1 : room;
    }
    SKEL_TRY(SKEL_ALLOC(room, 1, &text));
    for (size_t i = 0; i < items->count; i++) {
        items_text(items, i, room, text);
        SKEL_TRY(skel_reader_add_name(count, texts, text));
    }
done:
    SKEL_FREE(&text);
    return status;
}

skel_status skel_reader_texts(skel_reader *reader, const char *path, size_t *count, char ***texts)
{
    hid_t dataset = -1;
    item_list items = {.type = -1, .space = -1};
    skel_status status = SKEL_OK;

    *count = 0;
    *texts = NULL;
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    if (!items_prepare(&items, H5Dget_type(dataset), H5Dget_space(dataset)) ||
        items.kind != H5T_STRING) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s does not hold texts", reader->path, path));
    }
    if (items.count > 0 &&
        H5Dread(dataset, items.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, items.data) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read %s", reader->path, path));
    }
    SKEL_TRY(copy_texts(&items, count, texts));
done:
    if (status != SKEL_OK) {
        skel_reader_free_names(*count, texts);
        *count = 0;
    }
    items_free(&items);
    if (dataset >= 0) {
        (void)H5Dclose(dataset);
    }
    return status;
}
