/* Displays: one line for all groups of a sweep. */
#include "display.h"

#include "notice.h"

#include "skel/cost.h"
#include "skel/line.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TEXT = 384, TURN = 3 /* seconds that a live line shows one of several groups */ };

/* A group as the root sees it. */
typedef struct seen {
    bool at_work;
    skel_news news;
} seen;

struct skel_display {
    const skel_sweep *sweep;
    size_t groups;
    seen *seen; /* [groups] */
    double started;
    double done; /* work of the runs that have ended */
    size_t shown;
    size_t index; /* run of this rank's group */
    char name[SKEL_NOTICE_NAME];
    double passes; /* of all work of the run */
    double before; /* skel_progress_work() at its begin */
    bool stepped;  /* a step of progress was made since then */
    double first;  /* share of the run at the first one */
};

double skel_display_left(double elapsed, double done, double left, double longest, size_t groups)
{
    if (!(done > 0 && elapsed > 0)) {
        return -1;
    }
    return fmax(left, longest * (double)groups) * elapsed / done;
}

skel_status skel_display_open(const skel_sweep *sweep, size_t groups, skel_display **out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(1, sizeof **out, out));
    SKEL_TRY(SKEL_ALLOC(groups, sizeof *(*out)->seen, &(*out)->seen));
    (*out)->sweep = sweep;
    (*out)->groups = groups;
    (*out)->started = skel_seconds();
done:
    if (status != SKEL_OK) {
        skel_display_close(out);
    }
    return status;
}

void skel_display_close(skel_display **display)
{
    if (*display == NULL) {
        return;
    }
    skel_log_subject(NULL);
    skel_line_flush();
    SKEL_FREE(&(*display)->seen);
    SKEL_FREE(display);
}

void skel_display_begin(skel_display *display, size_t index)
{
    const skel_sweep_run *run = &display->sweep->run[index];
    skel_costs *costs = NULL;
    skel_cost cost = {0};

    if (skel_costs_create(&costs) != SKEL_OK ||
        skel_cost_of(costs, &run->job, 1, &cost) != SKEL_OK) {
        skel_error_clear(); /* the run will say so */
    }
    skel_costs_destroy(&costs);
    display->passes = 3 * cost.gradient_images + cost.forward_images;
    display->before = skel_progress_work();
    display->stepped = false;
    display->first = 0;
    display->index = index;
    skel_notice_name(display->sweep, index, display->name);
    skel_log_subject(display->sweep->runs > 1 ? display->name : "");
}

/* What is done of this rank's run, 0 to 1. */
static double own_share(const skel_display *display)
{
    double work = skel_progress_work() - display->before;

    return display->passes > 0 ? fmin(work / display->passes, 1) : 0;
}

void skel_display_step(skel_display *display)
{
    if (!display->stepped) {
        display->stepped = true;
        display->first = own_share(display);
    }
}

void skel_display_news(const skel_display *display, const skel_progress *progress, size_t done,
                       double now, skel_news *out)
{
    memset(out, 0, sizeof *out);
    out->index = display->index;
    out->share = own_share(display);
    out->first = display->first;
    (void)snprintf(out->phase, sizeof out->phase, "%.*s", SKEL_NEWS_PHASE - 1, progress->label);
    out->phase_share = skel_progress_describe(progress, done, now, out->text);
    (void)snprintf(out->note, sizeof out->note, "%s", progress->note);
}

void skel_display_hear(skel_display *display, size_t group, const skel_news *news)
{
    display->seen[group] = (seen){.at_work = true, .news = *news};
}

void skel_display_result(const skel_display *display, bool whole, skel_news *out)
{
    *out = (skel_news){.index = display->index,
                       .share = whole ? 1 : own_share(display),
                       .first = display->stepped || whole ? display->first : own_share(display)};
}

void skel_display_end(skel_display *display, size_t group, const skel_news *result)
{
    display->done += display->sweep->run[result->index].cost * (result->share - result->first);
    display->seen[group].at_work = false;
}

