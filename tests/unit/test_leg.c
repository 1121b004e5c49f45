/* Legs of training: which epochs, at which rates, in which orders, at which price. */
#include "suite.h"

#include "skel/cost.h"
#include "skel/leg.h"

#include <stdio.h>

#define BASE                                                                                       \
    "name: t\n"                                                                                    \
    "data: {set: fashion-mnist, train-samples: 1000, test-samples: 300, validation: 0.2}\n"        \
    "model: {name: lenet-5}\n"                                                                     \
    "train: {epochs: 10, learning-rate: 0.1, rate-schedule: step, milestones: [4, 8], "            \
    "test-every: 3}\n"

enum { TRAIN = 800, VALIDATION = 200, TEST = 300, PRUNE = 128 };

static void read_job(const char *prune, skel_job *job, skel_settings *settings)
{
    char text[1024];

    (void)snprintf(text, sizeof text, "%sprune: {%s}\n", BASE, prune);
    ck_assert_ok(skel_job_parse("test", text, job));
    ck_assert_ok(skel_settings_resolve(job, settings));
}

START_TEST(what_is_pruned_at_initialisation_is_trained_in_one_leg)
{
    static const char *const methods[] = {"method: force", "method: none", "method: rigl"};

    for (size_t i = 0; i < 3; i++) {
        skel_job job;
        skel_settings settings;
        skel_leg leg;

        read_job(methods[i], &job, &settings);
        leg = skel_leg_after(&job, &settings, settings.iterations);
        ck_assert_uint_eq(skel_leg_count(&settings), 1);
        ck_assert_uint_eq(leg.number, 0);
        ck_assert_uint_eq(leg.first, 0);
        ck_assert_uint_eq(leg.epochs, 10);
        ck_assert_uint_eq(skel_leg_epochs_left(&job, &settings, settings.iterations, 3), 7);
    }
}
END_TEST

START_TEST(rounds_of_lottery_tickets_repeat_the_schedule_from_the_epoch_rewound_to)
{
    skel_job job;
    skel_settings settings;

    read_job("method: imp, iterations: 4, rewind: 3", &job, &settings);
    ck_assert_uint_eq(skel_leg_count(&settings), 5);
    for (size_t t = 1; t <= 4; t++) {
        skel_leg leg = skel_leg_after(&job, &settings, t);

        ck_assert_uint_eq(leg.number, t);
        ck_assert_uint_eq(leg.first, 3);
        ck_assert_uint_eq(leg.epochs, 7);
        ck_assert_uint_eq(leg.shift, 0);
        ck_assert_double_eq(skel_rate_at(&leg.rate, 3, 0, 1), 0.1);
        ck_assert_double_eq(skel_rate_at(&leg.rate, 4, 0, 1), 0.1 * 0.1);
    }
    ck_assert_uint_eq(skel_leg_after(&job, &settings, 0).epochs, 10);
    ck_assert_uint_eq(skel_leg_epochs_left(&job, &settings, 0, 0), 10 + 4 * 7);
    ck_assert_uint_eq(skel_leg_epochs_left(&job, &settings, 3, 5), 2 + 7);
}
END_TEST

START_TEST(finetuning_has_its_own_rate_and_never_sees_an_order_twice)
{
    bool seen[10 + 3 * 2] = {false};
    skel_job job;
    skel_settings settings;

    read_job("method: obd, iterations: 3, finetune-epochs: 2, finetune-rate: 0.004", &job,
             &settings);
    for (size_t t = 0; t <= 3; t++) {
        skel_leg leg = skel_leg_after(&job, &settings, t);

        ck_assert_uint_eq(leg.epochs, t == 0 ? 10 : 2);
        for (size_t epoch = leg.first; epoch < leg.first + leg.epochs; epoch++) {
            ck_assert(!seen[epoch + leg.shift]);
            seen[epoch + leg.shift] = true;
            ck_assert(t == 0 || skel_rate_at(&leg.rate, epoch, 1, 2) == 0.004);
        }
    }
}
END_TEST

