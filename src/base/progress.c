/* The live line: label, bar, share, rate, time left. */
#include "skel/progress.h"

#include "skel/log.h"
#include "skel/text.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BAR_MAX = 24, BAR_MIN = 6, COLUMNS_UNKNOWN = 80 };

static const double terminal_interval = 0.1;
static const double log_interval = 5.0;
static const double hook_interval = 0.01;

static struct {
    void (*function)(void *context);
    void *context;
    double called;
} hook;

static struct {
    void (*hear)(void *context, const skel_progress *progress, size_t done, double seconds);
    void *context;
} listener;

void skel_progress_listen(void (*hear)(void *context, const skel_progress *progress, size_t done,
                                       double seconds),
                          void *context)
{
    listener.hear = hear;
    listener.context = context;
}

double skel_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
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
static size_t terminal_columns(void)
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

void skel_progress_start(skel_progress *progress, const char *label, const char *unit, size_t total)
{
    memset(progress, 0, sizeof *progress);
    (void)snprintf(progress->label, sizeof progress->label, "%s", label);
    progress->unit = unit;
    progress->total = total > 0 ? total : 1;
    progress->columns = terminal_columns();
    progress->started = skel_seconds();
    progress->shown = progress->started;
}

static void describe(const skel_progress *progress, size_t done, double elapsed, size_t size,
                     char out[])
{
    char left[SKEL_TEXT_DURATION];
    double rate = elapsed > 0 ? (double)done / elapsed : 0;

    skel_text_duration(rate > 0 ? (double)(progress->total - done) / rate : 0, left);
    (void)snprintf(out, size, "%3.0f %%  %.*f %s/s  %s left%s%s",
                   100.0 * (double)done / (double)progress->total, rate < 10 ? 2 : 0, rate,
                   progress->unit, left, progress->note[0] != '\0' ? "  " : "", progress->note);
}

/* One line, never wrapped: the bar takes the room that is left, then the text is cut. */
static void draw_live(const skel_progress *progress, size_t done, const char *text)
{
    char bar[BAR_MAX + 4] = "";
    int room = (int)progress->columns - 1;
    int width = room - (int)(strlen(progress->label) + strlen(text) + strlen(" [] "));

    width = width < BAR_MAX ? width : BAR_MAX;
    if (width >= BAR_MIN) {
        size_t filled = done * (size_t)width / progress->total;

        (void)snprintf(bar, sizeof bar, "[%*s] ", width, "");
        memset(bar + 1, '=', filled);
        bar[1 + filled] = filled < (size_t)width ? '>' : ']';
    }
    (void)fprintf(stderr, "\r%.*s %s%.*s\033[K", room, progress->label, bar,
                  room > (int)strlen(progress->label) ? room - (int)strlen(progress->label) - 1 : 0,
                  text);
    (void)fflush(stderr);
    skel_log_note_line();
}

/* Shows the line, unless the latest one is young. */
static void show(skel_progress *progress, size_t done, double now)
{
    double interval = progress->columns > 0 ? terminal_interval : log_interval;
    char text[192];

    done = done < progress->total ? done : progress->total;
    if (listener.hear != NULL) {
        listener.hear(listener.context, progress, done, now - progress->started);
    }
    if (!skel_log_enabled(SKEL_LOG_INFO) || now - progress->shown < interval) {
        return;
    }
    progress->shown = now;
    describe(progress, done, now - progress->started, sizeof text, text);
    if (progress->columns > 0) {
        draw_live(progress, done, text);
    } else {
        SKEL_INFO("%s: %s", progress->label, text);
    }
}

void skel_progress_hook(void (*function)(void *context), void *context)
{
    hook.function = function;
    hook.context = context;
    hook.called = 0;
}

static void call_hook(double now)
{
    if (hook.function != NULL && now - hook.called >= hook_interval) {
        hook.called = now;
        hook.function(hook.context);
    }
}

double skel_progress_advance(skel_progress *progress, size_t units, const char *note)
{
    double now = skel_seconds();

    progress->done += units;
    if (progress->done > progress->total) {
        progress->done = progress->total;
    }
    if (note != NULL) {
        (void)snprintf(progress->note, sizeof progress->note, "%s", note);
    }
    show(progress, progress->done, now);
    call_hook(now);
    return now - progress->started;
}

void skel_progress_peek(skel_progress *progress, size_t units)
{
    if (progress != NULL) {
        double now = skel_seconds();

        show(progress, progress->done + units, now);
        call_hook(now);
    }
}

double skel_progress_finish(skel_progress *progress)
{
    skel_log_clear_line();
    return skel_seconds() - progress->started;
}
