/* The line that shows what is going on: label, bar, figures. */
#include "skel/line.h"

#include "skel/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BAR_MAX = 24, BAR_MIN = 6, COLUMNS_UNKNOWN = 80, RESULT = 1024 };

static const double terminal_interval = 0.1;
static const double least_interval = 5;
static const double minute = 60;
static const double first_minutes = 300;

/* The pace of a log file's lines, and the latest line of results that was held back. */
static struct {
    double first; /* time of the first question whether a line is due; 0: none yet */
    double latest;
    size_t held;
    char result[RESULT];
} pace;

double skel_line_interval(double elapsed)
{
    double interval = elapsed / 4;

    return interval < least_interval ? least_interval : interval > minute ? minute : interval;
}

/* A launcher such as mpirun reads our messages from a pipe and prints them itself: what counts then
 * is where it prints to. Returns a descriptor of the terminal, or -1. */
static int open_launchers_terminal(void)
{
    struct stat own;
    char path[64];
    int terminal = -1;

    if (fstat(STDERR_FILENO, &own) == 0 && S_ISFIFO(own.st_mode) &&
        getenv("OMPI_COMM_WORLD_RANK") != NULL) {
        (void)snprintf(path, sizeof path, "/proc/%ld/fd/2", (long)getppid());
        terminal = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    }
    if (terminal >= 0 && isatty(terminal) == 0) {
        (void)close(terminal);
        terminal = -1;
    }
    return terminal;
}

/* Columns of the terminal that shows our messages; 0 if they go to a file. */
static int ask_columns(void)
{
    struct winsize size = {0};
    bool own = isatty(STDERR_FILENO) != 0;
    int terminal = own ? STDERR_FILENO : open_launchers_terminal();

    if (terminal < 0) {
        return 0;
    }
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        size.ws_col = COLUMNS_UNKNOWN;
    }
    if (!own) {
        (void)close(terminal);
    }
    return size.ws_col;
}

/* The same, asked once a second: a user may change the window. */
static int columns(void)
{
    static time_t asked;
    static int answer;
    time_t now = time(NULL);

    if (now != asked) {
        asked = now;
        answer = ask_columns();
    }
    return answer;
}

bool skel_line_is_live(void)
{
    return columns() > 0;
}

bool skel_line_is_due(double now)
{
    if (pace.first == 0) {
        pace.first = now;
        pace.latest = now;
    }
    return skel_log_enabled(SKEL_LOG_INFO) &&
           now - pace.latest >=
               (columns() > 0 ? terminal_interval : skel_line_interval(now - pace.first));
}

/* Appends the bar that has room between label and figures. */
static void add_bar(double share, int width, size_t size, char out[])
{
    size_t used = strlen(out);
    int filled = (int)(share * width);

    if (width < BAR_MIN || used + (size_t)width + 4 >= size) {
        return;
    }
    (void)snprintf(out + used, size - used, "[%*s] ", width, "");
    memset(out + used + 1, '=', (size_t)filled);
    if (filled < width) {
        out[used + 1 + (size_t)filled] = '>';
    }
}

/* One line, never wrapped: the bar takes the room that is left, then the text is cut. */
static void draw(const skel_line *line, int room)
{
    char text[640];
    const char *gap = line->note[0] != '\0' ? "  " : "";
    int used = (int)(strlen(line->label) + strlen(line->text) + strlen(gap) + strlen(line->note));
    int width = room - used - (int)strlen(" [] ");

    if (width < BAR_MIN) { /* the bar, before the note is cut */
        width = room - (int)(strlen(line->label) + strlen(line->text) + strlen(" [] "));
        width = width < BAR_MIN ? width : BAR_MIN;
    }
    (void)snprintf(text, sizeof text, "%s ", line->label);
    add_bar(line->share, width < BAR_MAX ? width : BAR_MAX, sizeof text, text);
    used = (int)strlen(text);
    (void)snprintf(text + used, sizeof text - (size_t)used, "%s%s%s", line->text, gap, line->note);
    (void)fprintf(stderr, "\r%.*s\033[K", room, text);
    (void)fflush(stderr);
    skel_log_note_line();
}

void skel_line_flush(void)
{
    if (pace.held > 1) {
        SKEL_INFO("%s (and %zu more since the line before)", pace.result, pace.held - 1);
    } else if (pace.held == 1) {
        SKEL_INFO("%s", pace.result);
    }
    pace.held = 0;
}

void skel_line_show(const skel_line *line, double now)
{
    pace.latest = now;
    if (columns() > 0) {
        draw(line, columns() - 1);
    } else if (pace.held > 0) {
        skel_line_flush();
    } else {
        SKEL_INFO("%s: %s%s%s", line->label, line->text, line->note[0] != '\0' ? "  " : "",
                  line->note);
    }
}

void skel_line_result(const char *text, double now)
{
    (void)skel_line_is_due(now); /* begins to count, if nothing was shown before */
    (void)snprintf(pace.result, sizeof pace.result, "%s", text);
    pace.held++;
    if (columns() > 0 || skel_log_enabled(SKEL_LOG_DEBUG) || now - pace.first < first_minutes ||
        now - pace.latest >= minute) {
        skel_line_flush();
        pace.latest = now - pace.first < first_minutes ? pace.latest : now;
    }
}
