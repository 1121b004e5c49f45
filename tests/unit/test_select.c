/* Which weights stay under rules for single layers: compared with counting and with sorting. */
#include "suite.h"

#include "prune/share.h"
#include "skel/prune.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { COUNT = 4000, SEGMENTS = 3, PRUNABLE = 2933 };

static const skel_segment segment[SEGMENTS] = {{10, 500}, {600, 2400}, {3100, 33}};

static float parameters[COUNT];

/* The second tensor's weights are a hundred times larger: alone they would take all places. */
static void fill_parameters(void)
{
    skel_stream stream = skel_stream_open(11, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] = (float)skel_stream_normal(&stream) * (i >= 600 && i < 3000 ? 100.0F : 1.0F);
    }
}

static skel_status step(const char *method, size_t kept, skel_layer_rules rules, bool invert,
                        skel_mask *mask)
{
    skel_prune_request request = {.kept = kept,
                                  .rules = rules,
                                  .invert = invert,
                                  .seed = 3,
                                  .parameters = parameters,
                                  .signal = parameters};
    skel_prune_report report;
    skel_comm *comm = NULL;
    skel_status status = SKEL_OK;

    ck_assert_ok(skel_method_find(method, &request.method));
    ck_assert_ok(skel_comm_create_self(&comm));
    status = skel_prune_mask(comm, &request, mask, &report);
    skel_comm_destroy(&comm);
    return status;
}

static skel_mask *ones(void)
{
    skel_mask *mask = NULL;

    fill_parameters();
    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &mask));
    return mask;
}

static size_t kept_in(const skel_mask *mask, size_t s)
{
    size_t kept = 0;

    for (size_t i = 0; i < segment[s].count; i++) {
        kept += mask->keep[segment[s].offset + i];
    }
    return kept;
}

/* Whether the kept weights of a tensor are its largest ones. */
static bool are_the_largest(const skel_mask *mask, size_t s)
{
    float kept = INFINITY;
    float pruned = 0;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        float size = fabsf(parameters[i]);

        kept = mask->keep[i] == 1 && size < kept ? size : kept;
        pruned = mask->keep[i] == 0 && size > pruned ? size : pruned;
    }
    return kept >= pruned;
}

