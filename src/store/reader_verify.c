/* Integrity of a finished file. One whose seal is right is as it was written. One with a manifest
 * is compared with that. In one of schema 1 every dataset has its checksum, and every attribute can
 * be read. Every group of the schema is there. */
#include "reader_internal.h"

#include "skel/run_file.h"

#include <stdio.h>
#include <string.h>

static skel_status verify_attributes(skel_reader *reader, const char *path)
{
    char value[64];
    char label[2 * SKEL_READER_PATH];
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list_attributes(reader, path, &count, &names));
    for (size_t i = 0; i < count; i++) {
        hid_t attribute = H5Aopen_by_name(reader->id, path, names[i], H5P_DEFAULT, reader->links);

        (void)snprintf(label, sizeof label, "%s: the attribute %s of %s", reader->path, names[i],
                       path);
        status = attribute < 0 ? skel_h5_fail(SKEL_ERR_DATA, "%s cannot be read", label)
                               : skel_reader_attribute_text(attribute, label, sizeof value, value);
        skel_h5_close(attribute);
        SKEL_TRY(status);
    }
done:
    skel_reader_free_names(count, &names);
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

    if (kind != SKEL_OBJECT_GROUP && kind != SKEL_OBJECT_DATASET) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is %s; skel writes groups and datasets only",
                         reader->path, path, skel_reader_kind_text(kind));
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
    bool has = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, group, &count, &names));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(skel_reader_join(reader, group, names[i], path));
        SKEL_TRY(skel_reader_join(reader, "/weights", names[i], weight));
        SKEL_TRY(skel_reader_look(reader, weight, &has));
        if (!has) {
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

/* `shapes`: also that tensors of one name have one shape, which a manifest says already. */
static skel_status verify_schema(skel_reader *reader, bool shapes)
{
    char schema[64];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_look_attribute(reader, "/", "schema_name", sizeof schema, schema));
    if (!skel_run_file_is_own(schema)) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s is not a file that skel wrote (schema_name \"%s\"): it has no "
                           "checksums to compare with",
                           reader->path, schema));
    }
    if (strcmp(schema, SKEL_RUN_SCHEMA) == 0) {
        static const char *const groups[] = {"/provenance", "/weights", "/metrics", "/summary"};

        for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
            bool has = false;

            SKEL_TRY(skel_reader_look(reader, groups[i], &has));
            if (!has) {
                SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: the group %s is missing", reader->path,
                                   groups[i]));
            }
        }
    }
    if (strcmp(schema, SKEL_RUN_SCHEMA) == 0 && shapes) {
        SKEL_TRY(verify_counterparts(reader, "/initial"));
        SKEL_TRY(verify_counterparts(reader, "/masks"));
    }
done:
    return status;
}

skel_status skel_reader_verify(skel_reader *reader, size_t *datasets)
{
    const skel_manifest *manifest = NULL;
    skel_status status = SKEL_OK;

    *datasets = 0;
    if (skel_reader_is_sealed(reader)) {
        *datasets = reader->datasets;
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_need_manifest(reader, &manifest));
    if (manifest != NULL) {
        SKEL_TRY(skel_reader_check(reader, "/", datasets));
    }
    SKEL_TRY(verify_schema(reader, manifest == NULL));
    if (manifest == NULL) {
        SKEL_TRY(skel_reader_walk(reader, "/", verify_object, datasets));
    }
done:
    return status;
}
