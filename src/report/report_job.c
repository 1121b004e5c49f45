/* Reads what the job in a run file tells: settings, identity, effort. */
#include "report_job.h"

#include "skel/effort.h"
#include "skel/job.h"
#include "skel/stored.h"

#include "report_settings.h"

#include <string.h>

/* A run with another version of the data set is another run. */
static skel_status sum_data(skel_reader *reader, char out[SKEL_CHECKSUM_TEXT])
{
    size_t count = 0;
    char **names = NULL;
    char sums[4096] = "";
    size_t used = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list_attributes(reader, "/provenance", &count, &names));
    for (size_t i = 0; i < count; i++) {
        if (strncmp(names[i], "data_xxh3_128:", strlen("data_xxh3_128:")) == 0 &&
            used + SKEL_CHECKSUM_TEXT < sizeof sums) {
            skel_reader_attribute(reader, "/provenance", names[i], SKEL_CHECKSUM_TEXT, sums + used);
            used += strlen(sums + used);
        }
    }
    skel_checksum_xxh3(used, sums, out);
done:
    skel_reader_free_names(count, &names);
    return status;
}

/* A network or a data set of the user's own file may not be there any more. */
static skel_status count_effort(skel_networks *networks, const skel_job *job, skel_report_run *run)
{
    skel_effort effort;
    skel_status status = skel_effort_of(networks, job, &effort);

    if (status == SKEL_OK) {
        run->number[SKEL_REPORT_MASK_MACS] = effort.mask;
        run->number[SKEL_REPORT_TRAINING_MACS] = effort.training;
    } else if (status != SKEL_ERR_MEMORY) {
        skel_error_clear();
        status = SKEL_OK;
    }
    return status;
}

skel_status skel_report_job_read(skel_reader *reader, skel_networks *networks, skel_report_run *run)
{
    static const char at[] = "/provenance";
    skel_contents sums;
    skel_job job;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_stored_job(reader, &job));
    SKEL_TRY(sum_data(reader, sums.data));
    skel_reader_attribute(reader, at, "network_xxh3_128", sizeof sums.network, sums.network);
    skel_reader_attribute(reader, at, "weights_xxh3_128", sizeof sums.weights, sums.weights);
    SKEL_TRY(skel_report_settings_of_job(&job, &sums, run));
    SKEL_TRY(count_effort(networks, &job, run));
    run->seed = job.seed;
    run->has_seed = true;
    skel_reader_attribute(reader, at, "identity", sizeof run->identity, run->identity);
done:
    return status;
}
