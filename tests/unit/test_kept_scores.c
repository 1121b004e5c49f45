/* Iterations of methods of which a pruned weight stays pruned: scores of the kept weights alone
 * give the masks that scores of all weights and a plain sort give. */
#include "suite.h"

#include "prune/kept_scores.h"
#include "prune/scores.h"
#include "skel/random.h"
#include "skel/traits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 3, COUNT = 9000 };

/* The second tensor has several blocks, and a rest. */
static const skel_segment segment[SEGMENTS] = {{3, 500}, {600, 7201}, {8100, 33}};
static const char *const names[SEGMENTS] = {"first", "second", "third"};

static float parameters[COUNT];
static float signal[COUNT];

/* Values of which many scores are equal, and all positive, as some signals must be. */
static skel_mask *example(void)
{
    skel_stream stream = skel_stream_open(21, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] = (float)((int)skel_stream_below(&stream, 400) - 200) / 64;
        signal[i] = (float)(1 + skel_stream_below(&stream, 50)) / 16;
    }
    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, names, &mask));
    return mask;
}

static const skel_method *method_at(int i)
{
    size_t count = 0;
    const char *const *all = skel_method_names(&count);
    const skel_method *method = NULL;

    ck_assert_ok(skel_method_find(all[i], &method));
    return method;
}

static skel_prune_request request_of(const skel_method *method, size_t kept)
{
    return (skel_prune_request){.method = method,
                                .kept = kept,
                                .seed = 3,
                                .parameters = parameters,
                                .signal = method->signal == SKEL_SIGNAL_NONE ? NULL : signal};
}

typedef struct scored {
    float score;
    size_t at;
} scored;

/* Larger scores first, equal ones by their index. */
static int compare(const void *left, const void *right)
{
    const scored *a = left;
    const scored *b = right;

    if (a->score > b->score || a->score < b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return a->at < b->at ? -1 : 1;
}

/* The best kept weights, by a sort of all of them. */
static void choose_plainly(const skel_prune_request *request, const skel_mask *mask,
                           uint8_t next[COUNT])
{
    static float scores[COUNT];
    static scored kept[COUNT];
    size_t n = 0;

    skel_scores_compute(request->method, mask, parameters, request->signal, request->seed, scores);
    memcpy(next, mask->keep, COUNT);
    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            if (mask->keep[i] == 1) {
                kept[n++] = (scored){request->invert ? -scores[i] : scores[i], i};
            }
            next[i] = 0;
        }
    }
    qsort(kept, n, sizeof *kept, compare);
    for (size_t i = 0; i < request->kept; i++) {
        next[kept[i].at] = 1;
    }
}

/* Iterations down to a few weights, each from the mask before. */
static void ck_plain(const skel_method *method, bool invert, skel_prune_buffers *buffers)
{
    static const size_t wanted[] = {7734, 7000, 3500, 3500, 700, 90, 1};
    skel_mask *mask = example();
    skel_comm *comm = NULL;

    ck_assert_ok(skel_comm_create_self(&comm));
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        skel_prune_request request = request_of(method, wanted[w]);
        size_t before = mask->kept;
        skel_prune_report report;
        uint8_t next[COUNT];

        request.invert = invert;
        request.buffers = buffers;
        choose_plainly(&request, mask, next);
        ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
        ck_assert_mem_eq(mask->keep, next, COUNT);
        ck_assert_uint_eq(mask->kept, wanted[w]);
        ck_assert_uint_eq(report.pruned, before - wanted[w]);
        ck_assert_uint_eq(report.resurrected, 0);
    }
    skel_comm_destroy(&comm);
    skel_mask_destroy(&mask);
}

START_TEST(the_best_kept_weights_stay_of_equal_ones_those_with_lower_indices)
{
    const skel_method *method = method_at(_i);
    skel_prune_buffers buffers = {0};

    if (skel_method_prunes(method) && method->permanent) {
        ck_plain(method, false, &buffers);
        ck_plain(method, true, &buffers); /* the memory has held fewer weights */
        ck_plain(method, false, NULL);
    }
    skel_prune_buffers_free(&buffers);
}
END_TEST

