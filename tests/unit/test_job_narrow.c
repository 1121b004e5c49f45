/* Arguments that choose some of a job's methods. */
#include "suite.h"

#include "job/file_read.h"

#include <stdio.h>
#include <string.h>

#define BASE "data: {set: mnist}\nmodel: {name: lenet-5}\ntrain: {epochs: 4}\n"

/* Reads a text with arguments; out: its runs, and the first of them. */
static skel_status read_with(const char *rest, size_t count, const char *const arguments[],
                             size_t *runs, skel_job *job)
{
    char text[1024];
    skel_job_file *file = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(text, sizeof text, "%s%s", BASE, rest);
    status = skel_job_file_read("j.yaml", "j", false, strlen(text), text, count, arguments, &file);
    if (status == SKEL_OK) {
        *runs = skel_job_file_runs(file);
        skel_job_file_run(file, 0, job);
    }
    skel_job_file_close(&file);
    return status;
}

START_TEST(an_argument_may_choose_methods_that_do_not_read_all_of_the_file)
{
    static const char text[] = "prune: {schedule: linear, batches: 2}\n"
                               "sweep: {prune.method: [force, imp], prune.iterations: [3, 4], "
                               "seed: [0, 1]}\n";
    static const char *const random[] = {"prune.method=random"};
    static const char *const list[] = {"prune.method=[random,snip]"};
    static const char *const force[] = {"prune.method=force"};
    size_t runs = 0;
    skel_job job;

    ck_assert_ok(read_with(text, 1, random, &runs, &job));
    ck_assert_uint_eq(runs, 2); /* the axis that random does not read is none */
    ck_assert_str_eq(job.prune.schedule, "exponential");
    ck_assert_uint_eq(job.prune.batches, 2);
    ck_assert_ok(read_with(text, 1, list, &runs, &job));
    ck_assert_uint_eq(runs, 4);
    ck_assert_ok(read_with(text, 1, force, &runs, &job));
    ck_assert_uint_eq(runs, 4);
    ck_assert_str_eq(job.prune.schedule, "linear");
}
END_TEST

START_TEST(an_argument_that_its_own_method_does_not_read_is_refused)
{
    static const char *const both[] = {"prune.method=random", "prune.iterations=9"};
    static const char *const swept[] = {"prune.method=random", "sweep.prune.iterations=[8,9]"};
    static const char *const some[] = {"prune.method=[force,random]"};
    size_t runs = 0;
    skel_job job;

    ck_assert_int_eq(read_with("", 2, both, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert_int_eq(read_with("", 2, swept, &runs, &job), SKEL_ERR_CONFIG);
    /* of a swept key that one method reads the other's runs would be equal */
    ck_assert_int_eq(read_with("sweep: {prune.method: [force], prune.iterations: [3, 4]}\n", 1,
                               some, &runs, &job),
                     SKEL_ERR_CONFIG);
    ck_assert_str_eq(
        skel_error_message(),
        "j.yaml:4:50: sweeping prune.iterations makes no sense for prune.method "
        "random; it is for force, iter-snip, grasp-it, synflow, "
        "synflow-l2, px, ntk-sap, imp, "
        "magnitude-finetune, skeletonization, molchanov, chauvin, obd, obs, obs-layer (run 2 "
        "of the sweep, counted from 0)");
}
END_TEST

START_TEST(a_floor_above_the_density_of_a_pattern_is_refused)
{
    static const char *const above[] = {"prune.unit=2:4", "prune.sparsity=0.5",
                                        "prune.per-layer-floor=0.6"};
    static const char *const at[] = {"prune.unit=2:4", "prune.sparsity=0.5",
                                     "prune.per-layer-floor=0.5"};
    size_t runs = 0;
    skel_job job;

    ck_assert_int_eq(read_with("", 3, above, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "prune.unit 2:4 keeps 0.5 of the weights of each layer, "
                                           "but prune.per-layer-floor asks for 0.6") != NULL);
    ck_assert_ok(read_with("", 3, at, &runs, &job));
}
END_TEST

START_TEST(a_method_of_whole_channels_is_refused_with_another_unit)
{
    static const char *const weights[] = {"prune.method=molchanov"};
    static const char *const blocks[] = {"prune.method=molchanov", "prune.unit=block"};
    static const char *const channels[] = {"prune.method=molchanov", "prune.unit=channel"};
    static const char *const energies[] = {"prune.method=chauvin"};
    static const char *const wrong[] = {"prune.method=chauvin", "prune.unit=channel",
                                        "prune.flops-weight=0.1"};
    static const char *const high[] = {"prune.method=chauvin", "prune.energy-order=3"};
    static const char *const units[] = {"prune.method=chauvin", "prune.unit=channel"};
    static const char *const another[] = {"prune.method=obd", "prune.flops-weight=0.1"};
    size_t runs = 0;
    skel_job job;

    ck_assert_int_eq(read_with("", 1, weights, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "set prune.unit channel") != NULL);
    ck_assert_int_eq(read_with("", 2, blocks, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert_int_eq(read_with("", 2, another, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert_ok(read_with("", 2, channels, &runs, &job));
    ck_assert_uint_eq(job.prune.finetune_steps, 30);
    ck_assert_str_eq(job.prune.magnitude_of, "mean");
    ck_assert_double_eq(job.prune.flops_weight, 0);
    ck_assert_int_eq(read_with("", 1, energies, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "set prune.unit channel") != NULL);
    ck_assert_int_eq(read_with("", 3, wrong, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "prune.flops-weight makes no sense for prune.method "
                                           "chauvin; it is for molchanov") != NULL);
    ck_assert_int_eq(read_with("", 2, high, &runs, &job), SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "prune.energy-order: expected") != NULL);
    ck_assert_ok(read_with("", 2, units, &runs, &job));
    ck_assert_uint_eq(job.prune.energy_order, 1);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, an_argument_may_choose_methods_that_do_not_read_all_of_the_file);
    tcase_add_test(tcase, an_argument_that_its_own_method_does_not_read_is_refused);
    tcase_add_test(tcase, a_floor_above_the_density_of_a_pattern_is_refused);
    tcase_add_test(tcase, a_method_of_whole_channels_is_refused_with_another_unit);
}

int main(void)
{
    return skel_suite_run("job_narrow", fill);
}
