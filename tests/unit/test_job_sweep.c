/* Sweeps, and what the command line changes. */
#include "suite.h"

#include "job/file_read.h"
#include "skel/memory.h"

#include <string.h>

#define MINIMAL "data: {set: mnist}\nmodel: {name: lenet-5}\n"
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static skel_job_file *read_text(const char *text, size_t count, const char *const overrides[])
{
    skel_job_file *file = NULL;

    ck_assert_ok(
        skel_job_file_read("job.yaml", "job", false, strlen(text), text, count, overrides, &file));
    return file;
}

/* Run `index` of a text with one override, or none for NULL. */
static skel_job run_of(const char *text, const char *override, size_t index)
{
    skel_job_file *file = read_text(text, override != NULL ? 1 : 0, &override);
    skel_job job;

    skel_job_file_run(file, index, &job);
    skel_job_file_close(&file);
    return job;
}

static size_t runs_of(const char *text, size_t count, const char *const overrides[])
{
    skel_job_file *file = read_text(text, count, overrides);
    size_t runs = skel_job_file_runs(file);

    skel_job_file_close(&file);
    return runs;
}

START_TEST(the_last_axis_of_a_sweep_changes_fastest)
{
    static const char text[] = MINIMAL "train: {epochs: 9}\n"
                                       "sweep:\n"
                                       "  prune.method: [random, force]\n"
                                       "  train.milestones: [[], [3, 4], [5]]\n"
                                       "  seed: [7, 8]\n";
    static const uint64_t milestones[] = {0, 2, 1};
    static const uint64_t first[] = {0, 3, 5};

    ck_assert_uint_eq(runs_of(text, 0, NULL), 12);
    for (size_t i = 0; i < 12; i++) {
        skel_job job = run_of(text, NULL, i);

        ck_assert_str_eq(job.prune.method, i < 6 ? "random" : "force");
        ck_assert_uint_eq(job.train.milestones, milestones[i / 2 % 3]);
        ck_assert_uint_eq(job.train.milestone[0], first[i / 2 % 3]);
        ck_assert_uint_eq(job.seed, 7 + i % 2);
    }
}
END_TEST

START_TEST(a_swept_value_leaves_no_trace_of_the_base_or_of_another_run)
{
    static const char text[] = MINIMAL "train: {milestones: [1, 2, 3]}\n"
                                       "prune: {method: iter-snip}\n"
                                       "sweep: {prune.method: [snip], train.milestones: [[9]]}\n";
    skel_job swept = run_of(text, NULL, 0);
    skel_job plain = run_of(MINIMAL "train: {milestones: [9]}\nprune: {method: snip}\n", NULL, 0);

    ck_assert_mem_eq(&swept, &plain, sizeof swept);
}
END_TEST

START_TEST(an_override_wins_over_the_file_and_the_last_one_over_the_others)
{
    static const char text[] = MINIMAL "prune: {sparsity: 0.5}\ntrain: {milestones: [150]}\n";
    static const char *const overrides[] = {
        "prune.sparsity=0.6", "prune.sparsity=0.99", "train.milestones=[10,20]",
        "data.dir=a=b",       "data.pad-to=",        "name=again"};
    skel_job_file *file = read_text(text, COUNT_OF(overrides), overrides);
    skel_job job;

    skel_job_file_run(file, 0, &job);
    skel_job_file_close(&file);
    ck_assert_double_eq(job.prune.sparsity, 0.99);
    ck_assert_uint_eq(job.train.milestones, 2);
    ck_assert_uint_eq(job.train.milestone[1], 20);
    ck_assert_str_eq(job.data.dir, "a=b");
    ck_assert_uint_eq(job.data.pad_to, 0);
    ck_assert_str_eq(job.name, "again");
}
END_TEST

