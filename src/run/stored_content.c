/* The data that a file's run was computed on, against the data in memory. */
#include "skel/stored.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 512 };

/* The checksum that a run file or checkpoint has of a data file, under its plain or its compressed
 * name. */
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

size_t skel_stored_other_data(skel_reader *reader, const skel_dataset *data,
                              char out[SKEL_CHECKSUM_TEXT])
{
    for (size_t i = 0; i < data->files; i++) {
        find_sum(reader, data->file[i].name, out);
        if (out[0] != '\0' && strcmp(out, data->file[i].checksum) != 0) {
            return i;
        }
    }
    out[0] = '\0';
    return data->files;
}

static skel_status check(const char *path, const skel_dataset *data)
{
    skel_reader *reader = NULL;
    char sum[SKEL_CHECKSUM_TEXT];
    size_t other = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    other = skel_stored_other_data(reader, data, sum);
    if (other < data->files) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "the run was computed on other data: the XXH3-128 of %s was %s, it is "
                           "now %s; put that file back, for numbers of this run",
                           data->file[other].name, sum, data->file[other].checksum);
    }
done:
    return skel_reader_close(&reader, status);
}

skel_status skel_stored_check_data(const skel_comm *comm, const char *path,
                                   const skel_dataset *data)
{
    return skel_comm_agree(comm, skel_comm_is_root(comm) ? check(path, data) : SKEL_OK);
}
