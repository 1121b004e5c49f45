/* Masks and pruning steps on several ranks: all have the same, or all say what is wrong. */
#include "suite.h"

#include "skel/prune.h"
#include "skel/random.h"
#include "skel/schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COUNT = 3500, PRUNABLE = 2933, SEGMENTS = 3, ITERATIONS = 12 };

static const skel_segment segment[SEGMENTS] = {{10, 500}, {600, 2400}, {3100, 33}};
static const char *const names[SEGMENTS] = {"conv1.weight", "conv2.weight", "fc.weight"};

static float parameters[COUNT];
static float gradient[COUNT];

static skel_mask *mask_of_ones(void)
{
    skel_mask *mask = NULL;

    return skel_mask_create(COUNT, SEGMENTS, segment, names, &mask) == SKEL_OK ? mask : NULL;
}

/* Other gradients in each iteration, as at other masks; only the root's are read. */
static void fill_vectors(uint32_t iteration)
{
    skel_stream stream = skel_stream_open(6, SKEL_PURPOSE_TEST, iteration, 0);

    for (size_t i = 0; i < COUNT; i++) {
        bool root = skel_comm_is_root(skel_suite_comm());

        parameters[i] = root ? (float)(i % 97) - 48.0F : NAN;
        gradient[i] = (float)skel_stream_normal(&stream);
        gradient[i] = root ? gradient[i] : NAN;
    }
}

static skel_status step(const char *name, skel_scope scope, size_t kept, skel_mask *mask,
                        skel_prune_report *report)
{
    skel_prune_request request = {.scope = scope,
                                  .kept = kept,
                                  .seed = 9,
                                  .parameters = parameters,
                                  .signal = gradient,
                                  .gradient = gradient};
    skel_status status = skel_method_find(name, &request.method);

    return status != SKEL_OK ? status : skel_prune_mask(skel_suite_comm(), &request, mask, report);
}

/* Whether every rank has the root's mask, compared byte by byte. */
static bool is_everywhere(const skel_mask *mask)
{
    static uint8_t roots[COUNT];

    memcpy(roots, mask->keep, COUNT);
    skel_comm_broadcast(skel_suite_comm(), COUNT, roots);
    return skel_suite_all(memcmp(roots, mask->keep, COUNT) == 0);
}

/* Weight i's rank among all by |theta g|, ties by index: counted, not sorted. */
static size_t better_than(size_t i, const uint8_t before[], bool permanent)
{
    float own = fabsf(parameters[i] * gradient[i]);
    size_t better = 0;

    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t j = segment[s].offset; j < segment[s].offset + segment[s].count; j++) {
            float other = fabsf(parameters[j] * gradient[j]);

            better += (!permanent || before[j] == 1) && (other > own || (other == own && j < i));
        }
    }
    return better;
}

/* On the root: whether the mask is what the definition says. */
static bool is_the_top(const skel_mask *mask, const uint8_t before[], size_t kept, bool permanent)
{
    bool right = true;

    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            bool candidate = !permanent || before[i] == 1;
            bool keep = candidate && better_than(i, before, permanent) < kept;

            right = right && mask->keep[i] == (keep ? 1 : 0);
        }
    }
    return right;
}

static double objective_of(const uint8_t before[])
{
    double sum = 0;

    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            sum += (double)before[i] * fabs((double)parameters[i] * (double)gradient[i]);
        }
    }
    return sum;
}

/* Root: whether the report tells what happened. Sums of 3000 doubles agree to 1e-12. */
static bool is_reported(const skel_prune_report *report, const uint8_t before[],
                        const uint8_t after[])
{
    double objective = objective_of(before);
    double threshold = (double)INFINITY;
    size_t resurrected = 0;
    size_t pruned = 0;
    size_t positive = 0;

    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            float score = fabsf(parameters[i] * gradient[i]);

            resurrected += after[i] > before[i];
            pruned += after[i] < before[i];
            positive += score > 0;
            threshold = after[i] == 1 ? fmin(threshold, (double)score) : threshold;
        }
    }
    return fabs(report->objective - objective) <= 1e-12 * objective &&
           report->threshold == threshold && report->resurrected == resurrected &&
           report->pruned == pruned && report->positive <= positive;
}

