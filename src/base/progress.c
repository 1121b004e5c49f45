/* Phases of known length: what is done, how fast, and how long the rest will take. */
#include "skel/progress.h"

#include "skel/line.h"
#include "skel/log.h"
#include "skel/text.h"
#include "skel/watchdog.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static struct {
    skel_progress_show show;
    void *context;
} viewer;

static struct {
    void (*hear)(void *context, const skel_progress *progress, size_t done, double seconds);
    void *context;
} listener;

static double work;

double skel_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void skel_progress_start(skel_progress *progress, const char *label, const char *unit, size_t total)
{
    memset(progress, 0, sizeof *progress);
    (void)snprintf(progress->label, sizeof progress->label, "%s", label);
    progress->unit = unit;
    progress->total = total > 0 ? total : 1;
    progress->started = skel_seconds();
}

double skel_progress_describe(const skel_progress *progress, size_t done, double now,
                              char out[SKEL_PROGRESS_TEXT])
{
    char left[SKEL_TEXT_DURATION];
    double elapsed = now - progress->started;
    double rate = elapsed > 0 ? (double)done / elapsed : 0;

    skel_text_duration(rate > 0 ? (double)(progress->total - done) / rate : 0, left);
    (void)snprintf(out, SKEL_PROGRESS_TEXT, "%3.0f %%  %.*f %s/s  %s left",
                   100.0 * (double)done / (double)progress->total, rate < 10 ? 2 : 0, rate,
                   progress->unit, left);
    return (double)done / (double)progress->total;
}

/* Shows a phase by itself. */
static void show_alone(const skel_progress *progress, size_t done, double now)
{
    char text[SKEL_PROGRESS_TEXT];
    skel_line line = {.label = progress->label, .text = text, .note = progress->note};

    if (skel_line_is_due(now)) {
        line.share = skel_progress_describe(progress, done, now, text);
        skel_line_show(&line, now);
    }
}

/* Counts the work, and shows it. */
static void note(skel_progress *progress, size_t done, double now)
{
    skel_watchdog_beat();
    done = done < progress->total ? done : progress->total;
    if (done > progress->counted) {
        work += (double)(done - progress->counted) * progress->weight;
        progress->counted = done;
    }
    if (listener.hear != NULL) {
        listener.hear(listener.context, progress, done, now - progress->started);
    }
    if (viewer.show != NULL) {
        viewer.show(viewer.context, progress, done, now);
    } else {
        show_alone(progress, done, now);
    }
}

void skel_progress_view(skel_progress_show show, void *context)
{
    viewer.show = show;
    viewer.context = context;
}

void skel_progress_listen(void (*hear)(void *context, const skel_progress *progress, size_t done,
                                       double seconds),
                          void *context)
{
    listener.hear = hear;
    listener.context = context;
}

double skel_progress_work(void)
{
    return work;
}

double skel_progress_advance(skel_progress *progress, size_t units, const char *text)
{
    double now = skel_seconds();

    progress->done += units;
    if (progress->done > progress->total) {
        progress->done = progress->total;
    }
    if (text != NULL) {
        (void)snprintf(progress->note, sizeof progress->note, "%s", text);
    }
    note(progress, progress->done, now);
    return now - progress->started;
}

void skel_progress_peek(skel_progress *progress, size_t units)
{
    if (progress != NULL) {
        note(progress, progress->done + units, skel_seconds());
    }
}

double skel_progress_finish(skel_progress *progress)
{
    skel_log_clear_line();
    return skel_seconds() - progress->started;
}
