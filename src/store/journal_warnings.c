/* The warnings that a journal keeps. */
#include "skel/journal.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST_FILE = 256 * 1024 * 1024 };

/* Reads a whole journal. `*out` is owned; NULL if it is too long to be one. */
static skel_status read_file(const char *path, size_t *bytes, char **out)
{
    int descriptor = -1;
    ssize_t got = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_input_open(path, &descriptor, bytes));
    if (*bytes > LONGEST_FILE) {
        goto done;
    }
    SKEL_TRY(SKEL_ALLOC(*bytes + 1, 1, out));
    got = skel_input_read(descriptor, 0, *bytes, *out);
    if (got < 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno)));
    }
    *bytes = (size_t)got;
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return status;
}

/* Adds the message of a line, if it is a warning that is not there yet. */
static skel_status take_line(const char *path, const char *line, size_t bytes, skel_texts *out)
{
    static const char warning[] = "\"warning\"";
    skel_json *read = NULL;
    skel_status status = SKEL_OK;

    if (memmem(line, bytes, warning, sizeof warning - 1) == NULL) {
        return SKEL_OK;
    }
    status = skel_json_parse(path, bytes, line, &read);
    if (status == SKEL_ERR_DATA) { /* it is cut or damaged */
        skel_error_clear();
        return SKEL_OK;
    }
    if (status == SKEL_OK && strcmp(skel_json_text(read, "event"), "warning") == 0 &&
        !skel_texts_has(out, skel_json_text(read, "message"))) {
        status = skel_texts_add(out, "%s", skel_json_text(read, "message"));
    }
    skel_json_destroy(&read);
    return status;
}

skel_status skel_journal_warnings(const char *path, skel_texts *out)
{
    char *text = NULL;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_file(path, &bytes, &text));
    for (const char *at = text, *end = NULL; at != NULL; at = end != NULL ? end + 1 : NULL) {
        end = memchr(at, '\n', bytes - (size_t)(at - text));
        if (end != NULL) {
            SKEL_TRY(take_line(path, at, (size_t)(end - at), out));
        }
    }
done:
    SKEL_FREE(&text);
    return status;
}
