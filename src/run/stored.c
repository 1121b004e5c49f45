/* Reads the jobs and figures of earlier runs from their files. */
#include "skel/stored.h"

#include "skel/memory.h"

#include <stdlib.h>

double skel_stored_number(skel_reader *reader, const char *object, const char *name)
{
    char text[64];

    skel_reader_attribute(reader, object, name, sizeof text, text);
    return strtod(text, NULL); /* 0 of an empty text */
}

skel_status skel_stored_job(skel_reader *reader, skel_job *out)
{
    enum { ROOM = 1 << 16 };
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_check_attribute(reader, "/provenance", "job"));
    SKEL_TRY(SKEL_ALLOC(ROOM, 1, &text));
    skel_reader_attribute(reader, "/provenance", "job", ROOM, text);
    if (text[0] == '\0') {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s holds no job (attribute job of /provenance)",
                           skel_reader_path(reader));
        goto done;
    }
    status = skel_job_parse(skel_reader_path(reader), text, out);
    if (status ==
        SKEL_ERR_CONFIG) { /* the job was valid when it was written, so the file is damaged */
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "the job in the attribute job of /provenance is damaged, or of another "
                           "release: %s",
                           skel_error_message());
    }
done:
    SKEL_FREE(&text);
    return status;
}

skel_status skel_stored_job_is(skel_reader *reader, const skel_job *job, bool *same)
{
    skel_job stored;
    skel_status status = skel_stored_job(reader, &stored);

    *same = false;
    if (status != SKEL_OK) {
        return status;
    }
    *same = skel_job_same_bits(&stored, job);
    return SKEL_OK;
}
