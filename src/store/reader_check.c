/* Comparison of a file with its manifest: an object, or all that is below it. */
#include "h5_checksum.h"
#include "reader_internal.h"

#include <stdio.h>
#include <string.h>

/* The file, for a visit of an object's attributes. */
typedef struct attribute_visit {
    skel_reader *reader;
    const char *path;
    skel_status status;
} attribute_visit;

static herr_t look_at_attribute(hid_t object, const char *name, const H5A_info_t *info,
                                void *context)
{
    attribute_visit *visit = context;

    (void)info;
    visit->status = skel_reader_judge_attribute(visit->reader, object, visit->path, name);
    return visit->status == SKEL_OK ? 0 : -1;
}

/* Attributes that should be there and are not. The manifest is sorted by object. */
static skel_status check_missing(skel_reader *reader, hid_t object,
                                 const skel_manifest_entry *entry)
{
    const skel_manifest_entry *end = reader->manifest.entry + reader->manifest.count;
    const char *path = entry->object;
    skel_status status = SKEL_OK;

    for (entry++; status == SKEL_OK && entry < end && strcmp(entry->object, path) == 0; entry++) {
        if (!entry->seen) {
            status = skel_reader_judge_attribute(reader, object, path, entry->name);
        }
    }
    return status;
}

static skel_status check_attributes(skel_reader *reader, hid_t object,
                                    const skel_manifest_entry *entry)
{
    attribute_visit visit = {.reader = reader, .path = entry->object};
    skel_status status = SKEL_OK;

    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, look_at_attribute, &visit) < 0) {
        status = visit.status != SKEL_OK
                     ? visit.status
                     : skel_h5_fail(SKEL_ERR_DATA, "%s: cannot list the attributes of %s",
                                    reader->path, entry->object);
        goto done;
    }
    SKEL_TRY(check_missing(reader, object, entry));
done:
    return status;
}

static skel_status check_values(skel_reader *reader, hid_t dataset, const char *path)
{
    char label[2 * SKEL_READER_PATH];
    char checksum[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "%s: %s", reader->path, path);
    SKEL_TRY(skel_reader_check_claim(reader, path, dataset));
    SKEL_TRY(skel_h5_checksum(dataset, label, checksum));
    SKEL_TRY(skel_reader_judge(reader, path, dataset, checksum));
done:
    return status;
}

/* An object of a file with a manifest. */
static skel_status check_entry(skel_reader *reader, const skel_manifest *manifest, const char *path,
                               skel_object_kind kind)
{
    skel_manifest_entry *entry = skel_manifest_find(manifest, path, NULL);
    hid_t object = -1;
    skel_status status = SKEL_OK;

    if (kind != SKEL_OBJECT_GROUP && kind != SKEL_OBJECT_DATASET) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s is %s; skel writes groups and datasets only: it %s "
                         "since skel wrote the file",
                         skel_reader_path(reader), path, skel_reader_kind_text(kind),
                         entry == NULL ? "was added" : "was replaced");
    }
    if (entry == NULL) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s was added since skel wrote the file",
                         skel_reader_path(reader), path);
    }
    if ((entry->kind == SKEL_MANIFEST_GROUP) != (kind == SKEL_OBJECT_GROUP)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s is %s, the manifest has %s: it was replaced since "
                         "skel wrote the file",
                         skel_reader_path(reader), path,
                         kind == SKEL_OBJECT_GROUP ? "a group" : "a dataset",
                         kind == SKEL_OBJECT_GROUP ? "a dataset" : "a group");
    }
    entry->seen = true;
    SKEL_TRY(skel_reader_object(reader, path, &object));
    SKEL_TRY(check_attributes(reader, object, entry));
    if (kind == SKEL_OBJECT_DATASET) {
        SKEL_TRY(check_values(reader, object, path));
    }
done:
    skel_h5_close(object);
    return status;
}

static skel_status check_object(skel_reader *reader, const char *path, skel_object_kind kind,
                                void *datasets)
{
    size_t *count = datasets;
    const skel_manifest *manifest = NULL;
    bool unused = false;
    skel_status status = SKEL_OK;

    if (strcmp(path, SKEL_MANIFEST_PATH) == 0) {
        return SKEL_OK; /* its own checksum was compared when it was read */
    }
    SKEL_TRY(skel_reader_need_manifest(reader, &manifest));
    if (manifest != NULL) {
        SKEL_TRY(check_entry(reader, manifest, path, kind));
    } else if (kind == SKEL_OBJECT_DATASET) {
        SKEL_TRY(skel_reader_compare(reader, path, &unused));
    }
    *count += kind == SKEL_OBJECT_DATASET;
done:
    return status;
}

/* Whether an object is at a path or below it. */
static bool is_below(const char *object, const char *path)
{
    size_t length = strlen(path);

    return strcmp(path, "/") == 0 || (strncmp(object, path, length) == 0 &&
                                      (object[length] == '\0' || object[length] == '/'));
}

static skel_status check_unseen(skel_reader *reader, const skel_manifest *manifest,
                                const char *path)
{
    for (size_t i = 0; i < manifest->count; i++) {
        const skel_manifest_entry *entry = &manifest->entry[i];

        if (entry->kind != SKEL_MANIFEST_ATTRIBUTE && !entry->seen &&
            is_below(entry->object, path)) {
            return SKEL_FAIL(
                SKEL_ERR_DATA, "%s: the %s %s is missing: it was removed since skel wrote the file",
                skel_reader_path(reader), entry->kind == SKEL_MANIFEST_GROUP ? "group" : "dataset",
                entry->object);
        }
    }
    return SKEL_OK;
}

skel_status skel_reader_check(skel_reader *reader, const char *path, size_t *datasets)
{
    const skel_manifest *manifest = NULL;
    size_t unused = 0;
    bool has = false;
    skel_status status = SKEL_OK;

    if (datasets == NULL) {
        datasets = &unused;
    }
    *datasets = 0;
    if (skel_reader_is_sealed(reader) && (datasets == &unused || strcmp(path, "/") == 0)) {
        *datasets = reader->datasets;
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_need_manifest(reader, &manifest));
    for (size_t i = 0; manifest != NULL && i < manifest->count; i++) {
        manifest->entry[i].seen = false;
    }
    SKEL_TRY(skel_reader_look(reader, path, &has));
    if (has) {
        SKEL_TRY(skel_reader_walk(reader, path, check_object, datasets));
    }
    if (manifest != NULL) {
        SKEL_TRY(check_unseen(reader, manifest, path));
    }
done:
    return status;
}
