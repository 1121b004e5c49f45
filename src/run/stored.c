/* What the files of earlier invocations say about their runs. */
#include "stored.h"

#include "skel/memory.h"

#include <stdlib.h>
#include <string.h>

double skel_stored_number(skel_reader *reader, const char *object, const char *name)
{
    char text[64];

    skel_reader_attribute(reader, object, name, sizeof text, text);
    return strtod(text, NULL); /* 0 of an empty text */
}

/* Bytes of a printed job before its last section, which says when checkpoints are due. */
static size_t settings_length(const char *job)
{
    const char *end = strstr(job, "\ncheckpoint:\n");

    return end != NULL ? (size_t)(end - job) : strlen(job);
}

skel_status skel_stored_job_is(skel_reader *reader, const skel_job *job, bool *same)
{
    enum { ROOM = 1 << 16 };
    char *stored = NULL;
    char *wanted = NULL;
    size_t length = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_job_print(job, &wanted));
    SKEL_TRY(SKEL_ALLOC(ROOM, 1, &stored));
    skel_reader_attribute(reader, "/provenance", "job", ROOM, stored);
    length = settings_length(wanted);
    *same = settings_length(stored) == length && memcmp(stored, wanted, length) == 0;
done:
    SKEL_FREE(&stored);
    SKEL_FREE(&wanted);
    return status;
}
