/* Lines of progress and of results: how often a log file has one, and what is said when. */
#include "suite.h"

#include "skel/line.h"
#include "skel/log.h"
#include "sweep/display.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Sends standard error to a file while `work` is done, and returns the file's text. */
static const char *hear(void (*work)(void))
{
    static char text[1 << 16];
    FILE *file = tmpfile();
    int own = dup(STDERR_FILENO);
    size_t bytes = 0;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
    work();
    ck_assert_int_ge(dup2(own, STDERR_FILENO), 0);
    rewind(file);
    bytes = fread(text, 1, sizeof text - 1, file);
    text[bytes] = '\0';
    (void)close(own);
    (void)fclose(file);
    return text;
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        found++;
    }
    return found;
}

/* Ten hours with a step each second, from 1000 s on a monotonic clock. */
static void show_for_hours(void)
{
    const skel_line line = {.label = "run", .text = "on its way", .note = ""};

    for (int now = 1000; now < 1000 + 36000; now++) {
        if (skel_line_is_due(now)) {
            skel_line_show(&line, now);
        }
    }
}

START_TEST(a_log_file_has_a_line_a_minute_after_the_first_minutes)
{
    size_t lines = 0;

    skel_log_configure(SKEL_LOG_INFO, true);
    lines = count(hear(show_for_hours), "on its way\n");
    /* 10 h are 600 minutes; in the first four minutes there are some more */
    ck_assert_uint_le(lines, 600 + 16);
    ck_assert_uint_ge(lines, 600 - 4);
}
END_TEST

/* A run ends each second, for ten hours. */
static void end_runs_for_hours(void)
{
    const skel_line line = {.label = "run", .text = "on its way", .note = ""};

    for (int now = 1000; now < 1000 + 36000; now++) {
        char text[32];

        (void)snprintf(text, sizeof text, "result %d", now);
        skel_line_result(text, now);
        if (skel_line_is_due(now)) {
            skel_line_show(&line, now);
        }
    }
    skel_line_flush();
}

START_TEST(results_come_at_most_once_a_minute_after_five_minutes)
{
    const char *text = NULL;

    skel_log_configure(SKEL_LOG_INFO, true);
    text = hear(end_runs_for_hours);
    ck_assert_uint_eq(count(text, "result 1299\n"), 1);
    ck_assert_uint_le(count(text, "result ") - 300, 600);
    ck_assert_ptr_nonnull(strstr(text, "more since the line before)"));
    ck_assert_ptr_nonnull(strstr(text, "result 36999"));
}
END_TEST

/* Runs that take two minutes each. */
static void end_long_runs(void)
{
    for (int now = 1000; now < 1000 + 36000; now += 120) {
        skel_line_result("result", now);
    }
}

START_TEST(no_result_of_a_long_run_is_held_back)
{
    skel_log_configure(SKEL_LOG_INFO, true);
    ck_assert_uint_eq(count(hear(end_long_runs), "result\n"), 300);
}
END_TEST

static void warn_twice(void)
{
    skel_log_subject("force 98 %, seed 0");
    SKEL_WARN("only %d weights", 7);
    SKEL_WARN("only %d weights", 7);
    SKEL_WARN("only %d weights", 8);
    skel_log_subject("force 98 %, seed 1");
    SKEL_WARN("only %d weights", 7);
    skel_log_subject(NULL);
}

START_TEST(a_warning_is_said_once_for_each_run)
{
    const char *text = NULL;

    skel_log_configure(SKEL_LOG_INFO, true);
    text = hear(warn_twice);
    ck_assert_str_eq(text, "skel: warning: force 98 %, seed 0: only 7 weights\n"
                           "skel: warning: force 98 %, seed 0: only 8 weights\n"
                           "skel: warning: force 98 %, seed 1: only 7 weights\n");
}
END_TEST

START_TEST(the_forecast_waits_for_the_longest_run)
{
    /* 4 groups have done 80 in 10 s, that is 2 each per second */
    ck_assert_double_eq_tol(skel_display_left(10, 80, 160, 20, 4), 20, 1e-9);
    ck_assert_double_eq_tol(skel_display_left(10, 80, 160, 100, 4), 50, 1e-9);
    ck_assert_double_eq(skel_display_left(10, 0, 160, 20, 4), -1);
}
END_TEST

static double forecast_after(skel_display *display, skel_sweep *sweep, size_t index, double first)
{
    const skel_news result = {.index = index, .share = 1, .first = first};

    skel_display_end(display, 0, &result);
    sweep->run[index].state = SKEL_RUN_DONE;
    return skel_display_forecast(display, skel_seconds() + 10);
}

/* Runs may be shorter than the time between two lines. */
START_TEST(the_forecast_counts_runs_that_no_line_has_shown)
{
    enum { RUNS = 4 };
    skel_sweep_run run[RUNS] = {{.cost = 1}, {.cost = 1}, {.cost = 1}, {.cost = 1}};
    skel_sweep sweep = {.run = run, .runs = RUNS};
    skel_display *display = NULL;

    ck_assert_ok(skel_display_open(&sweep, 1, &display));
    ck_assert_double_eq(skel_display_forecast(display, skel_seconds() + 10), -1);
    ck_assert_double_eq_tol(forecast_after(display, &sweep, 0, 0), 3 * 10, 0.5);
    /* half of it, and then all, was done before */
    ck_assert_double_eq_tol(forecast_after(display, &sweep, 1, 0.5), 2 * 10 / 1.5, 0.5);
    ck_assert_double_eq_tol(forecast_after(display, &sweep, 2, 1), 1 * 10 / 1.5, 0.5);
    skel_display_close(&display);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_log_file_has_a_line_a_minute_after_the_first_minutes);
    tcase_add_test(tcase, results_come_at_most_once_a_minute_after_five_minutes);
    tcase_add_test(tcase, no_result_of_a_long_run_is_held_back);
    tcase_add_test(tcase, a_warning_is_said_once_for_each_run);
    tcase_add_test(tcase, the_forecast_waits_for_the_longest_run);
    tcase_add_test(tcase, the_forecast_counts_runs_that_no_line_has_shown);
}

int main(void)
{
    return skel_suite_run("line", fill);
}