START_TEST(a_floor_gives_every_layer_its_part_and_the_rest_to_the_best)
{
    const skel_layer_rules rules = {.floor = 0.1};

    for (size_t kept = 294; kept < PRUNABLE; kept += 211) {
        skel_mask *mask = ones();

        ck_assert_ok(step("magnitude", kept, rules, false, mask));
        ck_assert_uint_eq(mask->kept, kept);
        for (size_t s = 0; s < SEGMENTS; s++) {
            ck_assert(kept_in(mask, s) >= (size_t)ceil(0.1 * (double)segment[s].count));
            ck_assert(are_the_largest(mask, s));
        }
        if (kept < 2400) {
            ck_assert_uint_eq(kept_in(mask, 0), 50);
            ck_assert_uint_eq(kept_in(mask, 2), 4); /* 3.3 rounded up */
        }
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(without_a_floor_small_layers_may_vanish)
{
    skel_mask *mask = ones();

    ck_assert_ok(step("magnitude", 500, (skel_layer_rules){0}, false, mask));
    ck_assert_uint_eq(kept_in(mask, 0) + kept_in(mask, 2), 0);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(whole_layers_lose_nothing_and_count)
{
    static const bool whole[SEGMENTS] = {true, false, false};
    const skel_layer_rules rules = {.whole = whole, .floor = 0.05};
    static const char *const methods[] = {"magnitude", "snip", "random", "random-uniform"};

    for (size_t m = 0; m < 4; m++) {
        skel_mask *mask = ones();

        ck_assert_ok(step(methods[m], 700, rules, false, mask));
        ck_assert_uint_eq(mask->kept, 700);
        ck_assert_uint_eq(kept_in(mask, 0), 500);
        ck_assert(kept_in(mask, 1) >= 120 && kept_in(mask, 2) >= 2);
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(rules_that_cannot_be_kept_are_refused_with_the_numbers)
{
    static const bool whole[SEGMENTS] = {true, false, false};
    skel_mask *mask = ones();

    ck_assert(step("snip", 621, (skel_layer_rules){.whole = whole, .floor = 0.05}, false, mask) ==
              SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(),
                     "cannot keep 621 weights: prune.keep-layers holds 500, and with "
                     "prune.per-layer-floor 0.05 all layers together need 622");
    ck_assert_uint_eq(mask->kept, PRUNABLE);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(inverted_scores_keep_the_lowest_of_what_is_left)
{
    skel_mask *mask = ones();

    ck_assert_ok(step("magnitude", 533, (skel_layer_rules){0}, true, mask));
    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            parameters[i] = 1 / parameters[i]; /* turns the order around */
        }
        ck_assert(are_the_largest(mask, s));
    }
    /* a permanent method does not take the pruned ones for the lowest */
    fill_parameters();
    ck_assert_ok(step("iter-snip", 100, (skel_layer_rules){0}, true, mask));
    ck_assert_uint_eq(mask->kept, 100);
    skel_mask_destroy(&mask);
}
END_TEST

/* Where signs count scores below 0 are chosen, too; but among equal zeros the first are kept. */
START_TEST(weights_that_scores_do_not_tell_apart_are_not_said_to_be_chosen)
{
    static float product[COUNT];
    skel_prune_request request = {.kept = 1000, .parameters = parameters, .signal = product};
    skel_prune_report report;
    skel_comm *comm = NULL;
    skel_mask *mask = ones();

    ck_assert_ok(skel_method_find("grasp", &request.method));
    ck_assert_ok(skel_comm_create_self(&comm));
    ck_assert_ok(skel_prune_mask(comm, &request, mask, &report)); /* a dead network */
    ck_assert_uint_eq(report.chosen, 0);
    for (size_t i = 0; i < 500; i++) { /* the first tensor: 300 of 500 scores are positive */
        product[10 + i] = i < 300 ? 1 / parameters[10 + i] : -1 / parameters[10 + i];
    }
    ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
    ck_assert_uint_eq(report.chosen, 300);
    request.kept = 300 + PRUNABLE - 500; /* all zeros fit: none is preferred to another */
    ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
    ck_assert_uint_eq(report.chosen, request.kept);
    request.kept = PRUNABLE - 100; /* half of the negative ones, for their scores */
    for (size_t i = 300; i < 500; i++) {
        product[10 + i] = -(float)i / parameters[10 + i];
    }
    ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
    ck_assert_uint_eq(report.chosen, request.kept);
    skel_comm_destroy(&comm);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_permanent_choice_inverted_is_within_the_one_before)
{
    skel_mask *mask = ones();
    uint8_t before[COUNT];

    ck_assert_ok(step("iter-snip", 1000, (skel_layer_rules){0}, true, mask));
    memcpy(before, mask->keep, sizeof before);
    ck_assert_ok(step("iter-snip", 500, (skel_layer_rules){0}, true, mask));
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(mask->keep[i] <= before[i]);
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(random_graphs_are_denser_in_small_layers)
{
    /* [20][25], [40][60], [3][11]: shares go as 45 : 100 : 14 until a layer is full */
    static const double size[SEGMENTS] = {45, 100, 14};
    const skel_layer_rules rules = {.size = size};
    skel_mask *mask = ones();

    ck_assert_ok(step("random-erk", 318, rules, false, mask));
    ck_assert_uint_eq(kept_in(mask, 0), 90);
    ck_assert_uint_eq(kept_in(mask, 1), 200);
    ck_assert_uint_eq(kept_in(mask, 2), 28);
    skel_mask_destroy(&mask);
    mask = ones();
    ck_assert_ok(step("random-erk", 468, rules, false, mask)); /* 33 are all; 435 as 45 : 100 */
    ck_assert_uint_eq(kept_in(mask, 0), 135);
    ck_assert_uint_eq(kept_in(mask, 1), 300);
    ck_assert_uint_eq(kept_in(mask, 2), 33);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_mask_that_moves_starts_as_a_graph_or_with_equal_densities)
{
    static const double size[SEGMENTS] = {45, 100, 14};
    skel_prune_request request = {
        .kept = 318, .rules = {.size = size}, .seed = 3, .parameters = parameters};
    static const size_t graph[SEGMENTS] = {90, 200, 28};
    static const size_t equal[SEGMENTS] = {54, 260, 4}; /* 318 as 500 : 2400 : 33 */

    for (int scope = 0; scope < 2; scope++) {
        skel_mask *mask = ones();
        skel_prune_report report;
        skel_comm *comm = NULL;

        request.scope = (skel_scope)scope;
        ck_assert_ok(skel_method_find(scope == 0 ? "rigl" : "set", &request.method));
        ck_assert_ok(skel_comm_create_self(&comm));
        ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
        for (size_t s = 0; s < SEGMENTS; s++) {
            ck_assert_uint_eq(kept_in(mask, s), scope == 0 ? graph[s] : equal[s]);
        }
        skel_comm_destroy(&comm);
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(shares_add_up_and_keep_their_bounds)
{
    enum { TENSORS = 40 };
    skel_stream stream = skel_stream_open(12, SKEL_PURPOSE_TEST, 0, 0);

    for (int round = 0; round < 300; round++) {
        double size[TENSORS];
        size_t least[TENSORS];
        size_t most[TENSORS];
        size_t share[TENSORS];
        size_t low = 0;
        size_t high = 0;
        size_t kept = 0;
        size_t sum = 0;
        double largest = 0; /* share per size of those between their bounds */
        double smallest = (double)INFINITY;

        for (size_t i = 0; i < TENSORS; i++) {
            size[i] = 1 + skel_stream_below(&stream, 2000);
            most[i] = skel_stream_below(&stream, 100000);
            least[i] = skel_stream_below(&stream, (uint32_t)most[i] / 4 + 1);
            low += least[i];
            high += most[i];
        }
        kept = low + skel_stream_below(&stream, (uint32_t)(high - low + 1));
        skel_share_out(kept, &(skel_share_bounds){TENSORS, size, least, most}, share);
        for (size_t i = 0; i < TENSORS; i++) {
            ck_assert(share[i] >= least[i] && share[i] <= most[i]);
            sum += share[i];
            if (share[i] > least[i] && share[i] < most[i]) {
                largest = fmax(largest, ((double)share[i] - 1) / size[i]);
                smallest = fmin(smallest, ((double)share[i] + 1) / size[i]);
            }
        }
        ck_assert_uint_eq(sum, kept);
        ck_assert(largest <= smallest); /* within one weight of one common factor */
    }
}
END_TEST

START_TEST(a_shuffled_mask_has_as_many_of_each_layer_at_other_places)
{
    skel_mask *mask = ones();
    uint8_t before[COUNT];
    size_t moved = 0;
    double column[10] = {0};

    ck_assert_ok(step("magnitude", 700, (skel_layer_rules){.floor = 0.1}, false, mask));
    memcpy(before, mask->keep, sizeof before);
    for (size_t s = 0; s < SEGMENTS; s++) {
        ck_assert(kept_in(mask, s) > 0);
    }
    skel_mask_shuffle(mask, 5);
    ck_assert_uint_eq(mask->kept, 700);
    for (size_t i = 0; i < COUNT; i++) {
        moved += mask->keep[i] != before[i];
    }
    ck_assert_uint_eq(kept_in(mask, 0), 50);
    ck_assert_uint_eq(kept_in(mask, 1), 646);
    ck_assert_uint_eq(kept_in(mask, 2), 4);
    ck_assert(moved > 500);
    for (size_t i = 0; i < 2400; i++) {
        column[i / 240] += mask->keep[600 + i];
    }
    for (size_t c = 0; c < 10; c++) { /* hypergeometric: five standard deviations are 32.5 */
        ck_assert(fabs(column[c] - 64.6) < 33);
    }
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_floor_gives_every_layer_its_part_and_the_rest_to_the_best);
    tcase_add_test(tcase, without_a_floor_small_layers_may_vanish);
    tcase_add_test(tcase, whole_layers_lose_nothing_and_count);
    tcase_add_test(tcase, rules_that_cannot_be_kept_are_refused_with_the_numbers);
    tcase_add_test(tcase, inverted_scores_keep_the_lowest_of_what_is_left);
    tcase_add_test(tcase, weights_that_scores_do_not_tell_apart_are_not_said_to_be_chosen);
    tcase_add_test(tcase, a_permanent_choice_inverted_is_within_the_one_before);
    tcase_add_test(tcase, random_graphs_are_denser_in_small_layers);
    tcase_add_test(tcase, a_mask_that_moves_starts_as_a_graph_or_with_equal_densities);
    tcase_add_test(tcase, shares_add_up_and_keep_their_bounds);
    tcase_add_test(tcase, a_shuffled_mask_has_as_many_of_each_layer_at_other_places);
}

int main(void)
{
    return skel_suite_run("select", fill);
}
