/* The manifest of a file that is open for reading, and the comparison of one object with it. */
#include "manifest_text.h"
#include "reader_internal.h"

#include "skel/memory.h"
#include "skel/run_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Type, shape and checksum, as they are in the file or as they should be. */
typedef struct facts {
    char type[SKEL_MANIFEST_TYPE];
    char shape[SKEL_MANIFEST_SHAPE];
    char checksum[SKEL_CHECKSUM_TEXT];
} facts;

/* Schema and version of a file that skel wrote; "" for another one. */
static skel_status read_schema(skel_reader *reader, size_t size, char schema[], long *version)
{
    char text[32];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_look_attribute(reader, "/", "schema_name", size, schema));
    SKEL_TRY(skel_reader_look_attribute(reader, "/", "schema_version", sizeof text, text));
    *version = strtol(text, NULL, 10);
    if (!skel_run_file_is_own(schema)) {
        schema[0] = '\0';
    }
done:
    return status;
}

/* Reads the bytes of the manifest, which must have the checksum that is written beside them. */
static skel_status read_text(skel_reader *reader, size_t *bytes, char **text)
{
    char expected[SKEL_CHECKSUM_TEXT];
    char found[SKEL_CHECKSUM_TEXT] = "";
    hid_t dataset = -1;
    hid_t type = -1;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_dataset(reader, SKEL_MANIFEST_PATH, &dataset));
    type = H5Dget_type(dataset);
    *bytes = H5Dget_storage_size(dataset);
    SKEL_TRY(SKEL_ALLOC(*bytes, 1, text));
    SKEL_TRY(skel_reader_look_attribute(reader, SKEL_MANIFEST_PATH, SKEL_CHECKSUM_ATTRIBUTE,
                                        sizeof expected, expected));
    /* Another type or a compressed layout would read another number of bytes. */
    if (H5Tequal(type, H5T_STD_U8LE) > 0 && H5Dget_offset(dataset) != HADDR_UNDEF &&
        H5Dread(dataset, H5T_STD_U8LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, *text) >= 0) {
        skel_checksum_xxh3(*bytes, *text, found);
    }
    if (skel_h5_system_has_failed()) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the manifest", reader->path));
    }
    if (strcmp(found, expected) != 0) {
        (void)H5Eclear2(H5E_DEFAULT);
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: the manifest (dataset " SKEL_MANIFEST_PATH ") is damaged, or was "
                           "changed since skel wrote the file: its xxh3 is %s, it was written "
                           "with %s",
                           reader->path, found, expected[0] != '\0' ? expected : "another"));
    }
done:
    skel_h5_close(type);
    skel_h5_close(dataset);
    return status;
}

/* Whether the file has a dataset of bytes where skel has its manifest. */
static skel_status look_for_manifest(skel_reader *reader, bool *has)
{
    char text[64];
    long version = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_look_dataset(reader, SKEL_MANIFEST_PATH, has));
    if (*has) {
        SKEL_TRY(read_schema(reader, sizeof text, text, &version));
    }
    if (*has && text[0] == '\0') { /* another name of the schema does not hide a manifest */
        SKEL_TRY(skel_reader_look_attribute(reader, SKEL_MANIFEST_PATH, SKEL_CHECKSUM_ATTRIBUTE,
                                            sizeof text, text));
        *has = text[0] != '\0';
    }
done:
    return status;
}

skel_status skel_reader_manifest(skel_reader *reader, const skel_manifest **out)
{
    size_t bytes = 0;
    char *text = NULL;
    bool has = false;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (!reader->looked) {
        SKEL_TRY(look_for_manifest(reader, &has));
    }
    if (has) {
        SKEL_TRY(read_text(reader, &bytes, &text));
        SKEL_TRY(skel_manifest_parse(reader->path, bytes, text, &reader->manifest));
    }
    reader->looked = true;
    *out = reader->manifest.count > 0 ? &reader->manifest : NULL;
done:
    SKEL_FREE(&text);
    return status;
}

