/* What `skel submit` reads from people and from Slurm, and writes for Slurm. */
#include "suite.h"

#include "sweep/submission.h"

#include "skel/capture.h"
#include "skel/memory.h"
#include "skel/queue.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

START_TEST(time_limits_have_the_forms_of_sbatchs_manual)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{"90", 5400},       {"1:30", 90},
                 {"90:30", 5430},    {"2:00:05", 7205},
                 {"2-12", 216000},   {"2-12:30", 217800},
                 {"1-0:0:1", 86401}, {"infinite", 0},
                 {"UNLIMITED", 0},   {"100-00:00:00", 8640000}};
    static const char *const wrong[] = {"",   "1h",    "-5",  "1:", ":30", "1:2:3:4", "0",
                                        "1-", "1-2-3", "1.5", " 5", "5 ",  "0-0",     "-"};
    double seconds = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_ok(skel_submit_time(cases[i].text, &seconds));
        ck_assert_double_eq(seconds, cases[i].seconds);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        ck_assert_msg(skel_submit_time(wrong[i], &seconds) == SKEL_ERR_USAGE, "accepted: \"%s\"",
                      wrong[i]);
    }
}
END_TEST

START_TEST(a_line_of_the_queue_names_job_state_run_and_frozen_job)
{
    static const char *const others[] = {"", "12|RUNNING|N/A|None|", "12|RUNNING|N/A|None|other",
                                         "12|RUNNING|skel:/a", "skel:/a"};
    skel_queue_job job;

    ck_assert(skel_queue_line("12_3|PENDING|3|JobArrayTaskLimit|skel:/a b|c/j.yaml\n13|", &job));
    ck_assert_str_eq(job.id, "12_3");
    ck_assert_str_eq(job.state, "PENDING");
    ck_assert_str_eq(job.reason, "JobArrayTaskLimit");
    ck_assert_str_eq(job.frozen, "/a b|c/j.yaml");
    ck_assert(job.is_element);
    ck_assert_uint_eq(job.index, 3);
    ck_assert(skel_queue_line("9|RUNNING|N/A|None|skel:/j.yaml", &job));
    ck_assert(!job.is_element);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        ck_assert_msg(!skel_queue_line(others[i], &job), "a job of skel: %s", others[i]);
    }
}
END_TEST

START_TEST(an_array_has_the_missing_runs_in_ranges)
{
    static const struct {
        const char *places; /* Missing, Done, Queued */
        const char *text;
    } cases[] = {
        {"MMMMMMM", "0-6"}, {"DMDMMQM", "1,3-4,6"}, {"MDMDMDM", "0,2,4,6"}, {"QQDDDMD", "5"}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_sweep sweep = {.runs = 7};
        skel_place place[7];
        skel_submission submission = {.sweep = &sweep, .place = place};
        char *text = NULL;

        for (size_t run = 0; run < 7; run++) {
            place[run] = cases[i].places[run] == 'M'   ? SKEL_PLACE_MISSING
                         : cases[i].places[run] == 'D' ? SKEL_PLACE_DONE
                                                       : SKEL_PLACE_QUEUED;
        }
        ck_assert_ok(skel_submit_array(&submission, &text));
        ck_assert_str_eq(text, cases[i].text);
        SKEL_FREE(&text);
    }
}
END_TEST

START_TEST(a_programs_output_messages_and_status_are_captured)
{
    static const char *const argv[] = {"sh", "-c", "echo out; echo one >&2; echo two >&2; exit 3",
                                       NULL};
    static const char *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
    static const char *const none[] = {"skel-no-such-program", NULL};
    static const char *const asleep[] = {"sleep", "600", NULL};
    skel_capture capture;

    ck_assert_ok(skel_capture_run(argv, &capture));
    ck_assert_str_eq(capture.output, "out\n");
    ck_assert_str_eq(capture.messages, "one;two");
    ck_assert_int_eq(capture.exit_status, 3);
    skel_capture_clear(&capture);
    ck_assert_ok(skel_capture_run(killed, &capture));
    ck_assert_int_eq(capture.exit_status, 128 + 9);
    skel_capture_clear(&capture);
    ck_assert_int_eq(skel_capture_run(none, &capture), SKEL_ERR_MISSING);
    skel_capture_clear(&capture);
    ck_assert_int_eq(skel_capture_run_within(0.1, asleep, &capture), SKEL_ERR_MISSING);
    ck_assert_ok(skel_capture_run_within(600, argv, &capture));
    skel_capture_clear(&capture);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, time_limits_have_the_forms_of_sbatchs_manual);
    tcase_add_test(tcase, a_line_of_the_queue_names_job_state_run_and_frozen_job);
    tcase_add_test(tcase, an_array_has_the_missing_runs_in_ranges);
    tcase_add_test(tcase, a_programs_output_messages_and_status_are_captured);
}

int main(void)
{
    return skel_suite_run("submit", fill);
}
