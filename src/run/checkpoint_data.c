/* The data that a checkpoint was computed on, against the data of this run. */
#include "checkpoint_data.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 512 };

/* The checksum that the checkpoint has of a data file, under its plain or its compressed name. */
static void find_sum(skel_reader *reader, const char *file, char out[SKEL_CHECKSUM_TEXT])
{
    int length = (int)skel_dataset_plain_name(file);
    char name[NAME_SIZE];

    (void)snprintf(name, sizeof name, "data_xxh3_128:%.*s", length, file);
    skel_reader_attribute(reader, "/provenance", name, SKEL_CHECKSUM_TEXT, out);
    if (out[0] == '\0') {
        (void)snprintf(name, sizeof name, "data_xxh3_128:%.*s.gz", length, file);
        skel_reader_attribute(reader, "/provenance", name, SKEL_CHECKSUM_TEXT, out);
    }
}

skel_status skel_checkpoint_data_check(const skel_inputs *in, skel_reader *reader)
{
    const skel_dataset *data = in->dataset;
    const char *path = skel_reader_path(reader);
    char sum[SKEL_CHECKSUM_TEXT];

    for (size_t i = 0; i < data->files; i++) {
        find_sum(reader, data->file[i].name, sum);
        if (sum[0] != '\0' && strcmp(sum, data->file[i].checksum) != 0) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s was computed on other data: the XXH3-128 of %s was %s, it is now "
                             "%s; put that file back, or give --restart to do the run on the "
                             "present data from the beginning",
                             path, data->file[i].name, sum, data->file[i].checksum);
        }
    }
    skel_reader_attribute(reader, "/provenance", "identity", sizeof sum, sum);
    if (sum[0] != '\0' && in->assignment->identity != NULL &&
        strcmp(sum, in->assignment->identity) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is of another run (identity %s, expected %s): the settings are the "
                         "same, so the content of %s has changed; put the former file back, or "
                         "give --restart to do the run from the beginning",
                         path, sum, in->assignment->identity,
                         in->job->model.weights[0] != '\0' ? in->job->model.weights
                                                           : "the data set");
    }
    return SKEL_OK;
}
