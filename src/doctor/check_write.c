/* Collective writing: a file of all ranks, which each rank reads back on its own. */
#include "checks.h"

#include "skel/file.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/reader.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = 1 << 20 };

static const char path[] = "/doctor/values";

static skel_status write_file(const skel_comm *comm, const char *name, const float values[])
{
    const skel_file_dataset dataset = {
        .path = path, .element = SKEL_FLOAT32, .dims = 1, .shape = {COUNT}, .data = values};
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_create(comm, name, &file));
    SKEL_TRY(skel_file_write(file, &dataset));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}

static skel_status read_file(const char *name, const float values[])
{
    skel_reader *reader = NULL;
    float *found = NULL;
    skel_status status = SKEL_ALLOC(COUNT, sizeof *found, &found);

    SKEL_TRY(status);
    SKEL_TRY(skel_reader_open(name, &reader));
    SKEL_TRY(skel_reader_floats(reader, path, COUNT, found));
    if (memcmp(found, values, COUNT * sizeof *found) != 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "other values than were written");
    }
done:
    status = skel_reader_close(&reader, status);
    SKEL_FREE(&found);
    return status;
}

void skel_check_write(skel_patient *patient, skel_finding *finding)
{
    char name[SKEL_PATIENT_PATH + 32];
    float *values = NULL;
    double started = skel_seconds();
    double seconds = 0;
    int ranks = skel_comm_size(patient->comm);
    skel_status status = SKEL_ALLOC(COUNT, sizeof *values, &values);

    (void)snprintf(name, sizeof name, "%s/write.h5", patient->scratch);
    SKEL_TRY(skel_comm_agree(patient->comm, status));
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = (float)i;
    }
    SKEL_TRY(write_file(patient->comm, name, values));
    seconds = skel_seconds() - started;
    status = read_file(name, values);
done:
    if (status == SKEL_OK) {
        skel_finding_ok(finding,
                        "%d rank%s wrote %.1f MiB together, and each read the same (%.3f s for "
                        "writing, fsync and reading back)",
                        ranks, ranks == 1 ? "" : "s", COUNT * sizeof(float) / 1048576.0, seconds);
    } else {
        skel_finding_fail(
            finding,
            "skel run would end with an error, not with a wrong file: use a folder on "
            "another file system",
            "%s", skel_error_message());
    }
    SKEL_FREE(&values);
}
