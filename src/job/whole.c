/* Small text files, read whole. */
#include "whole.h"

#include "skel/memory.h"

#include <errno.h>
#include <string.h>

static const size_t largest = 1048576; /* bytes; a job has about a thousand */

skel_status skel_whole_read(const char *label, const char *noun, FILE *stream, char **text,
                            size_t *bytes)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(largest + 1, 1, text));
    *bytes = fread(*text, 1, largest + 1, stream);
    if (ferror(stream)) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", label, strerror(errno));
    } else if (*bytes > largest) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: more than %zu bytes; this is no %s", label,
                           largest, noun);
    }
done:
    return status;
}