START_TEST(steps_to_rewind_to_are_whole_epochs_and_steps_of_the_next)
{
    skel_job job;
    skel_settings settings;
    size_t steps = (TRAIN + 127) / 128;
    char text[160];
    skel_leg leg;

    (void)snprintf(text, sizeof text, "method: imp, iterations: 4, rewind: %zu steps",
                   2 * steps + 1);
    read_job(text, &job, &settings);
    leg = skel_leg_after(&job, &settings, 1);
    ck_assert_uint_eq(leg.first, 2);
    ck_assert_uint_eq(leg.epochs, 8);
    ck_assert_uint_eq(leg.steps, 1);
    ck_assert_uint_eq(skel_leg_after(&job, &settings, 0).steps, 0);
    ck_assert_uint_eq(skel_leg_steps_spared(&job, &settings, (skel_position){0, 0}), 4);
    ck_assert_uint_eq(skel_leg_steps_spared(&job, &settings, (skel_position){3, 0}), 1);
    ck_assert_uint_eq(skel_leg_steps_spared(&job, &settings, (skel_position){4, 0}), 0);
    job.prune.rewind.steps = 10 * steps;
    ck_assert_int_eq(skel_settings_resolve(&job, &settings), SKEL_ERR_CONFIG);
    (void)snprintf(text, sizeof text,
                   "prune.rewind: %zu steps leave none of the %zu training steps; an epoch has %zu",
                   10 * steps, 10 * steps, steps);
    ck_assert_str_eq(skel_error_message(), text);
}
END_TEST

START_TEST(iterations_are_due_before_training_or_after_a_whole_leg)
{
    skel_job job;
    skel_settings settings;

    read_job("method: force, iterations: 7", &job, &settings);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){0, 0}), 7);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){7, 4}), 7);
    read_job("method: imp, iterations: 4, rewind: 3", &job, &settings);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){0, 0}), 0);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){0, 9}), 0);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){0, 10}), 1);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){1, 6}), 1);
    ck_assert_uint_eq(skel_leg_iterations_due(&job, &settings, (skel_position){1, 7}), 2);
}
END_TEST

START_TEST(a_run_ends_after_the_last_epoch_of_the_last_leg)
{
    skel_job job;
    skel_settings settings;

    read_job("method: force, iterations: 7", &job, &settings);
    ck_assert(!skel_leg_ends_run(&job, &settings, (skel_position){7, 9}));
    ck_assert(!skel_leg_ends_run(&job, &settings, (skel_position){6, 10}));
    ck_assert(skel_leg_ends_run(&job, &settings, (skel_position){7, 10}));
    read_job("method: imp, iterations: 4, rewind: 3", &job, &settings);
    ck_assert(!skel_leg_ends_run(&job, &settings, (skel_position){0, 10}));
    ck_assert(!skel_leg_ends_run(&job, &settings, (skel_position){3, 7}));
    ck_assert(!skel_leg_ends_run(&job, &settings, (skel_position){4, 6}));
    ck_assert(skel_leg_ends_run(&job, &settings, (skel_position){4, 7}));
}
END_TEST

START_TEST(the_last_epoch_of_every_leg_is_tested)
{
    skel_job job;
    skel_settings settings;
    skel_leg leg;
    size_t tests = 0;

    read_job("method: imp, iterations: 2, rewind: 5", &job, &settings);
    leg = skel_leg_after(&job, &settings, 1);
    for (size_t epoch = 6; epoch <= 10; epoch++) {
        tests += skel_leg_tests_at(&job, &leg, epoch);
    }
    ck_assert_uint_eq(tests, 3); /* 6, 9, 10 */
    ck_assert(skel_leg_tests_at(&job, &leg, 10));
}
END_TEST

static skel_cost cost_of(const char *prune)
{
    skel_job job;
    skel_settings settings;
    skel_cost cost;
    skel_costs *costs = NULL;

    read_job(prune, &job, &settings);
    ck_assert_ok(skel_costs_create(&costs));
    ck_assert_ok(skel_cost_of(costs, &job, 1, &cost));
    skel_costs_destroy(&costs);
    return cost;
}