skel_status skel_reader_need_manifest(skel_reader *reader, const skel_manifest **out)
{
    char schema[64];
    long version = 0;
    skel_status status = skel_reader_manifest(reader, out);

    SKEL_TRY(status);
    if (*out != NULL) {
        return SKEL_OK;
    }
    SKEL_TRY(read_schema(reader, sizeof schema, schema, &version));
    if (schema[0] == '\0' || (strcmp(schema, SKEL_RUN_SCHEMA) == 0 && version == 1) ||
        (strcmp(schema, SKEL_CHECKPOINT_SCHEMA) == 0 && (version == 1 || version == 2))) {
        return SKEL_OK;
    }
    status = SKEL_FAIL(SKEL_ERR_DATA,
                       "%s: the manifest (dataset " SKEL_MANIFEST_PATH ") is missing; files of %s "
                       "version %ld have one: it was removed since skel wrote the file",
                       reader->path, schema, version);
done:
    return status;
}

/* Compares an entry of the manifest with what the file has; "the attribute x of /y" names both. */
static skel_status compare(const skel_reader *reader, const char *what,
                           const skel_manifest_entry *entry, const facts *found)
{
    if (strcmp(entry->type, found->type) != 0 || strcmp(entry->shape, found->shape) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s was replaced since skel wrote the file: it is %s (%s), the "
                         "manifest has %s (%s)",
                         reader->path, what, found->type, found->shape, entry->type, entry->shape);
    }
    if (strcmp(entry->checksum, found->checksum) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s is damaged, or was changed since skel wrote the file: its xxh3 is "
                         "%s, it was written with %s",
                         reader->path, what, found->checksum, entry->checksum);
    }
    return SKEL_OK;
}

static void shape_of(hid_t space, char out[SKEL_MANIFEST_SHAPE])
{
    hsize_t extent[H5S_MAX_RANK];
    size_t shape[H5S_MAX_RANK];
    int dims = space < 0 ? -1 : H5Sget_simple_extent_dims(space, extent, NULL);

    for (int i = 0; i < dims; i++) {
        shape[i] = extent[i];
    }
    skel_manifest_shape(dims > 0 ? (size_t)dims : 0, shape, out);
}

skel_status skel_reader_judge(skel_reader *reader, const char *path, hid_t dataset,
                              const char *checksum)
{
    const skel_manifest *manifest = NULL;
    const skel_manifest_entry *entry = NULL;
    facts found;
    hid_t type = -1;
    hid_t space = -1;
    skel_status status = SKEL_OK;

    if (skel_reader_is_sealed(reader)) {
        return SKEL_OK;
    }
    type = H5Dget_type(dataset);
    space = H5Dget_space(dataset);
    SKEL_TRY(skel_reader_manifest(reader, &manifest));
    if (manifest != NULL) {
        entry = skel_manifest_find(manifest, path, NULL);
        if (entry == NULL || entry->kind != SKEL_MANIFEST_DATASET) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s was added since skel wrote the file",
                               reader->path, path));
        }
        skel_h5_type_text(type, found.type);
        shape_of(space, found.shape);
        (void)snprintf(found.checksum, sizeof found.checksum, "%s", checksum);
        SKEL_TRY(compare(reader, path, entry, &found));
    } else {
        char expected[SKEL_CHECKSUM_TEXT];

        SKEL_TRY(skel_reader_look_attribute(reader, path, SKEL_CHECKSUM_ATTRIBUTE, sizeof expected,
                                            expected));
        if (expected[0] != '\0' && strcmp(expected, checksum) != 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                               "%s: %s is damaged: its xxh3 is %s, it was written with %s",
                               reader->path, path, checksum, expected));
        }
    }
done:
    skel_h5_close(type);
    skel_h5_close(space);
    return status;
}

static skel_status fail_attribute(const char *label)
{
    return skel_h5_fail(SKEL_ERR_DATA, "%s cannot be read", label);
}

