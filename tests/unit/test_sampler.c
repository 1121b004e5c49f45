/* Splits, epochs and pruning batches: every sample the right number of times, by the seed alone. */
#include "suite.h"

#include "skel/sampler.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 100, CLASSES = 7 };

static skel_indices all_of(size_t count, size_t use)
{
    skel_indices train;
    skel_indices validation;

    ck_assert_ok(skel_sampler_split(count, use, 0.0, 0, &train, &validation));
    ck_assert_uint_eq(validation.count, 0);
    skel_indices_free(&validation);
    return train;
}

static void prune(const skel_indices *train, const uint16_t labels[], skel_sampling sampling,
                  uint64_t seed, uint32_t iteration, size_t count, uint32_t order[])
{
    ck_assert_ok(
        skel_sampler_prune(train, labels, CLASSES, sampling, seed, iteration, 1, count, order));
}

START_TEST(a_split_covers_every_sample_once_in_ascending_order)
{
    skel_indices part[2];
    bool seen[SAMPLES] = {false};

    ck_assert_ok(skel_sampler_split(SAMPLES, 0, 0.29, 3, &part[0], &part[1]));
    ck_assert_uint_eq(part[0].count, 71);
    ck_assert_uint_eq(part[1].count, 29);
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < part[p].count; i++) {
            ck_assert(!seen[part[p].index[i]]);
            ck_assert(i == 0 || part[p].index[i] > part[p].index[i - 1]);
            seen[part[p].index[i]] = true;
        }
        skel_indices_free(&part[p]);
    }
}
END_TEST

START_TEST(a_split_depends_on_the_seed_and_uses_the_first_samples_only)
{
    skel_indices train[3];
    skel_indices validation[3];

    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(
            skel_sampler_split(SAMPLES, 50, 0.5, i == 2 ? 9 : 4, &train[i], &validation[i]));
        ck_assert_uint_eq(validation[i].count, 25);
        ck_assert_uint_lt(train[i].index[24], 50);
        ck_assert_uint_lt(validation[i].index[24], 50);
    }
    ck_assert_int_eq(memcmp(train[0].index, train[1].index, 25 * sizeof(uint32_t)), 0);
    ck_assert_int_ne(memcmp(train[0].index, train[2].index, 25 * sizeof(uint32_t)), 0);
    for (size_t i = 0; i < 3; i++) {
        skel_indices_free(&train[i]);
        skel_indices_free(&validation[i]);
    }
}
END_TEST

START_TEST(a_split_that_leaves_nothing_is_refused)
{
    skel_indices train;
    skel_indices validation;

    ck_assert_int_eq(skel_sampler_split(10, 11, 0.0, 0, &train, &validation), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "11 training samples"));
    ck_assert_int_eq(skel_sampler_split(10, 0, 1.0, 0, &train, &validation), SKEL_ERR_CONFIG);
    ck_assert_int_eq(skel_sampler_split(10, 0, 0.9999999999, 0, &train, &validation),
                     SKEL_ERR_CONFIG);
    ck_assert_int_eq(skel_sampler_split(10, 0, -0.1, 0, &train, &validation), SKEL_ERR_CONFIG);
    ck_assert_int_eq(skel_sampler_split(10, 0, (double)NAN, 0, &train, &validation),
                     SKEL_ERR_CONFIG);
    ck_assert_ptr_null(train.index);
    ck_assert_ptr_null(validation.index);
}
END_TEST

START_TEST(an_epoch_is_a_permutation_of_its_own)
{
    skel_indices train = all_of(SAMPLES, 0);
    uint32_t order[3][SAMPLES];
    bool seen[SAMPLES] = {false};

    skel_sampler_epoch(&train, 5, 0, order[0]);
    skel_sampler_epoch(&train, 5, 0, order[1]);
    skel_sampler_epoch(&train, 5, 1, order[2]);
    ck_assert_int_eq(memcmp(order[0], order[1], sizeof order[0]), 0);
    ck_assert_int_ne(memcmp(order[0], order[2], sizeof order[0]), 0);
    for (size_t i = 0; i < SAMPLES; i++) {
        ck_assert(!seen[order[2][i]]);
        seen[order[2][i]] = true;
    }
    skel_indices_free(&train);
}
END_TEST

