/* The selection against a sort, on data of every shape that could mislead a histogram. */
#include "sample.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/topk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 300000, UNTOUCHED = 7 }; /* enough for a sample to be taken */

typedef struct ranked {
    float score;
    size_t index;
} ranked;

/* Larger scores first, equal ones by index. */
static int by_rank(const void *left, const void *right)
{
    const ranked *a = left;
    const ranked *b = right;

    if (a->score > b->score || a->score < b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return a->index < b->index ? -1 : 1;
}

/* Selects with qsort; `keep` and `result` are what skel_topk() must give. */
static void select_by_sorting(size_t k, size_t segments, const skel_segment segment[],
                              const float scores[], uint8_t keep[], skel_topk_result *result)
{
    ranked *order = NULL;
    size_t count = 0;

    ck_assert_ok(SKEL_ALLOC(MOST, sizeof *order, &order));
    memset(result, 0, sizeof *result);
    for (size_t s = 0; s < segments; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            order[count++] = (ranked){scores[i], i};
            keep[i] = 0;
            result->positive += scores[i] > 0 ? 1 : 0;
        }
    }
    qsort(order, count, sizeof *order, by_rank);
    result->threshold = order[k - 1].score;
    for (size_t i = 0; i < count; i++) {
        keep[order[i].index] = i < k ? 1 : keep[order[i].index];
        result->ties += order[i].score == result->threshold ? 1 : 0;
    }
    SKEL_FREE(&order);
}

static void check_selection(size_t k, size_t segments, const skel_segment segment[],
                            const float scores[])
{
    static uint8_t keep[MOST];
    static uint8_t expected[MOST];
    skel_topk_result result;
    skel_topk_result expected_result;

    memset(keep, UNTOUCHED, sizeof keep);
    memset(expected, UNTOUCHED, sizeof expected);
    select_by_sorting(k, segments, segment, scores, expected, &expected_result);
    ck_assert_ok(skel_topk(k, segments, segment, scores, keep, &result));
    ck_assert_msg(memcmp(keep, expected, sizeof keep) == 0, "k = %zu: other weights are kept", k);
    ck_assert(result.threshold == expected_result.threshold);
    ck_assert_uint_eq(result.positive, expected_result.positive);
    ck_assert_uint_eq(result.ties, expected_result.ties);
}

/* Scores of one kind; each kind is a trap of its own. */
typedef float (*kind)(size_t i, skel_stream *stream);

static float normal(size_t i, skel_stream *stream)
{
    (void)i;
    return (float)skel_stream_normal(stream);
}

static float exponential(size_t i, skel_stream *stream)
{
    (void)i;
    return (float)exp(-100 * skel_stream_uniform(stream));
}

static float equal(size_t i, skel_stream *stream)
{
    (void)i;
    (void)stream;
    return 0.25F;
}

static float zero_of_either_sign(size_t i, skel_stream *stream)
{
    (void)i;
    return skel_stream_below(stream, 2) == 0 ? 0.0F : -0.0F;
}

static float signed_zeros_among_others(size_t i, skel_stream *stream)
{
    static const float values[] = {0.0F, -0.0F, FLT_TRUE_MIN, -FLT_TRUE_MIN, 1e-30F, -1e-30F};

    (void)i;
    return values[skel_stream_below(stream, 6)];
}

static float two_values(size_t i, skel_stream *stream)
{
    (void)i;
    return skel_stream_below(stream, 100) == 0 ? 1.0F : 1.0F - FLT_EPSILON / 2;
}

static float ascending(size_t i, skel_stream *stream)
{
    (void)stream;
    return (float)i;
}

static float descending(size_t i, skel_stream *stream)
{
    (void)stream;
    return -(float)i;
}

/* all in one bin of the first histogram */
static float crowded(size_t i, skel_stream *stream)
{
    (void)i;
    return 1.0F + (float)skel_stream_below(stream, 1000) * FLT_EPSILON;
}

static float denormal(size_t i, skel_stream *stream)
{
    (void)i;
    return (float)skel_stream_below(stream, 500) * FLT_TRUE_MIN;
}

static float extreme(size_t i, skel_stream *stream)
{
    static const float values[] = {FLT_MAX, -FLT_MAX, FLT_MIN, -FLT_MIN, FLT_TRUE_MIN, 0.0F};

    (void)i;
    return values[skel_stream_below(stream, 6)];
}

/* what a sample of runs at regular distances sees is not what there is */
static float misleading(size_t i, skel_stream *stream)
{
    float value = (float)skel_stream_uniform(stream);

    return i % 256 < 16 ? value : value + 5.0F;
}