static void prune_by_schedule(const char *name, bool permanent)
{
    skel_mask *mask = mask_of_ones();
    size_t resurrected = 0;

    ck_assert(skel_suite_all(mask != NULL));
    for (uint32_t t = 1; t <= ITERATIONS; t++) {
        uint8_t before[COUNT];
        skel_prune_report report = {0};
        size_t kept = skel_schedule_kept(SKEL_SCHEDULE_EXPONENTIAL, PRUNABLE, 0.02, t, ITERATIONS);

        fill_vectors(t);
        memcpy(before, mask->keep, sizeof before);
        ck_assert(skel_suite_all(step(name, SKEL_SCOPE_GLOBAL, kept, mask, &report) == SKEL_OK));
        ck_assert(skel_suite_all(mask->kept == kept && report.kept == kept));
        ck_assert(is_everywhere(mask));
        ck_assert(skel_suite_all(!skel_comm_is_root(skel_suite_comm()) ||
                                 (is_the_top(mask, before, kept, permanent) &&
                                  is_reported(&report, before, mask->keep))));
        resurrected += report.resurrected;
    }
    ck_assert(skel_suite_all(mask->kept == 58)); /* floor(2933 * 0.02) */
    ck_assert(skel_suite_all(permanent ? resurrected == 0 : resurrected > 0));
    skel_mask_destroy(&mask);
}

START_TEST(force_chooses_from_all_weights_and_resurrects_some)
{
    prune_by_schedule("force", false);
}
END_TEST

START_TEST(iterative_snip_chooses_from_those_kept_and_resurrects_none)
{
    prune_by_schedule("iter-snip", true);
}
END_TEST

START_TEST(scope_layer_keeps_the_same_share_of_every_tensor)
{
    static const char *const methods[] = {"random", "iter-snip", "force"};

    for (size_t m = 0; m < 3; m++) {
        skel_mask *mask = mask_of_ones();

        ck_assert(skel_suite_all(mask != NULL));
        for (size_t kept = PRUNABLE; kept > SEGMENTS; kept -= kept > 200 ? 89 : 3) {
            skel_prune_report report = {0};

            fill_vectors((uint32_t)kept);
            ck_assert(
                skel_suite_all(step(methods[m], SKEL_SCOPE_LAYER, kept, mask, &report) == SKEL_OK));
            ck_assert(is_everywhere(mask) && skel_suite_all(mask->kept == kept));
            for (size_t s = 0; s < SEGMENTS; s++) {
                double due = (double)kept * (double)segment[s].count / PRUNABLE;
                double ones = 0;

                for (size_t i = 0; i < segment[s].count; i++) {
                    ones += mask->keep[segment[s].offset + i];
                }
                /* within one of its due, or the one weight that every tensor keeps; it may take a
                 * second one from the others that it is given to */
                ck_assert(skel_suite_all(ones >= 1 && fabs(ones - due) < 2.0));
            }
        }
        skel_mask_destroy(&mask);
    }
}
END_TEST

/* Whether a step fails on all ranks with these words and leaves the mask alone. */
static bool is_refused(const char *name, skel_scope scope, size_t kept, skel_mask *mask,
                       skel_status expected, const char *words)
{
    skel_prune_report report = {0};
    uint8_t before[COUNT];
    skel_status status = SKEL_OK;

    memcpy(before, mask->keep, sizeof before);
    status = step(name, scope, kept, mask, &report);
    return skel_suite_all(status == expected && strcmp(skel_error_message(), words) == 0 &&
                          memcmp(before, mask->keep, sizeof before) == 0);
}

