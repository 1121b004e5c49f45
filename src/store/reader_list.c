/* Members of a group and attributes of an object, in the order of their creation.
 *
 * HDF5 lists them unsorted, and this file sorts them: HDF5's own sorting crashes on some damaged
 * files, because it frees memory that it has not set. */
#include "reader_internal.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name and when it was created; -1 if the file does not remember. */
typedef struct listed_name {
    int64_t created;
    char *name;
} listed_name;

/* The names that one of HDF5's visits has met so far. */
typedef struct name_list {
    size_t count;
    size_t room;
    listed_name *entry;
    skel_status status;
} name_list;

void skel_reader_member(const char *group, const char *name, char out[SKEL_READER_PATH])
{
    (void)snprintf(out, SKEL_READER_PATH, "%s/%s", group, name);
}

void skel_reader_shape_text(size_t dims, const size_t shape[4], char out[SKEL_READER_SHAPE])
{
    size_t used = 0;

    (void)snprintf(out, SKEL_READER_SHAPE, "scalar");
    for (size_t i = 0; i < dims; i++) {
        used += (size_t)snprintf(out + used, SKEL_READER_SHAPE - used, "%s%zu", i > 0 ? "x" : "",
                                 shape[i]);
    }
}

skel_status skel_reader_add_name(size_t *count, char ***names, const char *name)
{
    skel_status status = SKEL_OK;

    /* The array doubles, so that long lists are not copied for every name. */
    if ((*count & (*count - 1)) == 0 || *count == 0) {
        SKEL_TRY(SKEL_GROW(*count == 0 ? 1 : 2 * *count, sizeof **names, names));
    }
    SKEL_TRY(skel_strdup(name, &(*names)[*count]));
    ++*count;
done:
    return status;
}

static herr_t collect(name_list *found, const char *name, bool remembered, int64_t created)
{
    skel_status status = SKEL_OK;

    if (found->count == found->room) {
        SKEL_TRY(SKEL_GROW(2 * found->room + 8, sizeof *found->entry, &found->entry));
        found->room = 2 * found->room + 8;
    }
    SKEL_TRY(skel_strdup(name, &found->entry[found->count].name));
    found->entry[found->count].created = remembered ? created : -1;
    found->count++;
done:
    found->status = status;
    return status == SKEL_OK ? 0 : -1;
}

static herr_t collect_link(hid_t group, const char *name, const H5L_info_t *info, void *found)
{
    (void)group;
    return collect(found, name, info->corder_valid, info->corder);
}

static herr_t collect_attribute(hid_t object, const char *name, const H5A_info_t *info, void *found)
{
    (void)object;
    return collect(found, name, info->corder_valid, info->corder);
}

static int by_creation_then_name(const void *left, const void *right)
{
    const listed_name *a = left;
    const listed_name *b = right;

    if (a->created != b->created) {
        return a->created < b->created ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

/* Hands a visit's names over, sorted; frees them if it failed. */
static skel_status hand_over(skel_reader *reader, const char *what, herr_t result, name_list *found,
                             size_t *count, char ***names)
{
    skel_status status = found->status;

    if (status == SKEL_OK && result < 0) {
        status = skel_h5_fail(SKEL_ERR_DATA, "%s: cannot list %s", reader->path, what);
    }
    SKEL_TRY(status);
    if (found->count == 0) {
        goto done;
    }
    SKEL_TRY(SKEL_ALLOC(found->count, sizeof **names, names));
    qsort(found->entry, found->count, sizeof *found->entry, by_creation_then_name);
    for (size_t i = 0; i < found->count; i++) {
        (*names)[i] = found->entry[i].name;
        found->entry[i].name = NULL;
    }
    *count = found->count;
done:
    for (size_t i = 0; i < found->count; i++) {
        SKEL_FREE(&found->entry[i].name);
    }
    SKEL_FREE(&found->entry);
    return status;
}

/* Lists the members of an open group, or the attributes of an open object, and closes it. */
static skel_status list(skel_reader *reader, const char *what, hid_t id, bool attributes,
                        size_t *count, char ***names)
{
    name_list found = {0};
    herr_t result =
        attributes ? H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, collect_attribute, &found)
                   : H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, collect_link, &found);
    skel_status status = hand_over(reader, what, result, &found, count, names);

    skel_h5_close(id);
    return status;
}

skel_status skel_reader_list(skel_reader *reader, const char *group, size_t *count, char ***names)
{
    hid_t id = -1;
    bool has = false;
    skel_status status = SKEL_OK;

    *count = 0;
    *names = NULL;
    SKEL_TRY(skel_reader_look(reader, group, &has));
    if (!has) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_object(reader, group, &id));
    if (H5Iget_type(id) != H5I_GROUP) {
        skel_h5_close(id);
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is not a group", reader->path, group));
    }
    status = list(reader, group, id, false, count, names);
done:
    return status;
}

skel_status skel_reader_list_attributes(skel_reader *reader, const char *object, size_t *count,
                                        char ***names)
{
    hid_t id = -1;
    skel_status status = SKEL_OK;

    *count = 0;
    *names = NULL;
    SKEL_TRY(skel_reader_object(reader, object, &id));
    status = list(reader, object, id, true, count, names);
done:
    return status;
}

void skel_reader_free_names(size_t count, char ***names)
{
    for (size_t i = 0; *names != NULL && i < count; i++) {
        SKEL_FREE(&(*names)[i]);
    }
    SKEL_FREE(names);
}
