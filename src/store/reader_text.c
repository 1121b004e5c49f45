/* Datasets of texts. */
#include "h5_checksum.h"
#include "reader_internal.h"
#include "reader_items.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

/* Single bytes in two dimensions are one text a row. */
static void join_bytes(hid_t dataset, skel_items *items)
{
    hsize_t extent[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(dataset);

    if (items->width == 1 && !items->variable &&
        H5Sget_simple_extent_dims(space, extent, NULL) == 2) {
        items->count = extent[0];
        items->width = extent[1];
    }
    skel_h5_close(space);
}

/* Copies the items of a dataset of texts into a list of names. */
static skel_status copy_texts(const skel_items *items, size_t *count, char ***texts)
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
        skel_items_text(items, i, room, text);
        SKEL_TRY(skel_reader_add_name(count, texts, text));
    }
done:
    SKEL_FREE(&text);
    return status;
}

skel_status skel_reader_texts(skel_reader *reader, const char *path, size_t *count, char ***texts)
{
    hid_t dataset = -1;
    skel_items items = {.type = -1, .space = -1};
    char label[2 * SKEL_READER_PATH];
    char checksum[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "%s: %s", reader->path, path);
    *count = 0;
    *texts = NULL;
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_items_prepare(H5Dget_type(dataset), H5Dget_space(dataset), label, &items));
    if (items.kind != H5T_STRING) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s does not hold texts", reader->path, path));
    }
    if (items.count > 0 &&
        H5Dread(dataset, items.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, items.data) < 0) {
        SKEL_TRY(skel_h5_fail_read(dataset, "%s: cannot read %s", reader->path, path));
    }
    SKEL_TRY(skel_h5_checksum_values(items.type, items.count, items.data, checksum));
    SKEL_TRY(skel_reader_judge(reader, path, dataset, checksum));
    join_bytes(dataset, &items);
    SKEL_TRY(copy_texts(&items, count, texts));
done:
    if (status != SKEL_OK) {
        skel_reader_free_names(*count, texts);
        *count = 0;
    }
    skel_items_free(&items);
    skel_h5_close(dataset);
    return status;
}
