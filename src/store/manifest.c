/* Manifests: entries and lookups. manifest_text.c reads and writes their text. */
#include "manifest.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void skel_manifest_shape(size_t dims, const size_t shape[], char out[SKEL_MANIFEST_SHAPE])
{
    size_t used = 0;

    (void)snprintf(out, SKEL_MANIFEST_SHAPE, "scalar");
    for (size_t i = 0; i < dims && used < SKEL_MANIFEST_SHAPE; i++) {
        used += (size_t)snprintf(out + used, SKEL_MANIFEST_SHAPE - used, "%s%zu", i > 0 ? "x" : "",
                                 shape[i]);
    }
}

skel_status skel_manifest_append(skel_manifest *manifest, skel_manifest_kind kind,
                                 const char *object, size_t length, const char *name)
{
    skel_manifest_entry *entry = NULL;
    skel_status status = SKEL_OK;

    if ((manifest->count & (manifest->count - 1)) == 0) { /* the array doubles */
        SKEL_TRY(SKEL_GROW(manifest->count == 0 ? 1 : 2 * manifest->count, sizeof *entry,
                           &manifest->entry));
    }
    entry = &manifest->entry[manifest->count];
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    SKEL_TRY(SKEL_ALLOC(length + 1, 1, &entry->object));
    memcpy(entry->object, object, length);
    manifest->count++;
    if (name != NULL) {
        SKEL_TRY(skel_strdup(name, &entry->name));
    }
done:
    return status;
}

/* The entry of an object; the latest are looked at first, for they are asked for most often. */
static const skel_manifest_entry *find_object(const skel_manifest *manifest, const char *object,
                                              size_t length)
{
    for (size_t i = manifest->count; i-- > 0;) {
        const skel_manifest_entry *entry = &manifest->entry[i];

        if (entry->kind != SKEL_MANIFEST_ATTRIBUTE && strncmp(entry->object, object, length) == 0 &&
            entry->object[length] == '\0') {
            return entry;
        }
    }
    return NULL;
}

/* The groups above an object, from the outermost on; and the object too if it is one. */
static skel_status add_groups(skel_manifest *manifest, const char *path, bool whole)
{
    skel_status status = SKEL_OK;

    if (find_object(manifest, "/", 1) == NULL) {
        SKEL_TRY(skel_manifest_append(manifest, SKEL_MANIFEST_GROUP, "/", 1, NULL));
    }
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);

        if (find_object(manifest, path, length) == NULL) {
            SKEL_TRY(skel_manifest_append(manifest, SKEL_MANIFEST_GROUP, path, length, NULL));
        }
    }
    if (whole && find_object(manifest, path, strlen(path)) == NULL) {
        SKEL_TRY(skel_manifest_append(manifest, SKEL_MANIFEST_GROUP, path, strlen(path), NULL));
    }
done:
    return status;
}

static void describe(skel_manifest_entry *entry, const char *type, size_t dims,
                     const size_t shape[], const char *checksum)
{
    (void)snprintf(entry->type, sizeof entry->type, "%s", type);
    skel_manifest_shape(dims, shape, entry->shape);
    (void)snprintf(entry->checksum, sizeof entry->checksum, "%s", checksum);
}

skel_status skel_manifest_add_dataset(skel_manifest *manifest, const char *path, const char *type,
                                      size_t dims, const size_t shape[], const char *checksum)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(add_groups(manifest, path, false));
    SKEL_TRY(skel_manifest_append(manifest, SKEL_MANIFEST_DATASET, path, strlen(path), NULL));
    describe(&manifest->entry[manifest->count - 1], type, dims, shape, checksum);
done:
    return status;
}

skel_status skel_manifest_set_attribute(skel_manifest *manifest, const char *object,
                                        const char *name, const char *type, const char *checksum)
{
    skel_manifest_entry *entry = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(add_groups(manifest, object, true));
    for (size_t i = manifest->count; i-- > 0 && entry == NULL;) {
        skel_manifest_entry *other = &manifest->entry[i];

        if (strcmp(other->object, object) != 0) {
            continue;
        }
        if (other->kind != SKEL_MANIFEST_ATTRIBUTE) {
            break; /* the attributes of an object come after it */
        }
        entry = strcmp(other->name, name) == 0 ? other : NULL;
    }
    if (entry == NULL) {
        SKEL_TRY(
            skel_manifest_append(manifest, SKEL_MANIFEST_ATTRIBUTE, object, strlen(object), name));
        entry = &manifest->entry[manifest->count - 1];
    }
    describe(entry, type, 0, NULL, checksum);
done:
    return status;
}

static int by_object_then_name(const void *left, const void *right)
{
    const skel_manifest_entry *a = left;
    const skel_manifest_entry *b = right;
    int order = strcmp(a->object, b->object);

    if (order != 0) {
        return order;
    }
    return strcmp(a->name != NULL ? a->name : "", b->name != NULL ? b->name : "");
}

void skel_manifest_sort(skel_manifest *manifest)
{
    if (manifest->count > 0) {
        qsort(manifest->entry, manifest->count, sizeof *manifest->entry, by_object_then_name);
    }
}

skel_manifest_entry *skel_manifest_find(const skel_manifest *manifest, const char *object,
                                        const char *name)
{
    size_t first = 0;
    size_t end = manifest->count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        skel_manifest_entry *entry = &manifest->entry[middle];
        int order = strcmp(entry->object, object);

        if (order == 0) {
            order = strcmp(entry->name != NULL ? entry->name : "", name != NULL ? name : "");
        }
        if (order == 0) {
            return entry;
        }
        if (order < 0) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return NULL;
}

void skel_manifest_free(skel_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++) {
        SKEL_FREE(&manifest->entry[i].object);
        SKEL_FREE(&manifest->entry[i].name);
    }
    SKEL_FREE(&manifest->entry);
    manifest->count = 0;
}
