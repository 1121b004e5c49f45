/* Durations of a command line. */
#include "suite.h"

#include "skel/duration.h"

START_TEST(the_forms_that_people_and_slurm_write_are_read)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{"90", 90},      {"90s", 90},        {"15m", 900},          {"2h", 7200},
                 {"1.5h", 5400},  {"1d", 86400},      {"15:30", 930},        {"2:00:01", 7201},
                 {"1-02", 93600}, {"1-02:03", 93780}, {"1-02:03:04", 93784}, {"0:10", 10}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double seconds = 0;

        ck_assert_ok(skel_duration_read("--max-time", cases[i].text, &seconds));
        ck_assert_double_eq(seconds, cases[i].seconds);
    }
}
END_TEST

START_TEST(other_texts_are_refused_and_named)
{
    static const char *const cases[] = {
        "",   "0",  "-5",    "1w",  "abc",  "nan",   "1:2:3:4", "1:",
        ":5", "1-", "1-2-3", "5 m", "0:00", "1e99h", "inf",     "12345678901:00"};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double seconds = 7;

        ck_assert_int_eq(skel_duration_read("--max-time", cases[i], &seconds), SKEL_ERR_USAGE);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "--max-time"));
        ck_assert_double_eq(seconds, 7);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_forms_that_people_and_slurm_write_are_read);
    tcase_add_test(tcase, other_texts_are_refused_and_named);
}

int main(void)
{
    return skel_suite_run("duration", fill);
}
