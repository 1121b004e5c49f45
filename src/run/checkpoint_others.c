/* Other data give a run another identity, hence another file: without this look, a run whose data
 * were changed while it was stopped would begin anew without a word. */
#include "checkpoint_others.h"
#include "checkpoint_data.h"

#include "skel/identity.h"
#include "skel/run_file.h"
#include "skel/stored.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { FOLDER = SKEL_JOB_PATH + 320 };

/* Whether a name differs from the run file's in nothing but the short identity and the ending. */
static bool is_like(const char *name, const char *own)
{
    static const char ending[] = ".h5.checkpoint";
    size_t tail = SKEL_IDENTITY_SHORT + strlen(".h5");
    size_t head = strlen(own) > tail ? strlen(own) - tail : 0;

    return head > 0 && strncmp(name, own, head) == 0 &&
           strncmp(name + head, own + head, SKEL_IDENTITY_SHORT) != 0 &&
           strlen(name) == head + SKEL_IDENTITY_SHORT + sizeof ending - 1 &&
           strcmp(name + head + SKEL_IDENTITY_SHORT, ending) == 0;
}

/* Compares the data of a checkpoint of the same job, which it may be. */
static skel_status compare(const skel_inputs *in, const char *path, bool *same)
{
    char schema[64] = "";
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    *same = false;
    SKEL_TRY(skel_reader_open(path, &reader));
    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (strcmp(schema, SKEL_CHECKPOINT_SCHEMA) == 0) {
        SKEL_TRY(skel_stored_job_is(reader, in->job, same));
    }
    if (*same) {
        SKEL_TRY(skel_checkpoint_data_check(in, reader));
    }
done:
    return skel_reader_close(&reader, status);
}

static skel_status check_one(const skel_inputs *in, const char *path)
{
    bool same = false;
    skel_status status = compare(in, path, &same);

    if (status != SKEL_OK && status != SKEL_ERR_MEMORY && !same) {
        skel_error_clear(); /* another run's, which tells of its own files */
        status = SKEL_OK;
    }
    return status;
}

skel_status skel_checkpoint_check_others(const skel_inputs *in)
{
    const char *path = in->assignment->path;
    const char *slash = strrchr(path, '/');
    const char *own = slash != NULL ? slash + 1 : path;
    char folder[FOLDER];
    DIR *listing = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - path) : 1,
                   slash != NULL ? path : ".");
    listing = opendir(folder);
    for (struct dirent *entry = listing != NULL ? readdir(listing) : NULL;
         entry != NULL && status == SKEL_OK; entry = readdir(listing)) {
        if (is_like(entry->d_name, own)) {
            char name[FOLDER + 256];

            (void)snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
            status = check_one(in, name);
        }
    }
    if (listing != NULL) {
        (void)closedir(listing);
    }
    return status;
}
