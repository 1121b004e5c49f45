/* The names of run files. */
#include "suite.h"

#include "sweep/stem.h"

#include <stdio.h>
#include <string.h>

static skel_sweep_run run_with(const char *method, double sparsity, const char *identity)
{
    skel_sweep_run run = {.job = {.seed = 3}};

    (void)snprintf(run.job.prune.method, sizeof run.job.prune.method, "%s", method);
    run.job.prune.sparsity = sparsity;
    (void)snprintf(run.identity, sizeof run.identity, "%s", identity);
    return run;
}

/* A sweep without runs, with its axes in the order given. */
static skel_sweep sweep_over(size_t count, const char *const axes[])
{
    skel_sweep sweep = {.axes = count};

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(sweep.axis[i], SKEL_SWEEP_KEY, "%s", axes[i]);
    }
    return sweep;
}

START_TEST(a_name_has_method_sparsity_seed_and_the_first_digits_of_the_identity)
{
    static const char *const axes[] = {"seed", "prune.sparsity", "prune.method"};
    skel_sweep sweep = sweep_over(3, axes);
    skel_sweep_run run = run_with("iter-snip", 0.995, "0123456789abcdef0123456789abcdef");
    char stem[SKEL_STEM];

    ck_assert_ok(skel_stem_of(&sweep, &run, stem));
    ck_assert_str_eq(stem, "iter-snip-s0.995-seed3-01234567.h5");
    run = run_with("none", 0.9, "ffffffffffffffffffffffffffffffff");
    ck_assert_ok(skel_stem_of(&sweep, &run, stem));
    ck_assert_str_eq(stem, "none-s0-seed3-ffffffff.h5");
}
END_TEST

START_TEST(other_swept_keys_are_in_the_name_by_their_last_word_unless_two_have_it)
{
    static const char *const axes[] = {"train.learning-rate", "train.batch-size",
                                       "prune.batch-size"};
    skel_sweep sweep = sweep_over(3, axes);
    skel_sweep_run run = run_with("snip", 0.9, "0123456789abcdef0123456789abcdef");
    char stem[SKEL_STEM];

    run.job.train.learning_rate = 0.05;
    run.job.train.batch_size = 64;
    run.job.prune.batch_size = 32;
    ck_assert_ok(skel_stem_of(&sweep, &run, stem));
    ck_assert_str_eq(stem, "snip-s0.9-seed3-learning-rate=0.05-train.batch-size=64-"
                           "prune.batch-size=32-01234567.h5");
}
END_TEST

START_TEST(values_are_safe_in_a_shell_and_in_a_file_system)
{
    static const char *const axes[] = {"train.milestones", "model.weights", "data.pad-to"};
    skel_sweep sweep = sweep_over(3, axes);
    skel_sweep_run run = run_with("snip", 0.9, "0123456789abcdef0123456789abcdef");
    char stem[SKEL_STEM];

    run.job.train.milestones = 2;
    run.job.train.milestone[0] = 150;
    run.job.train.milestone[1] = 250;
    (void)snprintf(run.job.model.weights, sizeof run.job.model.weights, "/a b/c d;$(x)'*.h5");
    ck_assert_ok(skel_stem_of(&sweep, &run, stem));
    ck_assert_str_eq(stem, "snip-s0.9-seed3-milestones=150+250-weights=cd___x___.h5-"
                           "pad-to=default-01234567.h5");
}
END_TEST

START_TEST(a_name_has_at_most_a_hundred_characters)
{
    static const char *const axes[] = {"model.weights", "data.pad-to"};
    skel_sweep sweep = sweep_over(2, axes);
    skel_sweep_run run = run_with("magnitude-finetune", 0.123456789, "0123456789abcdef");
    char stem[SKEL_STEM];

    run.job.seed = 9007199254740992;
    for (size_t length = 1; length < 200; length++) {
        memset(run.job.model.weights, 'w', length);
        ck_assert_ok(skel_stem_of(&sweep, &run, stem));
        ck_assert_uint_le(strlen(stem), 100);
        /* 100 less 52 for method, sparsity and seed, 12 for identity and ending, 9 for -weights= */
        ck_assert_int_eq(strstr(stem, "-weights=w") != NULL, length <= 27);
        /* less 15 for -pad-to=default, which is there if it fits */
        ck_assert_int_eq(strstr(stem, "-pad-to=default-01234567.h5") != NULL,
                         length <= 12 || length > 27);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_name_has_method_sparsity_seed_and_the_first_digits_of_the_identity);
    tcase_add_test(tcase, other_swept_keys_are_in_the_name_by_their_last_word_unless_two_have_it);
    tcase_add_test(tcase, values_are_safe_in_a_shell_and_in_a_file_system);
    tcase_add_test(tcase, a_name_has_at_most_a_hundred_characters);
}

int main(void)
{
    return skel_suite_run("stem", fill);
}
