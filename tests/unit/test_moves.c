/* When a moving mask changes. */
#include "suite.h"

#include "skel/moves.h"

/* A training of 128 images in batches of 1, so that an epoch has 128 steps. */
static skel_moves moves_of(const char *method, uint64_t every, uint64_t epochs)
{
    skel_job job = {.prune = {.update_every = every, .update_until = 1},
                    .train = {.epochs = epochs, .batch_size = 1}};
    const skel_method *found = NULL;

    ck_assert_ok(skel_method_find(method, &found));
    return skel_moves_of(&job, found, 128);
}

static size_t changes_before(const skel_moves *moves, double share)
{
    size_t found = 0;

    for (size_t step = 1; (double)step <= share * (double)moves->steps; step++) {
        found += skel_moves_changes_at(moves, step);
    }
    return found;
}

START_TEST(dsr_changes_four_times_before_its_period_doubles_however_short_the_training)
{
    static const uint64_t epochs[] = {1, 2, 3, 10, 24};

    for (size_t i = 0; i < sizeof epochs / sizeof *epochs; i++) {
        skel_moves moves = moves_of("dsr", 0, epochs[i]);

        ck_assert_uint_eq(moves.every, 128 * epochs[i] / 32);
        ck_assert_uint_eq(changes_before(&moves, 0.125), 4);
    }
}
END_TEST

/* Mostafa and Wang 2019: every 100 steps at first, 200 after the 25th of 200 epochs, and so on. */
START_TEST(dsr_has_its_authors_periods_in_a_long_training)
{
    skel_moves moves = moves_of("dsr", 0, 200);

    ck_assert_uint_eq(moves.every, 100);
    ck_assert_uint_eq(changes_before(&moves, 25.0 / 200), 25 * 128 / 100);
    ck_assert_uint_eq(changes_before(&moves, 80.0 / 200), 32 + (80 * 128 / 200 - 3200 / 200));
    ck_assert(skel_moves_changes_at(&moves, 18400));
    ck_assert(!skel_moves_changes_at(&moves, 18000)); /* every 800 */
}
END_TEST

START_TEST(a_job_that_says_a_period_gets_it)
{
    ck_assert_uint_eq(moves_of("dsr", 100, 1).every, 100);
    ck_assert_uint_eq(moves_of("set", 7, 1).every, 7);
    ck_assert_uint_eq(moves_of("set", 0, 3).every, 128);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase,
                   dsr_changes_four_times_before_its_period_doubles_however_short_the_training);
    tcase_add_test(tcase, dsr_has_its_authors_periods_in_a_long_training);
    tcase_add_test(tcase, a_job_that_says_a_period_gets_it);
}

int main(void)
{
    return skel_suite_run("moves", fill);
}