START_TEST(scores_of_parts_are_those_of_the_whole)
{
    const skel_method *method = method_at(_i);
    skel_mask *mask = example();
    skel_segment packed[SEGMENTS];
    static float all[COUNT];
    static float kept[COUNT + 1];
    skel_prune_request request = request_of(method, 1);
    double objective = 0;

    for (size_t i = 0; i < COUNT; i++) { /* blocks of which half, all and few are kept */
        mask->keep[i] = (uint8_t)(i < 2600 ? i % 2 == 1 : i < 4700 || i % 9 == 0);
    }
    skel_mask_recount(mask);
    if (skel_method_prunes(method) && method->permanent) {
        skel_scores_compute(method, mask, parameters, request.signal, request.seed, all);
        skel_kept_scores_compute(&request, mask, packed, kept, &objective);
        ck_assert(isnan(objective));
        for (size_t s = 0; s < SEGMENTS; s++) {
            for (size_t n = 0; n < packed[s].count; n++) {
                size_t at = skel_kept_scores_place(mask, s, n);

                ck_assert(mask->keep[at] == 1 && at >= segment[s].offset);
                ck_assert(kept[packed[s].offset + n] == all[at]);
            }
        }
        ck_assert_uint_eq(packed[SEGMENTS - 1].offset + packed[SEGMENTS - 1].count, mask->kept);
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(the_objective_is_the_sum_over_the_kept_weights_of_weight_times_gradient)
{
    const skel_method *method = NULL;
    skel_mask *mask = example();
    skel_segment packed[SEGMENTS];
    static float kept[COUNT + 1];
    static float gradient[COUNT];
    skel_prune_request request;
    double objective = 0;
    double exact = 0;

    ck_assert_ok(skel_method_find("iter-snip", &method));
    request = request_of(method, 1);
    for (size_t i = 0; i < COUNT; i++) {
        gradient[i] = -2 * signal[i];
        mask->keep[i] = (uint8_t)(i < 3000 ? i % 3 != 0 : i % 7 == 0);
    }
    skel_mask_recount(mask);
    for (size_t s = 0; s < SEGMENTS; s++) { /* small multiples of 2^-10: sums have no error */
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            exact += mask->keep[i] * fabs((double)parameters[i] * (double)signal[i]);
        }
    }
    request.gradient = request.signal;
    skel_kept_scores_compute(&request, mask, packed, kept, &objective);
    ck_assert(objective == exact);
    request.gradient = gradient;
    skel_kept_scores_compute(&request, mask, packed, kept, &objective);
    ck_assert(objective == 2 * exact);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_score_that_is_not_finite_is_named_and_one_of_a_pruned_weight_does_not_matter)
{
    const skel_method *method = NULL;
    skel_mask *mask = example();
    skel_comm *comm = NULL;
    skel_prune_request request;
    skel_prune_report report;

    ck_assert_ok(skel_comm_create_self(&comm));
    ck_assert_ok(skel_method_find("iter-snip", &method));
    request = request_of(method, 7000);
    mask->keep[600] = 0;
    mask->keep[612] = 0;
    skel_mask_recount(mask);
    parameters[600] = 1;
    signal[600] = NAN;
    ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
    request.kept = 6000;
    memset(mask->keep + 601, 1, 100);
    skel_mask_recount(mask);
    parameters[650] = 0.5F;
    signal[650] = INFINITY;
    ck_assert_int_eq(skel_prune_mask(comm, &request, mask, &report), SKEL_ERR_NUMBER);
    ck_assert_str_eq(skel_error_message(),
                     "iter-snip: the score of weight 50 of second is inf (the weight is 0.5, its "
                     "gradient inf)");
    skel_comm_destroy(&comm);
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    size_t count = 0;

    (void)skel_method_names(&count);
    tcase_add_loop_test(tcase, the_best_kept_weights_stay_of_equal_ones_those_with_lower_indices, 0,
                        (int)count);
    tcase_add_loop_test(tcase, scores_of_parts_are_those_of_the_whole, 0, (int)count);
    tcase_add_test(tcase, the_objective_is_the_sum_over_the_kept_weights_of_weight_times_gradient);
    tcase_add_test(tcase,
                   a_score_that_is_not_finite_is_named_and_one_of_a_pruned_weight_does_not_matter);
}

int main(void)
{
    return skel_suite_run("kept_scores", fill);
}