START_TEST(a_score_that_is_not_finite_names_the_weight_on_every_rank)
{
    skel_mask *mask = mask_of_ones();

    ck_assert(skel_suite_all(mask != NULL));
    for (int scope = 0; scope < 2; scope++) {
        fill_vectors(1);
        parameters[3102] = 0.5F;
        gradient[3102] = INFINITY;
        ck_assert(is_refused("force", (skel_scope)scope, 100, mask, SKEL_ERR_NUMBER,
                             "force: the score of weight 2 of fc.weight is inf (the weight is 0.5, "
                             "its gradient inf)"));
        mask->names = NULL;
        ck_assert(is_refused("snip", (skel_scope)scope, 100, mask, SKEL_ERR_NUMBER,
                             "snip: the score of weight 2 of prunable tensor 2 is inf (the weight "
                             "is 0.5, its gradient inf)"));
        mask->names = names;
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(impossible_numbers_of_weights_are_refused_on_every_rank)
{
    skel_mask *mask = mask_of_ones();
    skel_prune_report report = {0};

    ck_assert(skel_suite_all(mask != NULL));
    fill_vectors(1);
    ck_assert(
        is_refused("force", SKEL_SCOPE_GLOBAL, 0, mask, SKEL_ERR_CONFIG,
                   "cannot keep 0 of 2933 prunable weights: the number must be from 1 to 2933"));
    ck_assert(
        is_refused("random", SKEL_SCOPE_GLOBAL, 2934, mask, SKEL_ERR_CONFIG,
                   "cannot keep 2934 of 2933 prunable weights: the number must be from 1 to 2933"));
    ck_assert(is_refused("force", SKEL_SCOPE_LAYER, 2, mask, SKEL_ERR_CONFIG,
                         "cannot keep 2 weights with shares by layer: each of 3 layers needs one"));
    ck_assert(skel_suite_all(step("force", SKEL_SCOPE_GLOBAL, 50, mask, &report) == SKEL_OK));
    ck_assert(
        is_refused("iter-snip", SKEL_SCOPE_GLOBAL, 51, mask, SKEL_ERR_CONFIG,
                   "cannot keep 51 weights: 50 are left, and with iter-snip none comes back"));
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_mask_reaches_every_rank_bit_by_bit)
{
    skel_mask *mask = mask_of_ones();
    size_t kept = 0;

    ck_assert(skel_suite_all(mask != NULL));
    if (skel_comm_is_root(skel_suite_comm())) {
        skel_stream stream = skel_stream_open(8, SKEL_PURPOSE_TEST, 0, 0);

        for (size_t s = 0; s < SEGMENTS; s++) {
            for (size_t i = 0; i < segment[s].count; i++) {
                mask->keep[segment[s].offset + i] = (uint8_t)skel_stream_below(&stream, 2);
                kept += mask->keep[segment[s].offset + i];
            }
        }
    }
    skel_comm_broadcast(skel_suite_comm(), sizeof kept, &kept);
    ck_assert(skel_suite_all(skel_mask_share(skel_suite_comm(), mask) == SKEL_OK));
    ck_assert(is_everywhere(mask) && skel_suite_all(mask->kept == kept));
    ck_assert(skel_suite_all(skel_mask_check(skel_suite_comm(), mask) == SKEL_OK));
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_mask_that_differs_on_one_rank_is_noticed_by_all)
{
    const skel_comm *comm = skel_suite_comm();

    for (int guilty = 1; guilty < skel_comm_size(comm); guilty++) {
        skel_mask *mask = mask_of_ones();
        char words[64];

        ck_assert(skel_suite_all(mask != NULL));
        if (skel_comm_rank(comm) == guilty) {
            mask->keep[3132] = 0; /* the last prunable one */
        }
        (void)snprintf(words, sizeof words, "mask of rank %d is not the root's", guilty);
        ck_assert(skel_suite_all(skel_mask_check(comm, mask) == SKEL_ERR_INTERNAL &&
                                 strstr(skel_error_message(), words) != NULL));
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(a_mask_that_cannot_be_stored_alike_on_one_rank_is_noticed_by_all)
{
    const skel_comm *comm = skel_suite_comm();
    /* as many bytes of bits, one prunable weight less */
    const skel_segment other[SEGMENTS] = {{10, 500}, {600, 2400}, {3100, 33}};
    const skel_segment fewer[SEGMENTS] = {{10, 499}, {600, 2400}, {3100, 33}};

    for (int guilty = 1; guilty < skel_comm_size(comm); guilty++) {
        skel_mask *mask = mask_of_ones();

        ck_assert(skel_suite_all(mask != NULL));
        mask->segment = skel_comm_rank(comm) == guilty ? fewer : other;
        ck_assert(skel_suite_all(skel_mask_share(comm, mask) == SKEL_ERR_INTERNAL));
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(an_applied_mask_leaves_exact_zeros)
{
    skel_mask *mask = mask_of_ones();
    float values[COUNT];
    bool exact = true;

    ck_assert(skel_suite_all(mask != NULL));
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = i % 2 == 0 ? -INFINITY : NAN;
    }
    for (size_t i = 600; i < 3000; i++) {
        mask->keep[i] = 0;
    }
    skel_mask_apply(mask, values);
    for (size_t i = 0; i < COUNT; i++) {
        bool pruned = i >= 600 && i < 3000;

        exact = exact && (pruned ? values[i] == 0 && !signbit(values[i]) : !isfinite(values[i]));
    }
    ck_assert(skel_suite_all(exact));
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, force_chooses_from_all_weights_and_resurrects_some);
    tcase_add_test(tcase, iterative_snip_chooses_from_those_kept_and_resurrects_none);
    tcase_add_test(tcase, scope_layer_keeps_the_same_share_of_every_tensor);
    tcase_add_test(tcase, a_score_that_is_not_finite_names_the_weight_on_every_rank);
    tcase_add_test(tcase, impossible_numbers_of_weights_are_refused_on_every_rank);
    tcase_add_test(tcase, a_mask_reaches_every_rank_bit_by_bit);
    tcase_add_test(tcase, a_mask_that_differs_on_one_rank_is_noticed_by_all);
    tcase_add_test(tcase, a_mask_that_cannot_be_stored_alike_on_one_rank_is_noticed_by_all);
    tcase_add_test(tcase, an_applied_mask_leaves_exact_zeros);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "prune", fill);
}