/* the same, with the rest out of sight below */
static float misleading_below(size_t i, skel_stream *stream)
{
    return -misleading(i, stream);
}

static float any_bits(size_t i, skel_stream *stream)
{
    float value = NAN;

    (void)i;
    while (!isfinite(value)) {
        uint32_t bits = skel_stream_bits(stream);

        memcpy(&value, &bits, sizeof value);
    }
    return value;
}

static const kind kinds[] = {
    normal,
    exponential,
    equal,
    zero_of_either_sign,
    signed_zeros_among_others,
    two_values,
    ascending,
    descending,
    crowded,
    denormal,
    extreme,
    misleading,
    misleading_below,
    any_bits,
};

START_TEST(it_keeps_what_a_sort_keeps)
{
    static float scores[MOST];
    static const size_t counts[] = {1, 2, 3, 17, 2048, 2049, 9999, 20000};
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 0, (uint32_t)_i);

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        size_t n = counts[c];
        skel_segment segment = {0, n};
        const size_t wanted[] = {1, n / 100 + 1, n / 2 + 1, n - n / 10, n};

        for (size_t i = 0; i < n; i++) {
            scores[i] = kinds[_i](i, &stream);
        }
        for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
            check_selection(wanted[w] > n ? n : wanted[w], 1, &segment, scores);
        }
    }
}
END_TEST

START_TEST(it_keeps_what_a_sort_keeps_of_many)
{
    static float scores[MOST];
    static const skel_segment segment[] = {{0, 5000}, {5001, MOST - 5001}};
    static const size_t wanted[] = {300, MOST - 1000};
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, (uint32_t)_i);

    for (size_t i = 0; i < MOST; i++) {
        scores[i] = kinds[_i](i, &stream);
    }
    scores[5000] = NAN;
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        check_selection(wanted[w], 2, segment, scores);
    }
}
END_TEST

START_TEST(only_the_segments_are_read_and_written)
{
    static float scores[MOST];
    static const skel_segment segment[] = {{3, 5000}, {5003, 1}, {6000, 0}, {7001, 9000}};
    skel_stream stream = skel_stream_open(2, SKEL_PURPOSE_TEST, 0, (uint32_t)_i);

    for (size_t i = 0; i < MOST; i++) {
        scores[i] = NAN;
    }
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < segment[s].count; i++) {
            scores[segment[s].offset + i] = kinds[_i](i, &stream);
        }
    }
    check_selection(1, 4, segment, scores);
    check_selection(5002, 4, segment, scores);
    check_selection(14001, 4, segment, scores);
}
END_TEST

START_TEST(a_score_that_is_not_finite_is_named_and_nothing_is_written)
{
    static const float poisons[] = {NAN, -NAN, INFINITY, -INFINITY};
    static const skel_segment segment[] = {{10, 3000}, {4000, 3000}};
    static float scores[MOST];
    static uint8_t keep[MOST];
    static uint8_t untouched[MOST];

    memset(keep, UNTOUCHED, sizeof keep);
    memset(untouched, UNTOUCHED, sizeof untouched);
    for (size_t p = 0; p < 4; p++) {
        scores[6999] = poisons[p];
        ck_assert(skel_topk(5, 2, segment, scores, keep, NULL) == SKEL_ERR_NUMBER);
        ck_assert(strstr(skel_error_message(), "flat index 6999 is ") != NULL);
        ck_assert(memcmp(keep, untouched, sizeof keep) == 0);
    }
}
END_TEST

START_TEST(keeping_none_or_more_than_all_is_refused)
{
    skel_segment segment = {0, 4};
    float scores[4] = {1, 2, 3, 4};
    uint8_t keep[4] = {9, 9, 9, 9};

    ck_assert(skel_topk(0, 1, &segment, scores, keep, NULL) == SKEL_ERR_CONFIG);
    ck_assert(skel_topk(5, 1, &segment, scores, keep, NULL) == SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(),
                     "cannot keep 5 of 4 weights: the number must be from 1 to 4");
    ck_assert(keep[0] == 9);
}
END_TEST

static void fill(TCase *tcase)
{
    int count = (int)(sizeof kinds / sizeof *kinds);

    tcase_add_loop_test(tcase, it_keeps_what_a_sort_keeps, 0, count);
    skel_sample_add(tcase, it_keeps_what_a_sort_keeps_of_many, count);
    tcase_add_loop_test(tcase, only_the_segments_are_read_and_written, 0, count);
    tcase_add_test(tcase, a_score_that_is_not_finite_is_named_and_nothing_is_written);
    tcase_add_test(tcase, keeping_none_or_more_than_all_is_refused);
}

int main(void)
{
    return skel_suite_run("topk", fill);
}
