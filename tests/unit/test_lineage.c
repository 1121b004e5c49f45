/* Weights that came back and went again: against a search through all masks of a pruning. */
#include "suite.h"

#include "skel/lineage.h"
#include "skel/random.h"

#include <string.h>

enum { COUNT = 300, SEGMENTS = 2, ITERATIONS = 12 };

static const skel_segment segment[SEGMENTS] = {{5, 120}, {150, 140}};

static uint8_t masks[ITERATIONS + 1][COUNT]; /* masks[0] is all ones */

/* Whether a weight had been pruned, and kept again, before iteration t. */
static bool had_returned(size_t i, size_t t)
{
    for (size_t s = 1; s < t; s++) {
        if (masks[s - 1][i] == 0 && masks[s][i] != 0) {
            return true;
        }
    }
    return false;
}

static size_t count_repruned(size_t t)
{
    size_t repruned = 0;

    for (size_t i = 0; i < COUNT; i++) {
        repruned += masks[t - 1][i] != 0 && masks[t][i] == 0 && had_returned(i, t);
    }
    return repruned;
}

static void draw_mask(size_t t, bool permanent, skel_stream *stream, skel_mask *mask)
{
    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            bool keep = skel_stream_uniform(stream) < 0.7;

            mask->keep[i] = keep && !(permanent && mask->keep[i] == 0);
        }
    }
    memcpy(masks[t], mask->keep, COUNT);
}

/* Counts over random masks; asserts that each count is that of the search. */
static size_t prune(bool permanent)
{
    skel_stream stream = skel_stream_open(2, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;
    uint8_t lineage[COUNT];
    size_t all = 0;

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &mask));
    memcpy(masks[0], mask->keep, COUNT);
    skel_lineage_start(mask, lineage);
    for (size_t t = 1; t <= ITERATIONS; t++) {
        size_t repruned = 0;

        draw_mask(t, permanent, &stream, mask);
        repruned = skel_lineage_add(mask, lineage);
        ck_assert_uint_eq(repruned, count_repruned(t));
        all += repruned;
    }
    skel_mask_destroy(&mask);
    return all;
}

START_TEST(a_weight_is_repruned_if_it_had_returned_before_it_went)
{
    ck_assert_uint_gt(prune(false), 100);
}
END_TEST

START_TEST(nothing_is_repruned_where_nothing_returns)
{
    ck_assert_uint_eq(prune(true), 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_weight_is_repruned_if_it_had_returned_before_it_went);
    tcase_add_test(tcase, nothing_is_repruned_where_nothing_returns);
}

int main(void)
{
    return skel_suite_run("lineage", fill);
}