START_TEST(steps_between_iterations_take_the_place_of_all_but_the_last_legs_epochs)
{
    const size_t spared = 4; /* of the 7 steps of an epoch */
    static const char text[] =
        "method: skeletonization, iterations: 4, finetune-epochs: 2, finetune-steps: 3";
    skel_cost cost = cost_of(text);
    skel_job job;
    skel_settings settings;
    skel_leg leg;

    read_job(text, &job, &settings);
    for (size_t t = 1; t <= 4; t++) {
        leg = skel_leg_after(&job, &settings, t);
        ck_assert_uint_eq(leg.epochs, t < 4 ? 1 : 2);
        ck_assert_uint_eq(leg.most, t < 4 ? 3 : 0);
        ck_assert_uint_eq(leg.shift, 10 + t - 1); /* orders that no other epoch has */
    }
    ck_assert_uint_eq(skel_leg_epochs_left(&job, &settings, 0, 0), 10 + 3 + 2);
    ck_assert_uint_eq(skel_leg_epochs_left(&job, &settings, 3, 1), 2);
    /* an epoch is 7 batches of 128, the last one smaller: 3 are done */
    ck_assert_uint_eq(skel_leg_steps_spared(&job, &settings, (skel_position){0, 0}), 3 * spared);
    ck_assert_uint_eq(skel_leg_steps_spared(&job, &settings, (skel_position){2, 0}), 2 * spared);
    ck_assert_uint_eq(skel_leg_steps_spared(&job, &settings, (skel_position){2, 1}), spared);
    ck_assert_double_eq(cost.gradient_images, TRAIN * 12 + 3 * 3 * 128 + (4 + 1) * 10 * PRUNE);
    ck_assert_double_eq(cost.forward_images, VALIDATION * 15 + TEST * (4 + 3 + 1));
}
END_TEST

static skel_cost cost_behind(const char *prune, size_t iterations, size_t epochs)
{
    skel_job job;
    skel_settings settings;
    skel_position position;
    skel_cost cost;
    skel_costs *costs = NULL;

    read_job(prune, &job, &settings);
    ck_assert(skel_leg_position(&job, &settings, iterations, epochs, &position));
    ck_assert_uint_eq(skel_leg_epochs_left(&job, &settings, position.iterations, position.epochs),
                      skel_leg_epochs_left(&job, &settings, 0, 0) - epochs);
    ck_assert_ok(skel_costs_create(&costs));
    ck_assert_ok(skel_cost_left(costs, &job, 1, position, &cost));
    skel_costs_destroy(&costs);
    return cost;
}

START_TEST(a_run_that_has_begun_costs_what_is_left)
{
    static const char imp[] = "method: imp, iterations: 2, rewind: 5 steps";
    static const char snip[] = "method: iter-snip, iterations: 4, batches: 1";
    double diagnosis = PRUNE;
    skel_cost whole = cost_of(imp);
    skel_cost left = cost_behind(imp, 0, 0);

    ck_assert_double_eq(left.gradient_images, whole.gradient_images);
    ck_assert_double_eq(left.forward_images, whole.forward_images);
    ck_assert_double_eq(left.dense_images, whole.dense_images);
    ck_assert_double_eq(left.flop, whole.flop);
    /* 7 of the 10 epochs of the second of three legs are done; tests after 9, 10 and 3, 6, 9, 10 */
    left = cost_behind(imp, 1, 17);
    ck_assert_double_eq(left.gradient_images, TRAIN * 13 - 5 * 128 + diagnosis);
    ck_assert_double_eq(left.dense_images, TRAIN * 3); /* the last leg's engine is sparse */
    ck_assert_double_eq(left.forward_images, VALIDATION * 13 + TEST * (2 + 4));
    ck_assert_uint_eq(left.bytes, whole.bytes);
    /* a leg that is about to begin leaves its first steps out */
    left = cost_behind(imp, 2, 20);
    ck_assert_double_eq(left.gradient_images, TRAIN * 10 - 5 * 128 + diagnosis);
    left = cost_behind(snip, 3, 0);
    ck_assert_double_eq(left.gradient_images, TRAIN * 10 + PRUNE + diagnosis);
    left = cost_behind(snip, 4, 10);
    ck_assert_double_eq(left.gradient_images, diagnosis);
    ck_assert_double_eq(left.forward_images, 0);
}
END_TEST

START_TEST(no_run_is_at_a_position_between_its_legs)
{
    skel_job job;
    skel_settings settings;
    skel_position position = {0};

    read_job("method: imp, iterations: 2, rewind: 5", &job, &settings);
    ck_assert(!skel_leg_position(&job, &settings, 0, 11, &position));
    ck_assert(!skel_leg_position(&job, &settings, 1, 9, &position));
    ck_assert(!skel_leg_position(&job, &settings, 3, 20, &position));
    ck_assert(skel_leg_position(&job, &settings, 2, 16, &position));
    ck_assert_uint_eq(position.iterations, 2);
    ck_assert_uint_eq(position.epochs, 1);
}
END_TEST

