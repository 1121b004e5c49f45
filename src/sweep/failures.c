/* Failures: the table of the runs that have failed, and the status of the whole sweep. */
#include "failures.h"

#include "notice.h"

#include "skel/log.h"
#include "skel/stop.h"

#include <stdio.h>

static const skel_status from_worst[] = {
    SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL, SKEL_ERR_NUMBER, SKEL_ERR_STORAGE, SKEL_ERR_IO,
    SKEL_ERR_DATA,   SKEL_ERR_MISSING,  SKEL_ERR_CONFIG, SKEL_ERR_USAGE,
};

skel_status skel_failures_worse(skel_status a, skel_status b)
{
    for (size_t i = 0; i < sizeof from_worst / sizeof *from_worst; i++) {
        if (from_worst[i] == a || from_worst[i] == b) {
            return from_worst[i];
        }
    }
    return SKEL_OK;
}

static void print_line(const skel_sweep *sweep, size_t index)
{
    const skel_sweep_run *run = &sweep->run[index];
    char name[SKEL_NOTICE_NAME];

    skel_notice_name(sweep, index, name);
    (void)fprintf(stderr, "%5zu  %-40s %4d  %s\n", index, name, skel_status_exit_code(run->status),
                  run->failure != NULL ? run->failure : "");
}

/* The error of the only run. */
static skel_status blame(const skel_sweep *sweep, size_t index)
{
    const skel_sweep_run *run = &sweep->run[index];
    char name[SKEL_NOTICE_NAME];

    skel_notice_name(sweep, index, name);
    return skel_error_set(run->status, "run %zu (%s): %s", index, name,
                          run->failure != NULL ? run->failure : "out of memory");
}

/* The error of a sweep that was stopped: whatever has failed, the same command does the rest. */
static skel_status tell_stop(const skel_sweep_run *last, size_t stopped, size_t unbegun)
{
    char remedy[SKEL_STOP_REASON];

    if (stopped == 1 && unbegun == 0) {
        return skel_error_set(SKEL_ERR_STOPPED, "%s",
                              last->failure != NULL ? last->failure : "stopped");
    }
    skel_stop_remedy(remedy);
    return skel_error_set(SKEL_ERR_STOPPED,
                          "stopped by %s: %zu run%s after a checkpoint, %zu run%s before the "
                          "first step; %s",
                          skel_stop_reason(), stopped, stopped == 1 ? "" : "s", unbegun,
                          unbegun == 1 ? "" : "s", remedy);
}

skel_status skel_failures_tell(const skel_sweep *sweep, size_t tried, size_t unbegun)
{
    size_t failed = 0;
    size_t stopped = 0;
    char begun[64] = "";
    skel_status worst = SKEL_OK;
    const skel_sweep_run *last = NULL;

    for (size_t i = 0; i < sweep->runs; i++) {
        const skel_sweep_run *run = &sweep->run[i];

        if (run->status == SKEL_ERR_STOPPED) {
            stopped++;
            last = run;
        } else if (run->state == SKEL_RUN_FAILED) {
            worst = skel_failures_worse(worst, run->status);
            if (tried == 1) {
                return blame(sweep, i);
            }
            if (failed++ == 0) {
                skel_log_clear_line();
                (void)fprintf(stderr, "%5s  %-40s %4s  %s\n", "index", "failed run", "exit", "why");
            }
            print_line(sweep, i);
        }
    }
    if (stopped > 0 || (unbegun > 0 && skel_stop_is_asked())) {
        return tell_stop(last, stopped, unbegun);
    }
    if (worst == SKEL_OK) {
        return SKEL_OK;
    }
    if (unbegun > 0) {
        (void)snprintf(begun, sizeof begun, ", %zu were not begun", unbegun);
    }
    return skel_error_set(worst, "%zu of %zu runs failed, as the table says%s%s", failed, tried,
                          begun,
                          failed + unbegun < tried ? "; the files of the others are complete" : "");
}
