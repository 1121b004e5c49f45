/* Keys that only some methods read. */
#include "job_text.h"
#include "suite.h"

#include "job/file_read.h"
#include "job/fit.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static skel_status read_first(const char *rest, skel_job *job)
{
    return skel_job_text_read(4, rest, job);
}

/* The methods that read a key, from the table of methods; which ones, another test checks. */
static void join_users(const char *path, char out[SKEL_KEY_TEXT])
{
    enum { MOST = 64 };
    const char *users[MOST];
    size_t used = 0;
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    ck_assert_uint_le(count, MOST);
    for (size_t i = 0; i < count; i++) {
        if (skel_fit_uses(skel_key_find_path(path), names[i])) {
            users[used++] = names[i];
        }
    }
    skel_text_list(used, users, SKEL_KEY_TEXT, out);
}

/* Puts the users in the place of %s. */
static void write_message(const char *text, const char *users, char out[1024])
{
    const char *mark = strstr(text, "%s");

    (void)snprintf(out, 1024, "%.*s%s%s", mark != NULL ? (int)(mark - text) : (int)strlen(text),
                   text, mark != NULL ? users : "", mark != NULL ? mark + 2 : "");
}

START_TEST(a_key_that_no_method_of_the_job_reads_is_refused_with_both_names)
{
    static const struct {
        const char *text;
        const char *message; /* with %s for the methods that read the key */
        const char *path;
    } cases[] = {
        {"prune: {method: snip, iterations: 9}\n",
         "j.yaml:4:35: prune.iterations makes no sense for prune.method snip; it is for %s",
         "prune.iterations"},
        {"prune: {method: force, rewind: 2}\n",
         "j.yaml:4:32: prune.rewind makes no sense for prune.method force; it is for %s",
         "prune.rewind"},
        {"prune: {method: random, temperature: 100}\n",
         "j.yaml:4:38: prune.temperature makes no sense for prune.method random; it is for %s",
         "prune.temperature"},
        {"prune: {method: random-erk, scope: layer}\n",
         "j.yaml:4:36: prune.scope makes no sense for prune.method random-erk; it is for %s",
         "prune.scope"},
        {"prune: {method: rigl, check: invert}\n",
         "j.yaml:4:30: prune.check makes no sense for prune.method rigl; it is for %s",
         "prune.check"},
        {"prune: {rewind: 3}\nsweep: {prune.method: [snip, force]}\n",
         "j.yaml:4:17: prune.rewind makes no sense for prune.method snip; it is for %s (run 0 of "
         "the sweep, counted from 0)",
         "prune.rewind"},
        {"sweep:\n  prune.method: [force, snip]\n  prune.iterations: [2, 3]\n",
         "j.yaml:6:21: sweeping prune.iterations makes no sense for prune.method snip; it is for "
         "%s (run 2 of the sweep, counted from 0)",
         "prune.iterations"},
        {"prune: {method: grasp, loss: raw-nll}\n",
         "j.yaml:4:30: prune.loss raw-nll makes no sense for prune.method grasp, which needs the "
         "second derivatives of cross-entropy",
         "prune.method"},
        {"prune: {method: obd, loss: linear-error}\n",
         "j.yaml:4:28: prune.loss linear-error makes no sense for prune.method obd, which needs "
         "the second derivatives of cross-entropy",
         "prune.method"},
        {"prune: {method: rigl, drop-by: sign}\n",
         "j.yaml:4:32: prune.drop-by makes no sense for prune.method rigl; it is for %s",
         "prune.drop-by"},
        {"prune: {method: snip, norm-warmup: 3}\n",
         "j.yaml:4:36: prune.norm-warmup makes no sense for prune.method snip; it is for %s",
         "prune.norm-warmup"},
        {"prune: {method: imp, rewind: 4}\n",
         "j.yaml:4:30: prune.rewind 4 leaves none of the 4 train.epochs", "prune.method"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_job job;
        char users[SKEL_KEY_TEXT];
        char message[1024];

        join_users(cases[i].path, users);
        write_message(cases[i].message, users, message);
        ck_assert_int_eq(read_first(cases[i].text, &job), SKEL_ERR_CONFIG);
        ck_assert_str_eq(skel_error_message(), message);
    }
}
END_TEST

START_TEST(what_one_of_the_swept_methods_reads_is_accepted_and_unused_by_the_others)
{
    skel_job job;

    ck_assert_ok(read_first("prune: {iterations: 9, schedule: linear, check: invert}\n"
                            "sweep: {prune.method: [none, force]}\n",
                            &job));
    ck_assert_str_eq(job.prune.method, "none");
    ck_assert_uint_eq(job.prune.iterations, 0);
    ck_assert_str_eq(job.prune.schedule, "exponential");
    ck_assert_str_eq(job.prune.check, "none");
}
END_TEST

START_TEST(a_resolved_job_can_be_read_as_a_job)
{
    static const char *const methods[] = {"force", "snip", "grasp", "random-erk", "imp",
                                          "obd",   "set",  "rigl",  "synflow",    "none"};

    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        char text[256];
        char *printed = NULL;
        skel_job job;
        skel_job again;
        skel_job_file *file = NULL;

        (void)snprintf(text, sizeof text, "prune: {method: %s}\n", methods[i]);
        ck_assert_ok(read_first(text, &job));
        ck_assert_ok(skel_job_print(&job, &printed));
        ck_assert_ok(
            skel_job_file_read("p.yaml", "p", false, strlen(printed), printed, 0, NULL, &file));
        skel_job_file_run(file, 0, &again);
        ck_assert_mem_eq(&job, &again, sizeof job);
        skel_job_file_close(&file);
        SKEL_FREE(&printed);
    }
}
END_TEST

START_TEST(a_method_that_trains_first_needs_epochs)
{
    skel_job_file *file = NULL;
    static const char text[] = "data: {set: mnist}\nmodel: {name: lenet-5}\nprune: {method: imp}\n";

    ck_assert_int_eq(skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file),
                     SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "j.yaml:3:17: prune.method imp needs a network that is "
                                           "trained, but train.epochs is 0");
}
END_TEST

START_TEST(names_of_layers_are_read_as_a_list)
{
    skel_job job;

    ck_assert_ok(read_first("prune: {keep-layers: [conv1, fc2.weight]}\n", &job));
    ck_assert_uint_eq(job.prune.keep_layers, 2);
    ck_assert_str_eq(job.prune.keep_layer[0], "conv1");
    ck_assert_str_eq(job.prune.keep_layer[1], "fc2.weight");
    ck_assert_int_eq(read_first("prune: {keep-layers: conv1}\n", &job), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "j.yaml:4:22: prune.keep-layers: expected a list of at "
                                           "most 16 names, or ~; found \"conv1\"");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_key_that_no_method_of_the_job_reads_is_refused_with_both_names);
    tcase_add_test(tcase, what_one_of_the_swept_methods_reads_is_accepted_and_unused_by_the_others);
    tcase_add_test(tcase, a_resolved_job_can_be_read_as_a_job);
    tcase_add_test(tcase, a_method_that_trains_first_needs_epochs);
    tcase_add_test(tcase, names_of_layers_are_read_as_a_list);
}

int main(void)
{
    return skel_suite_run("job_fit", fill);
}
