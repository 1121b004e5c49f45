/* Where job texts come from: a file, standard input, the copy in a run file. */
#include "file_read.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "whole.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { STEM = 256 };

/* The file's name without its folder and its last ending; a name longer than any file's is cut. */
static void stem_of(const char *path, char out[STEM])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);

    if (length >= STEM) {
        length = STEM - 1;
    }
    memcpy(out, name, length);
    out[length] = '\0';
}

/* A pipe is refused, as it is everywhere, but a job can come through one. */
static skel_status open_job(const char *path, FILE **out)
{
    struct stat facts;
    skel_status status = skel_input_stream(path, out);

    if (status != SKEL_OK && stat(path, &facts) == 0 && S_ISFIFO(facts.st_mode)) {
        status = SKEL_FAIL(SKEL_ERR_IO,
                           "%s; give the job file \"-\" and lead the pipe to standard input",
                           skel_error_message());
    }
    return status;
}

skel_status skel_job_file_open(const char *path, size_t count, const char *const overrides[],
                               skel_job_file **out)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *label = is_stdin ? "standard input" : path;
    FILE *stream = is_stdin ? stdin : NULL;
    char *text = NULL;
    size_t bytes = 0;
    char stem[STEM] = "job";
    skel_status status = SKEL_OK;

    *out = NULL;
    if (!is_stdin) {
        SKEL_TRY(open_job(path, &stream));
        stem_of(path, stem);
    }
    SKEL_TRY(skel_whole_read(label, "job file", stream, &text, &bytes));
    status = skel_job_file_read(label, stem, false, bytes, text, count, overrides, out);
done:
    SKEL_FREE(&text);
    if (!is_stdin && stream != NULL) {
        (void)fclose(stream);
    }
    return status;
}

skel_status skel_job_parse(const char *label, const char *text, skel_job *out)
{
    skel_job_file *file = NULL;
    char stem[STEM];
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    stem_of(label, stem);
    SKEL_TRY(skel_job_file_read(label, stem, true, strlen(text), text, 0, NULL, &file));
    if (skel_job_file_runs(file) > 1) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: a sweep of %zu runs; expected one run's settings",
                           label, skel_job_file_runs(file));
    } else {
        skel_job_file_run(file, 0, out);
    }
done:
    skel_job_file_close(&file);
    return status;
}
