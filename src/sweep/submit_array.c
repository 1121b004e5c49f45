/* The missing runs as the elements of an array. */
#include "submission.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_missing(const skel_submission *submission, size_t index)
{
    return index < submission->sweep->runs && submission->place[index] == SKEL_PLACE_MISSING;
}

static void print_ranges(const skel_submission *submission, FILE *stream)
{
    const char *comma = "";

    for (size_t first = 0; first < submission->sweep->runs; first++) {
        size_t last = first;

        if (!is_missing(submission, first)) {
            continue;
        }
        while (is_missing(submission, last + 1)) {
            last++;
        }
        (void)fprintf(stream, last > first ? "%s%zu-%zu" : "%s%zu", comma, first, last);
        comma = ",";
        first = last;
    }
}

skel_status skel_submit_array(const skel_submission *submission, char **out)
{
    char *buffer = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&buffer, &bytes); /* the C library's own block */
    skel_status status = SKEL_OK;

    *out = NULL;
    if (stream == NULL) {
        return SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the numbers of an array");
    }
    print_ranges(submission, stream);
    if (fclose(stream) != 0) {
        status = SKEL_FAIL(SKEL_ERR_MEMORY, "cannot allocate the numbers of an array");
    } else {
        status = skel_strdup(buffer, out);
    }
    free(buffer); /* the C library's own block */
    return status;
}
