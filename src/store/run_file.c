/* Writes a network's flat vectors as named datasets. FORMAT.md describes the whole file. */
#include "skel/run_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = SKEL_NAME + 32 };

static int64_t version_of(const char *schema)
{
    if (strcmp(schema, SKEL_SPECTRA_SCHEMA) == 0) {
        return SKEL_SPECTRA_SCHEMA_VERSION;
    }
    return strcmp(schema, SKEL_RUN_SCHEMA) == 0 ? SKEL_RUN_SCHEMA_VERSION
                                                : SKEL_CHECKPOINT_SCHEMA_VERSION;
}

bool skel_run_file_is_own(const char *schema)
{
    return strncmp(schema, "skel-", 5) == 0;
}

skel_status skel_run_file_stamp(skel_file *file, const char *schema, const char *version,
                                const char *date)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_text(file, "/", "schema_name", schema));
    SKEL_TRY(skel_file_set_integer(file, "/", "schema_version", version_of(schema)));
    SKEL_TRY(skel_file_set_text(file, "/", "software", "skel"));
    SKEL_TRY(skel_file_set_text(file, "/", "software_version", version));
    SKEL_TRY(skel_file_set_text(file, "/", "date", date));
done:
    return status;
}

bool skel_run_file_is_weights(skel_reader *reader)
{
    char schema[64];

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    return schema[0] == '\0' &&
           (skel_reader_has(reader, "/weights") || skel_reader_has(reader, "/masks"));
}

/* A file of `skel export --compact` says of which run it is. */
static skel_status refuse_weights(skel_reader *reader)
{
    const char *path = skel_reader_path(reader);
    char source[1024];

    skel_reader_attribute(reader, "/", "source", sizeof source, source);
    if (source[0] == '\0') {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is a weight file, not a run file", path);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s is a weight file, not a run file; name the run file that it was exported "
                     "from: %s",
                     path, source);
}

skel_status skel_run_file_check_schema(skel_reader *reader)
{
    const char *path = skel_reader_path(reader);
    char schema[64];

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (strcmp(schema, SKEL_RUN_SCHEMA) == 0) {
        return SKEL_OK;
    }
    if (strcmp(schema, SKEL_CHECKPOINT_SCHEMA) == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is the checkpoint of a run that has not ended; `skel run` with the "
                         "run's job continues it",
                         path);
    }
    if (strcmp(schema, SKEL_SPECTRA_SCHEMA) == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s holds the spectra of a run, it is not a run file",
                         path);
    }
    if (skel_run_file_is_weights(reader)) {
        return refuse_weights(reader);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s is not a run file: its attribute schema_name is \"%s\", not "
                     "\"" SKEL_RUN_SCHEMA "\"",
                     path, schema);
}

skel_status skel_run_file_check_version(skel_reader *reader)
{
    char version[32];

    skel_reader_attribute(reader, "/", "schema_version", sizeof version, version);
    if (strtod(version, NULL) > SKEL_RUN_SCHEMA_VERSION) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s has schema_version %s, and this release reads up to %d: read it "
                         "with a later release of skel",
                         skel_reader_path(reader), version, SKEL_RUN_SCHEMA_VERSION);
    }
    return SKEL_OK;
}

/* A dataset of a parameter's name and shape. */
static skel_file_dataset spec_of(const char *group, const skel_parameter *parameter,
                                 char path[PATH_SIZE])
{
    skel_file_dataset spec = {.path = path, .dims = parameter->dims};

    (void)snprintf(path, PATH_SIZE, "%s/%s", group, parameter->name);
    memcpy(spec.shape, parameter->shape, sizeof spec.shape);
    return spec;
}

skel_status skel_run_file_parameters(skel_file *file, const char *group,
                                     const skel_network *network, const float parameters[])
{
    char path[PATH_SIZE];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < network->parameters; i++) {
        skel_file_dataset spec = spec_of(group, &network->parameter[i], path);

        spec.element = SKEL_FLOAT32;
        spec.data = parameters + network->parameter[i].offset;
        SKEL_TRY(skel_file_write(file, &spec));
    }
done:
    return status;
}

skel_status skel_run_file_buffers(skel_file *file, const skel_network *network,
                                  const float buffers[])
{
    char path[PATH_SIZE];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < network->buffers; i++) {
        skel_file_dataset spec = {.path = path, .element = SKEL_FLOAT32, .dims = 1};

        (void)snprintf(path, sizeof path, "/buffers/%s", network->buffer[i].name);
        spec.shape[0] = network->buffer[i].count;
        spec.data = buffers + network->buffer[i].offset;
        SKEL_TRY(skel_file_write(file, &spec));
    }
done:
    return status;
}

skel_status skel_run_file_masks(skel_file *file, const skel_network *network, const uint8_t mask[],
                                bool deflate)
{
    char path[PATH_SIZE];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < network->parameters; i++) {
        skel_file_dataset spec = spec_of("/masks", &network->parameter[i], path);

        if (!network->parameter[i].prunable) {
            continue;
        }
        spec.element = SKEL_UINT8;
        spec.deflate = deflate;
        spec.data = mask + network->parameter[i].offset;
        SKEL_TRY(skel_file_write(file, &spec));
    }
done:
    return status;
}