double skel_display_forecast(const skel_display *display, double now)
{
    double done = display->done;
    double left = 0;
    double longest = 0;
    size_t at_work = 0;

    for (size_t i = 0; i < display->sweep->runs; i++) {
        if (display->sweep->run[i].state == SKEL_RUN_PENDING) {
            left += display->sweep->run[i].cost;
            longest = fmax(longest, display->sweep->run[i].cost);
        }
    }
    for (size_t i = 0; i < display->groups; i++) {
        const seen *at = &display->seen[i];

        if (at->at_work) {
            double cost = display->sweep->run[at->news.index].cost;

            at_work++;
            done += cost * (at->news.share - at->news.first);
            left -= cost * at->news.share;
        }
    }
    longest = at_work == 1 ? 0 : fmin(longest, left);
    return skel_display_left(now - display->started, done, fmax(left, 0), longest, at_work);
}

/* "5/54 done, 16 at work, all in 2 h 10 min (2026-11-26 00:51)" */
static void describe_sweep(const skel_display *display, double now, char out[TEXT])
{
    const skel_sweep *sweep = display->sweep;
    double left = skel_display_forecast(display, now);
    size_t at_work = 0;
    int used = 0;

    for (size_t i = 0; i < display->groups; i++) {
        at_work += display->seen[i].at_work;
    }
    used = snprintf(out, TEXT, "%zu/%zu done", sweep->done, sweep->runs - sweep->repeated);
    if (display->groups > 1) {
        used += snprintf(out + used, TEXT - (size_t)used, ", %zu at work", at_work);
    }
    if (left >= 0) {
        char duration[SKEL_TEXT_DURATION];
        char clock[32] = "";
        time_t end = time(NULL) + (time_t)left;
        struct tm local;

        skel_text_duration(left, duration);
        if (localtime_r(&end, &local) != NULL) {
            (void)strftime(clock, sizeof clock, " (%Y-%m-%d %H:%M)", &local);
        }
        (void)snprintf(out + used, TEXT - (size_t)used, ", all in %s%s", duration, clock);
    }
}

/* The group whose run is shown: each in turn. NULL if none is at work. */
static const seen *choose(skel_display *display, double now)
{
    size_t at_work = 0;
    size_t turn = skel_line_is_live() ? (size_t)(now / TURN) : display->shown++;

    for (size_t i = 0; i < display->groups; i++) {
        at_work += display->seen[i].at_work;
    }
    for (size_t i = 0; i < display->groups && at_work > 0; i++) {
        if (display->seen[i].at_work && turn-- % at_work == 0) {
            return &display->seen[i];
        }
    }
    return NULL;
}

void skel_display_show(skel_display *display, double now)
{
    const seen *at = choose(display, now);
    char name[SKEL_NOTICE_NAME] = "";
    char label[SKEL_NOTICE_NAME + SKEL_NEWS_PHASE + 4] = "";
    char sweep[TEXT] = "";
    char text[TEXT + SKEL_PROGRESS_TEXT + 4];
    char note[SKEL_NOTICE_NAME + SKEL_NEWS_PHASE + SKEL_PROGRESS_TEXT + 8] = "";
    skel_line line = {.label = label, .text = text, .note = note};

    if (display->sweep->runs > 1) {
        describe_sweep(display, now, sweep);
    }
    if (at != NULL) {
        skel_notice_name(display->sweep, at->news.index, name);
        (void)snprintf(label, sizeof label, "%s: %s", name, at->news.phase);
        line.share = at->news.phase_share;
    }
    if (display->groups > 1) {
        (void)snprintf(text, sizeof text, "%s", sweep);
        (void)snprintf(note, sizeof note, "%s  %s", label, at != NULL ? at->news.text : "");
        (void)snprintf(label, sizeof label, "%zu groups", display->groups);
        line.share = (double)display->sweep->done / (double)display->sweep->runs;
    } else if (at != NULL) {
        (void)snprintf(text, sizeof text, "%s%s%s", at->news.text, sweep[0] != '\0' ? "  " : "",
                       sweep);
        (void)snprintf(note, sizeof note, "%s", at->news.note);
    } else {
        return;
    }
    skel_line_show(&line, now);
}
