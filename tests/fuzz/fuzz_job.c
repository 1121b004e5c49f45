/* Job files: YAML, keys, values, sweeps. A job that is read can be printed, and read again. */
#include "target.h"

#include "skel/job.h"
#include "skel/memory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    skel_job_file *file = NULL;
    skel_status status = skel_job_file_open(skel_fuzz_file(size, data), 0, NULL, &file);

    skel_fuzz_expect(status);
    for (size_t i = 0; file != NULL && i < skel_job_file_runs(file) && i < 8; i++) {
        skel_job job;
        skel_job again;
        char *text = NULL;

        skel_job_file_run(file, i, &job);
        if (skel_job_print(&job, &text) != SKEL_OK ||
            skel_job_parse("printed", text, &again) != SKEL_OK ||
            !skel_job_same_bits(&job, &again)) {
            abort();
        }
        SKEL_FREE(&text);
    }
    skel_job_file_close(&file);
    return 0;
}
