/* The data that a checkpoint was computed on, against the data of this run. */
#include "checkpoint_data.h"

#include "skel/stored.h"

#include <string.h>

skel_status skel_checkpoint_data_check(const skel_inputs *in, skel_reader *reader)
{
    const skel_dataset *data = in->dataset;
    const char *path = skel_reader_path(reader);
    char sum[SKEL_CHECKSUM_TEXT];
    size_t other = skel_stored_other_data(reader, data, sum);

    if (other < data->files) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s was computed on other data: the XXH3-128 of %s was %s, it is now "
                         "%s; put that file back, or give --restart to do the run on the "
                         "present data from the beginning",
                         path, data->file[other].name, sum, data->file[other].checksum);
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