START_TEST(every_position_of_an_epoch_is_equally_likely_for_a_sample)
{
    enum { COUNT = 5, EPOCHS = 20000 };
    skel_indices train = all_of(COUNT, 0);
    size_t hits[COUNT][COUNT] = {{0}};
    uint32_t order[COUNT];

    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
        skel_sampler_epoch(&train, 1, epoch, order);
        for (size_t i = 0; i < COUNT; i++) {
            hits[i][order[i]]++;
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            /* five standard deviations of a binomial number */
            ck_assert(fabs((double)hits[i][j] - EPOCHS / 5.0) < 5 * sqrt(EPOCHS * 0.2 * 0.8));
        }
    }
    skel_indices_free(&train);
}
END_TEST

START_TEST(shuffled_pruning_sees_every_sample_before_any_again)
{
    enum { COUNT = 30, ITERATIONS = 10 }; /* three times through 100 samples */
    skel_indices train = all_of(SAMPLES, 0);
    uint32_t order[COUNT * ITERATIONS];
    size_t seen[SAMPLES] = {0};

    for (uint32_t t = 0; t < ITERATIONS; t++) {
        prune(&train, NULL, SKEL_SAMPLING_SHUFFLED, 2, t, COUNT, order + (size_t)t * COUNT);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        ck_assert_uint_eq(seen[order[i]], i / SAMPLES);
        seen[order[i]]++;
    }
    ck_assert_int_ne(memcmp(order, order + SAMPLES, SAMPLES * sizeof *order), 0);
    skel_indices_free(&train);
}
END_TEST

START_TEST(an_iteration_can_be_drawn_without_those_before_it)
{
    skel_indices train = all_of(SAMPLES, 0);
    uint16_t labels[SAMPLES];
    uint32_t first[64];
    uint32_t again[64];

    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = (uint16_t)(i * i % CLASSES % 3);
    }
    for (int sampling = 0; sampling < 3; sampling++) {
        for (uint32_t t = 0; t < 5; t++) {
            ck_assert_ok(
                skel_sampler_prune(&train, labels, 3, (skel_sampling)sampling, 8, t, 4, 16, first));
            ck_assert_ok(skel_sampler_prune(&train, labels, 3, (skel_sampling)sampling, 8, 4 - t, 4,
                                            16, again));
            ck_assert_ok(
                skel_sampler_prune(&train, labels, 3, (skel_sampling)sampling, 8, t, 4, 16, again));
            ck_assert_int_eq(memcmp(first, again, sizeof first), 0);
        }
    }
    skel_indices_free(&train);
}
END_TEST

START_TEST(sequential_pruning_takes_the_first_samples_every_time)
{
    skel_indices train = {3, (uint32_t[]){4, 6, 9}};
    uint32_t order[8];

    for (uint32_t t = 0; t < 3; t++) {
        prune(&train, NULL, SKEL_SAMPLING_SEQUENTIAL, t, t, 2, order);
        ck_assert(order[0] == 4 && order[1] == 6);
    }
    prune(&train, NULL, SKEL_SAMPLING_SEQUENTIAL, 0, 1, 8, order);
    ck_assert(order[2] == 9 && order[3] == 4 && order[7] == 6); /* more than there are */
}
END_TEST

START_TEST(a_shuffled_batch_larger_than_the_data_takes_every_sample_equally_often)
{
    skel_indices train = all_of(SAMPLES, 10);
    uint32_t order[35];
    size_t seen[10] = {0};

    prune(&train, NULL, SKEL_SAMPLING_SHUFFLED, 0, 2, 35, order);
    for (size_t i = 0; i < 35; i++) {
        seen[order[i]]++;
    }
    for (size_t i = 0; i < 10; i++) {
        ck_assert(seen[i] == 3 || seen[i] == 4);
    }
    skel_indices_free(&train);
}
END_TEST

/* Labels in unequal numbers: class c has about c + 1 shares. */
static void unequal_labels(uint16_t labels[])
{
    size_t at = 0;

    while (at < SAMPLES) {
        for (size_t c = 0; c < CLASSES; c++) {
            for (size_t i = 0; i <= c && at < SAMPLES; i++) {
                labels[at++] = (uint16_t)c;
            }
        }
    }
}

