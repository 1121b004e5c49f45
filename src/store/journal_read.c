/* Reading of journals: the last lines, and the start that the last one refers to. */
#include "skel/journal.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line is shorter than TAIL bytes, unless a scheduler has very long variables. */
enum { TAIL = 16 * 1024, LONGEST_LINE = 256 * 1024, LONGEST_FILE = 256 * 1024 * 1024 };

/* A part of a file. */
typedef struct part {
    const char *path;
    int descriptor;
    off_t size;  /* of the file */
    off_t first; /* place of `text` in it */
    size_t bytes;
    char *text; /* owned */
} part;

static skel_status open_part(const char *path, part *out)
{
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    *out = (part){.path = path, .descriptor = -1};
    status = skel_input_open(path, &out->descriptor, &bytes);
    out->size = (off_t)bytes;
    return status;
}

static void close_part(part *file)
{
    if (file->descriptor >= 0) {
        (void)close(file->descriptor);
    }
    SKEL_FREE(&file->text);
}

/* Reads at most `most` bytes from `first` on. */
static skel_status read_part(part *file, off_t first, size_t most)
{
    size_t want = (size_t)(file->size - first) < most ? (size_t)(file->size - first) : most;
    ssize_t got = 0;
    skel_status status = SKEL_GROW(want + 1, 1, &file->text);

    file->first = first;
    file->bytes = 0;
    if (status != SKEL_OK) {
        return status;
    }
    got = skel_input_read(file->descriptor, (uint64_t)first, want, file->text);
    if (got < 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", file->path, strerror(errno));
    }
    file->bytes = (size_t)got; /* fewer than wanted if the file is shorter now */
    return SKEL_OK;
}

/* The line that ends before `end`, and `end` moved to its beginning; false if there is none that is
 * whole. */
static bool line_before(const part *file, size_t *end, const char **line, size_t *bytes)
{
    const char *stop = memrchr(file->text, '\n', *end);
    const char *begin = NULL;

    if (stop == NULL) {
        return false;
    }
    begin = memrchr(file->text, '\n', (size_t)(stop - file->text));
    if (begin == NULL && file->first > 0) {
        return false; /* it begins before this part of the file */
    }
    *line = begin != NULL ? begin + 1 : file->text;
    *bytes = (size_t)(stop - *line);
    *end = (size_t)(*line - file->text);
    return true;
}

static bool is_event(const skel_json *line, const char *event)
{
    return strcmp(skel_json_text(line, "event"), event) == 0;
}

static bool is_start(const skel_json *line)
{
    return is_event(line, "start") &&
           strcmp(skel_json_text(line, "schema_name"), SKEL_JOURNAL_SCHEMA) == 0;
}

static bool has_position(const skel_json *line)
{
    return !isnan(skel_json_number(line, "epoch")) && !isnan(skel_json_number(line, "iteration"));
}

/* Whether a line can be one that is still looked for: most need not be parsed. */
static bool is_wanted(const skel_journal_story *story, const char *line, size_t bytes)
{
    static const char checkpoint[] = "\"checkpoint\"";
    static const char position[] = "\"epoch\"";

    return story->latest == NULL ||
           (story->checkpoint == NULL &&
            memmem(line, bytes, checkpoint, sizeof checkpoint - 1) != NULL) ||
           (story->position == NULL && memmem(line, bytes, position, sizeof position - 1) != NULL);
}

/* Keeps copies, as each line of the story is freed on its own. */
static skel_status keep(const char *label, const char *line, size_t bytes, bool wanted,
                        skel_json **out)
{
    return wanted && *out == NULL ? skel_json_parse(label, bytes, line, out) : SKEL_OK;
}

static skel_status take_line(const char *label, const char *line, size_t bytes,
                             skel_journal_story *out)
{
    skel_json *read = NULL;
    skel_status status = skel_json_parse(label, bytes, line, &read);

    if (status == SKEL_ERR_DATA) {
        out->damaged = true;
        skel_error_clear();
        return SKEL_OK;
    }
    SKEL_TRY(status);
    if (skel_json_text(read, "event")[0] == '\0') {
        out->damaged = true;
        goto done;
    }
    SKEL_TRY(keep(label, line, bytes, is_event(read, "checkpoint"), &out->checkpoint));
    SKEL_TRY(keep(label, line, bytes, has_position(read), &out->position));
    if (out->latest == NULL) {
        out->latest = read;
        read = NULL;
    }
done:
    skel_json_destroy(&read);
    return status;
}