START_TEST(the_plan_counts_the_images_of_all_legs)
{
    skel_cost imp = cost_of("method: imp, iterations: 2, rewind: 5");
    skel_cost stepped = cost_of("method: imp, iterations: 2, rewind: 5 steps");
    skel_cost tuned = cost_of("method: skeletonization, iterations: 4, finetune-epochs: 2");
    double diagnosis = PRUNE;

    /* epochs 10 + 5 + 5; tests after 3, 6, 9, 10 and twice after 6, 9, 10 */
    ck_assert_double_eq(imp.gradient_images, TRAIN * 20 + diagnosis);
    ck_assert_double_eq(imp.forward_images, VALIDATION * 20 + TEST * (4 + 2 * 3));
    /* epochs 10 + 10 + 10, less five batches of 128 in each round */
    ck_assert_double_eq(stepped.gradient_images, TRAIN * 30 - 2 * 5 * 128 + diagnosis);
    /* epochs 10 + 4 * 2; tests after 3, 6, 9, 10 and four times after 2; ten batches by default */
    ck_assert_double_eq(tuned.gradient_images, TRAIN * 18 + (4 + 1) * 10 * PRUNE);
    ck_assert_double_eq(tuned.forward_images, VALIDATION * 18 + TEST * (4 + 4));
}
END_TEST

START_TEST(the_plan_knows_what_is_kept_in_memory_beside_training)
{
    skel_cost plain = cost_of("method: imp, sparsity: 0.9");
    skel_cost rewound = cost_of("method: imp, sparsity: 0.9, rewind: 2");
    skel_cost set = cost_of("method: set, sparsity: 0.97");
    skel_cost rigl = cost_of("method: rigl, sparsity: 0.97");
    size_t parameters = 431080; /* of lenet-5: 430500 weights, 580 biases */

    ck_assert_uint_eq(rewound.bytes - plain.bytes, 2 * sizeof(float) * parameters);
    ck_assert_uint_gt(rigl.bytes, set.bytes + 2 * sizeof(float) * parameters); /* a second worker */
}
END_TEST

START_TEST(the_plan_knows_what_is_kept_in_memory_beside_pruning)
{
    size_t vector = sizeof(float) * 431080;
    skel_cost snip = cost_of("method: snip");
    skel_cost checked = cost_of("method: snip, check: reinitialise");
    skel_cost grasp = cost_of("method: grasp");
    skel_cost flow = cost_of("method: synflow");
    skel_cost traced = cost_of("method: synflow, trace: true");

    ck_assert_uint_eq(checked.bytes - snip.bytes, vector);
    ck_assert_uint_ge(grasp.bytes, snip.bytes + vector);
    /* a second worker, but training's may be larger than either */
    ck_assert_uint_gt(traced.bytes, flow.bytes);
    ck_assert_uint_eq(cost_of("method: snip, trace: true").bytes, snip.bytes); /* the same one */
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_pruned_at_initialisation_is_trained_in_one_leg);
    tcase_add_test(tcase, rounds_of_lottery_tickets_repeat_the_schedule_from_the_epoch_rewound_to);
    tcase_add_test(tcase, finetuning_has_its_own_rate_and_never_sees_an_order_twice);
    tcase_add_test(tcase, steps_to_rewind_to_are_whole_epochs_and_steps_of_the_next);
    tcase_add_test(tcase, iterations_are_due_before_training_or_after_a_whole_leg);
    tcase_add_test(tcase, a_run_ends_after_the_last_epoch_of_the_last_leg);
    tcase_add_test(tcase, the_last_epoch_of_every_leg_is_tested);
    tcase_add_test(tcase, steps_between_iterations_take_the_place_of_all_but_the_last_legs_epochs);
    tcase_add_test(tcase, a_run_that_has_begun_costs_what_is_left);
    tcase_add_test(tcase, no_run_is_at_a_position_between_its_legs);
    tcase_add_test(tcase, the_plan_counts_the_images_of_all_legs);
    tcase_add_test(tcase, the_plan_knows_what_is_kept_in_memory_beside_training);
    tcase_add_test(tcase, the_plan_knows_what_is_kept_in_memory_beside_pruning);
}

int main(void)
{
    return skel_suite_run("leg", fill);
}
