/* Moments of the training in a job: epochs or steps. */
#include "job_text.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static skel_status read_first(const char *rest, skel_job *job)
{
    return skel_job_text_read(4, rest, job);
}

START_TEST(a_moment_to_rewind_to_is_an_epoch_or_a_number_of_steps)
{
    static const struct {
        const char *text;
        uint64_t epochs;
        uint64_t steps;
    } right[] = {
        {"2", 2, 0}, {"500 steps", 0, 500}, {"\"500 steps\"", 0, 500},
        {"~", 0, 0}, {"0", 0, 0},           {"0 steps", 0, 0},
    };
    static const char *const wrong[] = {"2 epochs", "steps",     "1.5", "-1 steps", "\"2\"",
                                        "5steps",   "5 steps x", "[1]", "05 steps"};
    char text[128];
    skel_job job;

    for (size_t i = 0; i < COUNT_OF(right); i++) {
        (void)snprintf(text, sizeof text, "prune: {method: imp, rewind: %s}\n", right[i].text);
        ck_assert_ok(read_first(text, &job));
        ck_assert_uint_eq(job.prune.rewind.epochs, right[i].epochs);
        ck_assert_uint_eq(job.prune.rewind.steps, right[i].steps);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        (void)snprintf(text, sizeof text, "prune: {method: imp, rewind: %s}\n", wrong[i]);
        ck_assert_int_eq(read_first(text, &job), SKEL_ERR_CONFIG);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "prune.rewind: expected an integer"));
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_moment_to_rewind_to_is_an_epoch_or_a_number_of_steps);
}

int main(void)
{
    return skel_suite_run("job_moment", fill);
}
