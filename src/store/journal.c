/* Writing of journals: each line is one write() to a file that is open for appending. */
#include "skel/journal.h"

#include "skel/folder.h"
#include "skel/input.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct skel_journal {
    int descriptor;
    char *path;
    off_t start;   /* place of the latest start */
    bool cut;      /* the file ends inside a line */
    bool warned;   /* of a line that could not be written */
    double spoken; /* when the latest line was written, by the clock of skel_seconds() */
};

void skel_journal_path(const char *run, size_t size, char out[])
{
    size_t length = strlen(run) - (skel_text_ends_in(run, ".h5") ? strlen(".h5") : 0);

    (void)snprintf(out, size, "%.*s%s", (int)length, run, SKEL_JOURNAL_SUFFIX);
}

double skel_journal_now(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void skel_journal_time_text(double seconds, char out[SKEL_JOURNAL_TIME])
{
    time_t whole = (time_t)floor(seconds);
    char date[SKEL_JOURNAL_TIME - 8] = "";
    struct tm utc;

    if (gmtime_r(&whole, &utc) != NULL) {
        (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    }
    (void)snprintf(out, SKEL_JOURNAL_TIME, "%s.%03dZ", date,
                   (int)(1000 * (seconds - floor(seconds))));
}

double skel_journal_time(const skel_json *line)
{
    const char *text = skel_json_text(line, "time");
    struct tm utc = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    int thousandths = 0;

    if (rest == NULL || sscanf(rest, ".%3d", &thousandths) != 1 || strcmp(rest + 4, "Z") != 0) {
        return (double)NAN;
    }
    return (double)timegm(&utc) + 1e-3 * thousandths;
}

static off_t size_of(const skel_journal *journal)
{
    struct stat about;

    return fstat(journal->descriptor, &about) == 0 ? about.st_size : 0;
}

static bool ends_inside_line(const skel_journal *journal)
{
    off_t size = size_of(journal);
    char last = '\n';

    return size > 0 && pread(journal->descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

static skel_status open_file(const char *run, skel_journal *journal)
{
    size_t room = strlen(run) + sizeof SKEL_JOURNAL_SUFFIX;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(room, 1, &journal->path));
    skel_journal_path(run, room, journal->path);
    SKEL_TRY(skel_folder_make_above(journal->path));
    if (access(journal->path, F_OK) == 0) {
        SKEL_TRY(skel_input_look(journal->path, NULL));
    }
    journal->descriptor =
        open(journal->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (journal->descriptor < 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: open: %s", journal->path, strerror(errno));
    }
done:
    return status;
}

void skel_journal_open(const char *run, skel_journal **out)
{
    skel_journal *journal = NULL;
    skel_status status = SKEL_ALLOC(1, sizeof *journal, &journal);

    *out = NULL;
    if (status == SKEL_OK) {
        journal->descriptor = -1;
        status = open_file(run, journal);
    }
    if (status != SKEL_OK) {
        SKEL_WARN("%s; the run goes on without its journal, and skel status cannot see it",
                  skel_error_message());
        skel_error_clear();
        skel_journal_close(&journal);
        return;
    }
    journal->cut = ends_inside_line(journal);
    journal->spoken = skel_seconds();
    *out = journal;
}

void skel_journal_close(skel_journal **journal)
{
    if (*journal == NULL) {
        return;
    }
    if ((*journal)->descriptor >= 0) {
        (void)close((*journal)->descriptor);
    }
    SKEL_FREE(&(*journal)->path);
    SKEL_FREE(journal);
}

bool skel_journal_begin(skel_journal *journal, const char *event, skel_json **line)
{
    char now[SKEL_JOURNAL_TIME];

    *line = NULL;
    if (journal == NULL || skel_json_create(line) != SKEL_OK) {
        return false;
    }
    if (strcmp(event, "start") == 0) {
        journal->start = size_of(journal) + (journal->cut ? 1 : 0);
    }
    skel_journal_time_text(skel_journal_now(), now);
    skel_json_add_text(*line, "time", now);
    skel_json_add_text(*line, "event", event);
    skel_json_add_count(*line, "start_at", (uint64_t)journal->start);
    return true;
}

static void warn_once(skel_journal *journal, const char *reason)
{
    if (!journal->warned) {
        journal->warned = true; /* first: the warning is an event of this journal, too */
        SKEL_WARN("%s: cannot write: %s; the run goes on, but skel status may show it as stale",
                  journal->path, reason);
    }
}

/* A part of a line is left in the file if the disk was full. */
static void write_line(skel_journal *journal, const char *bytes, size_t count)
{
    ssize_t written = 0;

    do {
        written = write(journal->descriptor, bytes, count);
    } while (written < 0 && errno == EINTR);
    if (written == (ssize_t)count) {
        journal->cut = false;
    } else {
        journal->cut = journal->cut || written > 0;
        warn_once(journal, written < 0 ? strerror(errno) : "no space left for the whole line");
    }
    journal->spoken = skel_seconds();
}

void skel_journal_append(skel_journal *journal, skel_json **line)
{
    char *text = NULL;
    char *whole = NULL;
    size_t room = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_json_print(*line, &text));
    room = strlen(text) + 3;
    SKEL_TRY(SKEL_ALLOC(room, 1, &whole));
    (void)snprintf(whole, room, "%s%s\n", journal->cut ? "\n" : "", text);
    write_line(journal, whole, strlen(whole));
done:
    if (status != SKEL_OK) {
        warn_once(journal, skel_error_message());
    }
    SKEL_FREE(&whole);
    SKEL_FREE(&text);
    skel_json_destroy(line);
}

double skel_journal_silence(const skel_journal *journal)
{
    return skel_seconds() - journal->spoken;
}
