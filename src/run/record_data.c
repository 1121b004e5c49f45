/* The data file's part of /provenance, and reading it back. */
#include "record_data.h"

#include "skel/memory.h"
#include "skel/stored.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Attributes of /provenance and the members of skel_dataset_info that they hold. */
static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
    {"data_channels", offsetof(skel_dataset_info, channels)},
    {"data_height", offsetof(skel_dataset_info, height)},
    {"data_width", offsetof(skel_dataset_info, width)},
    {"data_classes", offsetof(skel_dataset_info, classes)},
    {"data_train", offsetof(skel_dataset_info, train)},
    {"data_test", offsetof(skel_dataset_info, test)},
    {"data_validation", offsetof(skel_dataset_info, validation)},
};

enum { NUMBERS = sizeof numbers / sizeof *numbers };

static const char mean_path[] = "/provenance/data_mean";
static const char deviation_path[] = "/provenance/data_deviation";

static skel_status write_statistics(const char *path, size_t channels, const float values[],
                                    skel_file *file)
{
    return skel_file_write(
        file,
        &(skel_file_dataset){
            .path = path, .element = SKEL_FLOAT32, .dims = 1, .shape = {channels}, .data = values});
}

skel_status skel_record_data_file(const skel_dataset *dataset, skel_file *file)
{
    static const char at[] = "/provenance";
    const skel_dataset_info *info = dataset->info;
    skel_status status = SKEL_OK;

    if (dataset->path[0] == '\0') {
        return SKEL_OK;
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        size_t value = 0;

        memcpy(&value, (const char *)info + numbers[i].offset, sizeof value);
        SKEL_TRY(skel_file_set_integer(file, at, numbers[i].name, (int64_t)value));
    }
    SKEL_TRY(skel_file_set_integer(file, at, "data_packed", info->packed));
    SKEL_TRY(skel_file_set_integer(file, at, "data_reals", info->reals));
    SKEL_TRY(write_statistics(mean_path, info->channels, info->mean, file));
    SKEL_TRY(write_statistics(deviation_path, info->channels, info->deviation, file));
done:
    return status;
}

/* A number that a run with a data file has. */
static skel_status read_number(skel_reader *reader, const char *name, size_t *out)
{
    char text[32];
    char *end = NULL;
    unsigned long long value = 0;

    skel_reader_attribute(reader, "/provenance", name, sizeof text, text);
    value = strtoull(text, &end, 10);
    if (text[0] == '\0' || *end != '\0') {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the attribute %s of /provenance is \"%s\", expected a "
                         "number",
                         skel_reader_path(reader), name, text);
    }
    *out = (size_t)value;
    return SKEL_OK;
}

static skel_status read_file(skel_reader *reader, const skel_job *job, skel_dataset_info *out,
                             float **statistics)
{
    size_t flag[2] = {0, 0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < NUMBERS; i++) {
        size_t value = 0;

        SKEL_TRY(read_number(reader, numbers[i].name, &value));
        memcpy((char *)out + numbers[i].offset, &value, sizeof value);
    }
    SKEL_TRY(read_number(reader, "data_packed", &flag[0]));
    SKEL_TRY(read_number(reader, "data_reals", &flag[1]));
    out->packed = flag[0] != 0;
    out->reals = flag[1] != 0;
    out->in_file = strcmp(job->data.cache, "memory") != 0;
    memcpy(out->name, job->data.set, sizeof out->name);
    memcpy(out->title, out->name, sizeof out->title);
    SKEL_TRY(SKEL_ALLOC(2 * out->channels, sizeof **statistics, statistics));
    SKEL_TRY(skel_reader_floats(reader, mean_path, out->channels, *statistics));
    SKEL_TRY(
        skel_reader_floats(reader, deviation_path, out->channels, *statistics + out->channels));
    out->mean = *statistics;
    out->deviation = *statistics + out->channels;
done:
    if (status != SKEL_OK) {
        SKEL_FREE(statistics);
    }
    return status;
}

skel_status skel_stored_data(skel_reader *reader, const skel_job *job, skel_dataset_info *out,
                             float **statistics)
{
    const skel_dataset_info *info = NULL;
    skel_status status = SKEL_OK;

    *statistics = NULL;
    memset(out, 0, sizeof *out);
    if (job->data.file[0] != '\0') {
        return read_file(reader, job, out, statistics);
    }
    status = skel_dataset_find(job->data.set, &info);
    if (status == SKEL_OK) {
        *out = *info;
    }
    return status;
}
