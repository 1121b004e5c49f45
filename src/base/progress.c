/* The live line: label, bar, share, rate, time left. */
#include "skel/progress.h"

#include "skel/log.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24 };

static const double terminal_interval = 0.1;
static const double log_interval = 5.0;

static bool line_is_live;

double skel_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void skel_progress_clear(void)
{
    if (line_is_live) {
        (void)fputs("\r\033[K", stderr);
        line_is_live = false;
    }
}

void skel_progress_start(skel_progress *progress, const char *label, const char *unit, size_t total)
{
    memset(progress, 0, sizeof *progress);
    (void)snprintf(progress->label, sizeof progress->label, "%s", label);
    progress->unit = unit;
    progress->total = total > 0 ? total : 1;
    progress->started = skel_seconds();
    progress->shown = progress->started;
}

static void describe(const skel_progress *progress, const char *note, char *out, size_t size)
{
    char left[SKEL_TEXT_DURATION];
    double elapsed = skel_seconds() - progress->started;
    double rate = elapsed > 0 ? (double)progress->done / elapsed : 0;

    skel_text_duration(rate > 0 ? (double)(progress->total - progress->done) / rate : 0, left);
    (void)snprintf(out, size, "%3.0f %%  %.*f %s/s  %s left%s%s",
                   100.0 * (double)progress->done / (double)progress->total, rate < 10 ? 2 : 0,
                   rate, progress->unit, left, note != NULL && note[0] != '\0' ? "  " : "",
                   note != NULL ? note : "");
}

static void draw_live(const skel_progress *progress, const char *text)
{
    char bar[BAR_WIDTH + 1];
    size_t filled = progress->done * BAR_WIDTH / progress->total;

    for (size_t i = 0; i < BAR_WIDTH; i++) {
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    }
    bar[BAR_WIDTH] = '\0';
    (void)fprintf(stderr, "\r\033[K%s [%s] %s", progress->label, bar, text);
    (void)fflush(stderr);
    line_is_live = true;
}

double skel_progress_advance(skel_progress *progress, size_t step, const char *note)
{
    double now = skel_seconds();
    bool live = isatty(STDERR_FILENO) != 0;
    char text[160];

    progress->done += step;
    if (progress->done > progress->total) {
        progress->done = progress->total;
    }
    if (!skel_log_enabled(SKEL_LOG_INFO) ||
        now - progress->shown < (live ? terminal_interval : log_interval)) {
        return now - progress->started;
    }
    progress->shown = now;
    describe(progress, note, text, sizeof text);
    if (live) {
        draw_live(progress, text);
    } else {
        SKEL_INFO("%s: %s", progress->label, text);
    }
    return now - progress->started;
}

double skel_progress_finish(skel_progress *progress)
{
    skel_progress_clear();
    return skel_seconds() - progress->started;
}