/* Checksum of an attribute's value. */
static skel_status read_value(hid_t attribute, hid_t type, hid_t space, const char *label,
                              char out[SKEL_CHECKSUM_TEXT])
{
    bool is_text = H5Tget_class(type) == H5T_STRING;
    bool is_pointer = is_text && H5Tis_variable_str(type) > 0;
    hssize_t points = H5Sget_simple_extent_npoints(space);
    size_t width = H5Tget_size(type);
    size_t bytes = 0;
    char *value = NULL;
    skel_status status = SKEL_OK;

    if (points < 0 || width == 0 || __builtin_mul_overflow((size_t)points, width, &bytes)) {
        return fail_attribute(label);
    }
    if (is_text && points != 1) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s was replaced since skel wrote the file: it is not one text", label);
    }
    SKEL_TRY(SKEL_ALLOC(bytes + 1, 1, &value));
    if (H5Aread(attribute, type, value) < 0) {
        SKEL_TRY(fail_attribute(label));
    }
    if (is_pointer) {
        char *text = NULL;

        memcpy(&text, value, sizeof text);
        skel_checksum_xxh3(text != NULL ? strlen(text) : 0, text != NULL ? text : "", out);
        (void)H5Dvlen_reclaim(type, space, H5P_DEFAULT, value);
    } else {
        skel_checksum_xxh3(is_text ? strlen(value) : bytes, value, out);
    }
done:
    SKEL_FREE(&value);
    return status;
}

static skel_status read_attribute(hid_t object, const char *name, const char *label, facts *out)
{
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t type = attribute < 0 ? -1 : H5Aget_type(attribute);
    hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    skel_status status = SKEL_OK;

    if (type < 0 || space < 0) {
        SKEL_TRY(fail_attribute(label));
    }
    skel_h5_type_text(type, out->type);
    (void)snprintf(out->checksum, sizeof out->checksum, "-");
    if (strcmp(out->type, SKEL_MANIFEST_REFERENCES) != 0) {
        SKEL_TRY(read_value(attribute, type, space, label, out->checksum));
    }
    if (strncmp(out->type, "text:", 5) == 0) {
        out->type[4] = '\0'; /* the checksum is that of the text without its padding */
    }
    shape_of(space, out->shape);
done:
    skel_h5_close(space);
    skel_h5_close(type);
    skel_h5_close(attribute);
    return status;
}

skel_status skel_reader_judge_attribute(skel_reader *reader, hid_t id, const char *object,
                                        const char *name)
{
    char what[SKEL_READER_PATH + 256];
    char label[2 * SKEL_READER_PATH];
    skel_manifest_entry *entry = skel_manifest_find(&reader->manifest, object, name);
    bool there = id >= 0 && H5Aexists(id, name) > 0;
    const char *fault = NULL;
    facts found;
    skel_status status = SKEL_OK;

    (void)snprintf(what, sizeof what, "the attribute %s of %s", name, object);
    (void)snprintf(label, sizeof label, "%s: %s", reader->path, what);
    if (!there && skel_h5_system_has_failed()) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot look for it", label);
    }
    if (entry != NULL) {
        entry->seen = there;
    }
    if (!there && entry != NULL) {
        fault = "is missing: it was removed since skel wrote the file";
    } else if (there && entry == NULL) {
        fault = "was added since skel wrote the file";
    }
    if (fault != NULL) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s %s", label, fault));
    }
    if (there) {
        SKEL_TRY(read_attribute(id, name, label, &found));
        SKEL_TRY(compare(reader, what, entry, &found));
    }
done:
    (void)H5Eclear2(H5E_DEFAULT);
    return status;
}

skel_status skel_reader_check_attribute(skel_reader *reader, const char *object, const char *name)
{
    const skel_manifest *manifest = NULL;
    hid_t id = -1;
    bool has = false;
    skel_status status = SKEL_OK;

    if (skel_reader_is_sealed(reader)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_need_manifest(reader, &manifest));
    if (manifest == NULL) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_look(reader, object, &has));
    if (has) {
        SKEL_TRY(skel_reader_object(reader, object, &id));
    }
    SKEL_TRY(skel_reader_judge_attribute(reader, id, object, name));
done:
    skel_h5_close(id);
    return status;
}