START_TEST(a_balanced_batch_has_every_class_equally_often_give_or_take_one)
{
    enum { BATCH = 24 };
    skel_indices train = all_of(SAMPLES, 0);
    uint16_t labels[SAMPLES];
    uint32_t order[BATCH * 3];
    size_t total[CLASSES] = {0};

    unequal_labels(labels);
    for (uint32_t t = 0; t < 7; t++) {
        ck_assert_ok(skel_sampler_prune(&train, labels, CLASSES, SKEL_SAMPLING_BALANCED, 6, t, 3,
                                        BATCH, order));
        for (size_t b = 0; b < 3; b++) {
            size_t seen[CLASSES] = {0};

            for (size_t i = 0; i < BATCH; i++) {
                seen[labels[order[b * BATCH + i]]]++;
            }
            for (size_t c = 0; c < CLASSES; c++) {
                ck_assert(seen[c] == 3 || seen[c] == 4);
                total[c] += seen[c];
            }
        }
    }
    for (size_t c = 0; c < CLASSES; c++) {
        ck_assert_uint_eq(total[c], 21 * BATCH / CLASSES); /* the remainder went round */
    }
    skel_indices_free(&train);
}
END_TEST

START_TEST(a_balanced_class_goes_through_its_samples_before_any_again)
{
    skel_indices train = all_of(SAMPLES, 0);
    uint16_t labels[SAMPLES];
    size_t size[CLASSES] = {0};
    size_t drawn[CLASSES] = {0};
    size_t seen[SAMPLES] = {0};
    uint32_t order[50];

    unequal_labels(labels);
    for (size_t i = 0; i < SAMPLES; i++) {
        size[labels[i]]++;
    }
    for (uint32_t t = 0; t < 10; t++) {
        prune(&train, labels, SKEL_SAMPLING_BALANCED, 11, t, 50, order);
        for (size_t i = 0; i < 50; i++) {
            size_t c = labels[order[i]];

            ck_assert_uint_eq(seen[order[i]]++, drawn[c]++ / size[c]);
        }
    }
    skel_indices_free(&train);
}
END_TEST

START_TEST(a_class_without_samples_makes_balanced_batches_impossible)
{
    skel_indices train = {3, (uint32_t[]){0, 1, 2}};
    const uint16_t labels[] = {0, 2, 0};
    uint32_t order[4];

    ck_assert_int_eq(
        skel_sampler_prune(&train, labels, 3, SKEL_SAMPLING_BALANCED, 0, 0, 1, 4, order),
        SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "is of class 1"));
}
END_TEST

START_TEST(pruning_orders_depend_on_the_seed)
{
    skel_indices train = all_of(SAMPLES, 0);
    uint16_t labels[SAMPLES];
    uint32_t one[50];
    uint32_t other[50];

    unequal_labels(labels);
    for (int sampling = 0; sampling < 2; sampling++) {
        prune(&train, labels, (skel_sampling)sampling, 1, 0, 50, one);
        prune(&train, labels, (skel_sampling)sampling, 2, 0, 50, other);
        ck_assert_int_ne(memcmp(one, other, sizeof one), 0);
    }
    skel_indices_free(&train);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_split_covers_every_sample_once_in_ascending_order);
    tcase_add_test(tcase, a_split_depends_on_the_seed_and_uses_the_first_samples_only);
    tcase_add_test(tcase, a_split_that_leaves_nothing_is_refused);
    tcase_add_test(tcase, an_epoch_is_a_permutation_of_its_own);
    tcase_add_test(tcase, every_position_of_an_epoch_is_equally_likely_for_a_sample);
    tcase_add_test(tcase, shuffled_pruning_sees_every_sample_before_any_again);
    tcase_add_test(tcase, an_iteration_can_be_drawn_without_those_before_it);
    tcase_add_test(tcase, sequential_pruning_takes_the_first_samples_every_time);
    tcase_add_test(tcase, a_shuffled_batch_larger_than_the_data_takes_every_sample_equally_often);
    tcase_add_test(tcase, a_balanced_batch_has_every_class_equally_often_give_or_take_one);
    tcase_add_test(tcase, a_balanced_class_goes_through_its_samples_before_any_again);
    tcase_add_test(tcase, a_class_without_samples_makes_balanced_batches_impossible);
    tcase_add_test(tcase, pruning_orders_depend_on_the_seed);
}

int main(void)
{
    return skel_suite_run("sampler", fill);
}
