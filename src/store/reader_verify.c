/* Integrity of a finished file: every dataset has its checksum, every attribute can be read, every
 * group of the schema is there. */
#include "reader_internal.h"

#include "skel/checksum.h"
#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

static skel_status verify_attributes(skel_reader *reader, const char *path)
{
    char value[64];
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list_attributes(reader, path, &count, &names));
    for (size_t i = 0; i < count; i++) {
        hid_t attribute = H5Aopen_by_name(reader->id, path, names[i], H5P_DEFAULT, reader->links);
        bool readable =
            attribute >= 0 && skel_reader_attribute_text(attribute, sizeof value, value);

        if (!readable) {
            status = skel_h5_fail(SKEL_ERR_DATA, "%s: the attribute %s of %s is damaged",
                                  reader->path, names[i], path);
        }
        if (attribute >= 0) {
            (void)H5Aclose(attribute);
        }
        SKEL_TRY(status);
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

skel_status skel_reader_compare(skel_reader *reader, const char *path, bool *has_checksum)
{
    char label[2 * SKEL_READER_PATH];
    char expected[SKEL_CHECKSUM_TEXT];
    char found[SKEL_CHECKSUM_TEXT];
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "%s: %s", reader->path, path);
    skel_reader_attribute(reader, path, SKEL_CHECKSUM_ATTRIBUTE, sizeof expected, expected);
    *has_checksum = expected[0] != '\0';
    if (!*has_checksum) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_h5_checksum(dataset, label, found));
    if (strcmp(found, expected) != 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: its xxh3 is %s, it was written with %s",
                           label, found, expected));
    }
done:
    if (dataset >= 0) {
        (void)H5Dclose(dataset);
    }
    return status;
}

skel_status skel_reader_checksum(skel_reader *reader, const char *path, char out[])
{
    char label[2 * SKEL_READER_PATH];
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    skel_reader_attribute(reader, path, SKEL_CHECKSUM_ATTRIBUTE, SKEL_CHECKSUM_TEXT, out);
    if (out[0] != '\0') {
        return SKEL_OK;
    }
    (void)snprintf(label, sizeof label, "%s: %s", reader->path, path);
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_h5_checksum(dataset, label, out));
done:
    if (dataset >= 0) {
        (void)H5Dclose(dataset);
    }
    return status;
}

static skel_status verify_dataset(skel_reader *reader, const char *path)
{
    bool has_checksum = false;
    skel_status status = skel_reader_compare(reader, path, &has_checksum);

    if (status == SKEL_OK && !has_checksum) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has no checksum (attribute %s)", reader->path,
                           path, SKEL_CHECKSUM_ATTRIBUTE);
    }
    return status;
}

/* skel writes neither links nor named types. */
static skel_status verify_object(skel_reader *reader, const char *path, skel_object_kind kind,
                                 void *datasets)
{
    size_t *count = datasets;
    skel_status status = SKEL_OK;

    if (kind == SKEL_OBJECT_LINK || kind == SKEL_OBJECT_OTHER) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is %s; skel writes groups and datasets only",
                         reader->path, path, kind == SKEL_OBJECT_LINK ? "a link" : "a named type");
    }
    SKEL_TRY(verify_attributes(reader, path));
    if (kind == SKEL_OBJECT_DATASET) {
        SKEL_TRY(verify_dataset(reader, path));
        ++*count;
    }
done:
    return status;
}

/* Every member of `group` has a counterpart of the same shape below /weights. */
static skel_status verify_counterparts(skel_reader *reader, const char *group)
{
    char path[SKEL_READER_PATH];
    char weight[SKEL_READER_PATH];
    size_t dims[2] = {0};
    size_t shape[2][4];
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, group, &count, &names));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(skel_reader_join(reader, group, names[i], path));
        SKEL_TRY(skel_reader_join(reader, "/weights", names[i], weight));
        if (!skel_reader_has(reader, weight)) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: there is %s, but %s is missing", reader->path,
                               path, weight));
        }
        SKEL_TRY(skel_reader_shape(reader, path, &dims[0], shape[0]));
        SKEL_TRY(skel_reader_shape(reader, weight, &dims[1], shape[1]));
        if (dims[0] != dims[1] || memcmp(shape[0], shape[1], sizeof shape[0]) != 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: the shapes of %s and %s differ", reader->path,
                               path, weight));
        }
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status verify_schema(skel_reader *reader)
{
    char schema[64];
    skel_status status = SKEL_OK;

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (strncmp(schema, "skel-", 5) != 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s is not a file that skel wrote (schema_name \"%s\"): it has no "
                           "checksums to compare with",
                           reader->path, schema));
    }
    if (strcmp(schema, "skel-run") == 0) {
        static const char *const groups[] = {"/provenance", "/weights", "/metrics", "/summary"};

        for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
            if (!skel_reader_has(reader, groups[i])) {
                SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: the group %s is missing", reader->path,
                                   groups[i]));
            }
        }
        SKEL_TRY(verify_counterparts(reader, "/initial"));
        SKEL_TRY(verify_counterparts(reader, "/masks"));
    }
done:
    return status;
}

skel_status skel_reader_verify(skel_reader *reader, size_t *datasets)
{
    skel_status status = SKEL_OK;

    *datasets = 0;
    SKEL_TRY(verify_schema(reader));
    SKEL_TRY(skel_reader_walk(reader, "/", verify_object, datasets));
done:
    return status;
}