START_TEST(an_override_of_a_swept_key_replaces_its_axis)
{
    static const char text[] = MINIMAL "sweep: {seed: [0, 1, 2], prune.sparsity: [0.9, 0.99]}\n";
    static const struct {
        const char *override;
        size_t runs;
    } cases[] = {
        {"seed=5", 2},       {"seed=[4,5]", 4},        {"sweep.seed=[4]", 2},
        {"sweep.seed=~", 2}, {"sweep={seed: [5]}", 1}, {"sweep.train.epochs=[1,2]", 12},
        {"sweep=~", 1},      {"sweep=none", 1},        {"sweep.seed=none", 2},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_uint_eq(runs_of(text, 1, &cases[i].override), cases[i].runs);
    }
    ck_assert_uint_eq(run_of(text, "seed=5", 1).seed, 5);
    ck_assert_double_eq(run_of(text, "seed=5", 1).prune.sparsity, 0.99);
    /* the axis keeps its place: the sparsity still changes fastest */
    ck_assert_uint_eq(run_of(text, "seed=[4,5]", 1).seed, 4);
    ck_assert_double_eq(run_of(text, "seed=[4,5]", 1).prune.sparsity, 0.99);
}
END_TEST

START_TEST(a_list_for_a_swept_list_is_one_value)
{
    static const char text[] = MINIMAL "sweep: {train.milestones: [[1], [2]]}\n";
    const char *override = "train.milestones=[3,4]";

    ck_assert_uint_eq(runs_of(text, 1, &override), 1);
    ck_assert_uint_eq(run_of(text, override, 0).train.milestones, 2);
}
END_TEST

START_TEST(required_keys_may_come_from_a_sweep_or_an_override)
{
    static const char *const overrides[] = {"model.name=lenet-5", "sweep.data.set=[mnist,cifar10]"};

    ck_assert_uint_eq(runs_of("", 2, overrides), 2);
}
END_TEST

/* A whole job, printed and read again, has the same runs. */
static void check_reprint(const skel_job_file *file)
{
    skel_job_file *again = NULL;
    char *text = NULL;

    ck_assert_ok(skel_job_file_print(file, &text));
    again = read_text(text, 0, NULL);
    ck_assert_uint_eq(skel_job_file_runs(again), skel_job_file_runs(file));
    for (size_t i = 0; i < skel_job_file_runs(file); i++) {
        skel_job job;
        skel_job same;

        skel_job_file_run(file, i, &job);
        skel_job_file_run(again, i, &same);
        ck_assert_msg(memcmp(&job, &same, sizeof job) == 0, "run %zu differs:\n%s", i, text);
    }
    skel_job_file_close(&again);
    SKEL_FREE(&text);
}

START_TEST(a_whole_job_that_is_printed_has_the_same_runs)
{
    static const char *const texts[] = {
        MINIMAL,
        MINIMAL "prune: {method: force, sparsity: 0.123456789012345678}\n"
                "train: {milestones: [1, 2]}\nseed: 9007199254740992\n",
        MINIMAL "train: {epochs: 9}\n"
                "sweep:\n  prune.method: [random, force, grasp]\n  prune.sparsity: [0.1, 5.0e-1]\n"
                "  train.milestones: [[], [3, 4]]\n  seed: [7, 8]\n"
                "  prune.keep-layers: [[], [fc1, \"y\"]]\n",
        "data: {set: mnist, dir: \"a, b: [c]\"}\n"
        "sweep: {model.name: [lenet-5, lenet-300-100], model.weights: [~, \"x]'\\\"y\"]}\n",
        MINIMAL "prune: {temperature: 100.0}\nsweep: {prune.method: [grasp, force]}\n",
    };
    static const char *const overrides[] = {"seed=5", "sweep.prune.sparsity=[0.25,0.5]", "name=b"};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (size_t count = 0; count <= COUNT_OF(overrides); count++) {
            skel_job_file *file = read_text(texts[i], count, overrides);

            check_reprint(file);
            skel_job_file_close(&file);
        }
    }
}
END_TEST

START_TEST(milestones_that_never_come_are_no_error)
{
    skel_job job =
        run_of(MINIMAL "train: {epochs: 350, milestones: [150, 250]}\n", "train.epochs=0", 0);

    ck_assert_uint_eq(job.train.epochs, 0);
    ck_assert_uint_eq(job.train.milestones, 2);
}
END_TEST

