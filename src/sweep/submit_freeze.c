/* The frozen job: what a submission computes, whatever happens to the job file afterwards. */
#include "submission.h"

#include "skel/checksum.h"
#include "skel/folder.h"
#include "skel/output.h"
#include "skel/texts.h"
#include "skel/version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The folder of all jobs' files: of the command line, of the site, or runs. */
static skel_status find_out(skel_submission *submission)
{
    const char *out = submission->options->out;
    char here[SKEL_JOB_PATH] = "";
    char path[2 * SKEL_JOB_PATH];

    if (out != NULL) {
        (void)snprintf(path, sizeof path, "%s", out);
    } else if (submission->site.scratch[0] != '\0') {
        (void)snprintf(path, sizeof path, "%s/runs", submission->site.scratch);
    } else {
        (void)snprintf(path, sizeof path, "runs");
    }
    if (path[0] != '/' && getcwd(here, sizeof here) == NULL) {
        return SKEL_FAIL(SKEL_ERR_IO, "the working folder: %s", strerror(errno));
    }
    if (snprintf(submission->out, sizeof submission->out, "%s%s%s", here,
                 here[0] != '\0' ? "/" : "", path) >= (int)sizeof submission->out) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel submit: --out: too long a folder name");
    }
    return SKEL_OK;
}

/* The same job has the same file, whoever submits it. */
static void name_files(skel_submission *submission)
{
    char sum[SKEL_CHECKSUM_TEXT];

    skel_checksum_xxh3(strlen(submission->text), submission->text, sum);
    (void)snprintf(submission->folder, sizeof submission->folder, "%s/%s", submission->out,
                   submission->sweep->run[0].job.name);
    (void)snprintf(submission->frozen, sizeof submission->frozen, "%.*s/submitted-%.8s.yaml",
                   SKEL_SUBMISSION_PATH - 32, submission->folder, sum);
}

skel_status skel_submit_freeze(skel_submission *submission, size_t count,
                               const char *const overrides[])
{
    skel_job_file *file = NULL;
    skel_comm *self = NULL;
    skel_status status = SKEL_OK;

    if (strcmp(submission->path, "-") == 0) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel submit: the job must be a file, not standard input");
    }
    SKEL_TRY(find_out(submission));
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_sweep_open(self, submission->path, count, overrides, &submission->sweep));
    SKEL_TRY(skel_job_file_open(submission->path, count, overrides, &file));
    SKEL_TRY(skel_job_file_print(file, &submission->text));
    name_files(submission);
done:
    skel_job_file_close(&file);
    skel_comm_destroy(&self);
    return status;
}

/* Whole, by a rename: a job that starts reads the whole text or the earlier one. */
static skel_status write_file(const skel_submission *submission)
{
    char date[32];
    time_t now = time(NULL);
    struct tm parts;
    skel_texts text = {0};
    skel_output *output = NULL;
    skel_status status = SKEL_OK;

    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    SKEL_TRY(skel_texts_add(&text,
                            "# %s, frozen by skel submit %s at %s.\n"
                            "# The jobs in Slurm's queue read this file, not that one.\n%s",
                            submission->path, skel_version(), date, submission->text));
    SKEL_TRY(skel_output_open(submission->frozen, &output));
    skel_output_write(output, strlen(text.text[0]), text.text[0]);
    SKEL_TRY(skel_output_publish(&output));
done:
    skel_output_discard(&output);
    skel_texts_clear(&text);
    return status;
}

skel_status skel_submit_write(const skel_submission *submission)
{
    char logs[SKEL_SUBMISSION_PATH + 8];
    skel_status status = SKEL_OK;

    (void)snprintf(logs, sizeof logs, "%s/logs", submission->folder);
    SKEL_TRY(skel_folder_make(logs));
    SKEL_TRY(write_file(submission));
done:
    return status;
}
