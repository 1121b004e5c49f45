/* The part of a job that decides a run's result, from the effects in the table of keys. */
#include "fit.h"
#include "print.h"
#include "value.h"

#include "skel/memory.h"

#include <stdlib.h>
#include <string.h>

static bool differs(const skel_key *key, const skel_job *a, const skel_job *b)
{
    return memcmp((const char *)a + key->offset, (const char *)b + key->offset, key->size) != 0;
}

/* Whether another value of the key could give the job's run another result. */
static bool counts(const skel_key *key, const skel_job *job)
{
    return key->effect == SKEL_EFFECT_RESULT &&
           (key->counts_for == NULL || key->counts_for(skel_fit_method(job->prune.method)));
}

/* Defaults, and what was the default of all methods, are left out: a key that a later release adds
 * then leaves the text as it was. */
static void print_result(const skel_job *job, bool with_defaults, FILE *stream)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        if (counts(key, job) &&
            (with_defaults || key->required || differs(key, job, skel_value_unsaid_job()))) {
            (void)fprintf(stream, "%s: ", key->path);
            skel_print_value(key, job, stream);
            (void)fputc('\n', stream);
        }
    }
}

/* Closes a memory stream and hands its text over. */
static skel_status close_text(FILE *stream, char **buffer, char **out)
{
    bool failed = ferror(stream) != 0;
    skel_status status = SKEL_OK;

    failed = fclose(stream) != 0 || failed;
    if (failed) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the text of a job");
    } else {
        status = skel_strdup(*buffer, out);
    }
    free(*buffer); /* the C library's own block */
    return status;
}

static skel_status print_text(const skel_job *job, bool with_defaults, char **out)
{
    char *buffer = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&buffer, &bytes); /* the C library's own block */

    *out = NULL;
    if (stream == NULL) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the text of a job");
    }
    print_result(job, with_defaults, stream);
    return close_text(stream, &buffer, out);
}

skel_status skel_job_print_result(const skel_job *job, char **out)
{
    return print_text(job, false, out);
}

skel_status skel_job_print_settings(const skel_job *job, char **out)
{
    return print_text(job, true, out);
}

skel_status skel_job_print_value(const skel_job *job, const char *path, char **out)
{
    const skel_key *key = skel_key_find_path(path);
    char *buffer = NULL;
    size_t bytes = 0;
    FILE *stream = NULL;

    *out = NULL;
    SKEL_ASSERT(key != NULL);
    stream = open_memstream(&buffer, &bytes); /* the C library's own block */
    if (stream == NULL) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the text of a value");
    }
    skel_print_value(key, job, stream);
    return close_text(stream, &buffer, out);
}

bool skel_job_same_bits(const skel_job *a, const skel_job *b)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        if ((counts(key, a) || key->effect == SKEL_EFFECT_BITS) && differs(key, a, b)) {
            return false;
        }
    }
    return true;
}

const char *skel_job_other_bits(const skel_job *a, const skel_job *b, const char *after)
{
    size_t i = after == NULL ? 0 : (size_t)(skel_key_find_path(after) - skel_keys) + 1;

    for (; i < SKEL_KEY_COUNT; i++) {
        if (skel_keys[i].effect == SKEL_EFFECT_BITS && differs(&skel_keys[i], a, b)) {
            return skel_keys[i].path;
        }
    }
    return NULL;
}