/* Lines before the one at `start` belong to an earlier start. */
static skel_status read_tail(part *file, skel_journal_story *out)
{
    size_t end = 0;
    const char *line = NULL;
    size_t bytes = 0;
    double start = -1;
    skel_status status = SKEL_OK;

    for (size_t most = TAIL; out->latest == NULL && most <= LONGEST_LINE; most *= 4) {
        SKEL_TRY(read_part(file, file->size > (off_t)most ? file->size - (off_t)most : 0, most));
        end = file->bytes;
        while (line_before(file, &end, &line, &bytes) &&
               (double)(file->first + (off_t)end) >= start) {
            if (is_wanted(out, line, bytes)) {
                SKEL_TRY(take_line(file->path, line, bytes, out));
            }
            if (out->latest != NULL && start < 0) {
                start = skel_json_number(out->latest, "start_at");
                start = start >= 0 ? start : 0;
            }
        }
    }
done:
    return status;
}

/* Parses the line at `first` of what was read as a start. */
static skel_status take_start(const part *file, const char *line, skel_json **out)
{
    const char *stop = memchr(line, '\n', file->bytes - (size_t)(line - file->text));
    skel_status status = SKEL_OK;

    if (stop == NULL) {
        return SKEL_OK;
    }
    status = skel_json_parse(file->path, (size_t)(stop - line), line, out);
    if (status == SKEL_ERR_DATA) {
        skel_error_clear();
        return SKEL_OK;
    }
    if (status == SKEL_OK && !is_start(*out)) {
        skel_json_destroy(out);
    }
    return status;
}

/* The start at the place that the latest line names. */
static skel_status read_named_start(part *file, skel_journal_story *out)
{
    double place = out->latest != NULL ? skel_json_number(out->latest, "start_at") : -1;
    skel_status status = SKEL_OK;

    for (size_t most = TAIL / 4; out->start == NULL && most <= LONGEST_LINE; most *= 8) {
        if (!(place >= 0 && place < (double)file->size)) {
            return SKEL_OK;
        }
        SKEL_TRY(read_part(file, (off_t)place, most));
        SKEL_TRY(take_start(file, file->text, &out->start));
    }
done:
    return status;
}

/* The last start of the whole file, for a journal that somebody has edited. */
static skel_status search_start(part *file, skel_journal_story *out)
{
    static const char mark[] = "\"start\"";
    size_t end = 0;
    const char *line = NULL;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    if (file->size > LONGEST_FILE) {
        return SKEL_OK;
    }
    SKEL_TRY(read_part(file, 0, LONGEST_FILE));
    end = file->bytes;
    while (out->start == NULL && line_before(file, &end, &line, &bytes)) {
        if (memmem(line, bytes, mark, sizeof mark - 1) != NULL) {
            SKEL_TRY(take_start(file, line, &out->start));
        }
    }
done:
    return status;
}

skel_status skel_journal_read(const char *path, skel_journal_story *out)
{
    part file = {.descriptor = -1};
    skel_status status = SKEL_OK;

    *out = (skel_journal_story){0};
    SKEL_TRY(open_part(path, &file));
    SKEL_TRY(read_tail(&file, out));
    SKEL_TRY(read_named_start(&file, out));
    if (out->start == NULL) {
        SKEL_TRY(search_start(&file, out));
    }
    if (out->start == NULL) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: no journal: no line of it is a start that skel wrote", path);
    }
done:
    close_part(&file);
    return status;
}

void skel_journal_forget(skel_journal_story *story)
{
    skel_json_destroy(&story->start);
    skel_json_destroy(&story->latest);
    skel_json_destroy(&story->position);
    skel_json_destroy(&story->checkpoint);
}