START_TEST(a_swept_key_that_changes_nothing_is_refused_with_the_key_that_would_make_it_count)
{
    static const char train[] = "train.epochs above 0";
    static const struct {
        const char *text;
        const char *key;
        const char *needs; /* NULL: the sweep is taken */
    } cases[] = {
        {"train: {epochs: 1}\nsweep: {data.crop-padding: [1, 2]}\n", "data.crop-padding",
         "data.augment or prune.augment crop-flip or cutout"},
        {"data: {augment: cutout}\nsweep: {data.crop-padding: [1, 2]}\n", "data.crop-padding",
         "data.augment or prune.augment crop-flip or cutout"},
        {"train: {epochs: 1}\nsweep: {data.augment: [none, cutout], data.cutout-size: [1, 2]}\n",
         "data.cutout-size", "data.augment or prune.augment cutout"},
        {"train: {epochs: 1}\nsweep: {data.crop-scale-low: [0.1, 0.2]}\n", "data.crop-scale-low",
         "data.augment or prune.augment random-resized-crop"},
        {"sweep: {train.batch-size: [1, 2]}\n", "train.batch-size", train},
        {"sweep: {data.augment: [none, standard]}\n", "data.augment", train},
        {"train: {epochs: 3, rate-schedule: cosine}\nsweep: {train.milestones: [[1], [2]]}\n",
         "train.milestones", "train.rate-schedule step"},
        {"train: {epochs: 3}\nsweep: {train.gamma: [0.1, 0.2]}\n", "train.gamma",
         "train.rate-schedule step and train.milestones"},
        {"train: {epochs: 3, momentum: 0.0}\nsweep: {train.nesterov: [true, false]}\n",
         "train.nesterov", "train.momentum above 0"},
        {"prune: {iterations: 1}\nsweep: {prune.schedule: [linear, exponential]}\n",
         "prune.schedule", "prune.iterations above 1"},
        {"sweep: {prune.schedule: [linear, exponential]}\n", NULL, NULL},
        {"prune: {augment: cutout}\nsweep: {data.cutout-size: [1, 2]}\n", NULL, NULL},
        {"train: {epochs: 3, milestones: [1]}\nsweep: {train.gamma: [0.1, 0.2]}\n", NULL, NULL},
        {"sweep: {train.epochs: [0, 1]}\n", NULL, NULL},
        {"sweep: {train.gamma: [0.5]}\n", NULL, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_job_file *file = NULL;
        char text[512];
        char expected[512];
        bool has_data = strncmp(cases[i].text, "data: {", 7) == 0;
        skel_status status = SKEL_OK;

        (void)snprintf(text, sizeof text, "model: {name: lenet-5}\ndata: {set: mnist%s%s",
                       has_data ? ", " : "}\n", cases[i].text + (has_data ? 7 : 0));
        status = skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file);
        skel_job_file_close(&file);
        if (cases[i].needs == NULL) {
            ck_assert_ok(status);
            continue;
        }
        ck_assert_msg(status == SKEL_ERR_CONFIG, "accepted: %s", text);
        (void)snprintf(expected, sizeof expected,
                       "sweeping %s repeats a run: it counts with %s only", cases[i].key,
                       cases[i].needs);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), expected));
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(
        tcase, a_swept_key_that_changes_nothing_is_refused_with_the_key_that_would_make_it_count);
    tcase_add_test(tcase, the_last_axis_of_a_sweep_changes_fastest);
    tcase_add_test(tcase, a_swept_value_leaves_no_trace_of_the_base_or_of_another_run);
    tcase_add_test(tcase, an_override_wins_over_the_file_and_the_last_one_over_the_others);
    tcase_add_test(tcase, an_override_of_a_swept_key_replaces_its_axis);
    tcase_add_test(tcase, a_list_for_a_swept_list_is_one_value);
    tcase_add_test(tcase, required_keys_may_come_from_a_sweep_or_an_override);
    tcase_add_test(tcase, a_whole_job_that_is_printed_has_the_same_runs);
    tcase_add_test(tcase, milestones_that_never_come_are_no_error);
}

int main(void)
{
    return skel_suite_run("job_sweep", fill);
}
