/* Random walks: they pass groups, joined channels and gates, and prefer large weights. */
#include "small_networks.h"
#include "suite.h"

#include "nn/model/builder.h"

#include "skel/memory.h"
#include "skel/walks.h"

#include <string.h>

enum { CLASSES = 3, SEEDS = 3000, SMALL = 500 };

/* Four channels in two groups, each pixel on its own; then a layer for each channel, and both
 * results side by side. */
static skel_network *grouped(void)
{
    const skel_window point = {.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}};
    skel_builder builder;
    skel_network *network = NULL;
    size_t stem = 0;
    size_t half = 0;
    size_t each = 0;

    skel_builder_start(&builder, "grouped", 4, (skel_tensor){1, 1, 1}, CLASSES);
    stem = skel_builder_grouped_conv(&builder, 0, "stem", 4, &point, 1, false);
    half = skel_builder_grouped_conv(&builder, stem, "halves", 4, &point, 2, false);
    each = skel_builder_grouped_conv(&builder, half, "each", 4, &point, 4, false);
    (void)skel_builder_linear(&builder, skel_builder_concat(&builder, half, each), "fc", CLASSES,
                              false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

static const skel_parameter *parameter_of(const skel_network *network, const char *name)
{
    size_t i = 0;

    while (strcmp(network->parameter[i].name, name) != 0) {
        i++;
        ck_assert_uint_lt(i, network->parameters);
    }
    return &network->parameter[i];
}

static float *ones(const skel_network *network)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *out, &out));
    for (size_t i = 0; i < network->parameter_count; i++) {
        out[i] = 1;
    }
    return out;
}

/* Every weight lies on a path from the image to a logit. Walks end when 10,000 in a row found no
 * new one, so that a single weight of a tensor with thousands may be missed, but none of a small
 * one. */
START_TEST(walks_visit_every_weight_of_the_small_tensors_of_any_small_network)
{
    size_t tensors = 0;

    for (size_t n = 0; n < skel_smalls(); n++) {
        skel_network *network = skel_small_network(skel_small_get(n));
        float *parameters = ones(network);
        float *order = ones(network);
        size_t visited = 0;

        ck_assert_ok(
            skel_walks_order(network, parameters, network->prunable_count, 1, order, &visited));
        for (size_t p = 0; p < network->parameters; p++) {
            const skel_parameter *parameter = &network->parameter[p];

            tensors += parameter->prunable && parameter->count <= SMALL;
            for (size_t i = 0; parameter->count <= SMALL && i < parameter->count; i++) {
                ck_assert_msg((order[parameter->offset + i] > 0) == parameter->prunable,
                              "%s: weight %zu of %s", skel_small_get(n)->name, i, parameter->name);
            }
        }
        SKEL_FREE(&order);
        SKEL_FREE(&parameters);
        skel_network_destroy(&network);
    }
    ck_assert_uint_gt(tensors, skel_smalls());
}
END_TEST

/* Only channel 2 of the stem, which is in the second group, has weights on both sides that are not
 * zero: no walk comes to the first group. */
START_TEST(walks_stay_within_the_group_of_their_channel)
{
    skel_network *network = grouped();
    const skel_parameter *stem = parameter_of(network, "stem.weight");
    const skel_parameter *halves = parameter_of(network, "halves.weight");
    const skel_parameter *each = parameter_of(network, "each.weight");
    const skel_parameter *fc = parameter_of(network, "fc.weight");
    float *parameters = ones(network);
    float *order = ones(network);
    size_t visited = 0;

    for (size_t i = 0; i < 4; i++) {
        parameters[stem->offset + i] = i == 2 ? 1.0F : 0.0F;
        parameters[halves->offset + i * 2 + 1] = 0; /* channels 1 and 3 are not read */
    }
    for (size_t i = 0; i < fc->count; i++) { /* [class][4 of "halves", 4 of "each"] */
        parameters[fc->offset + i] = i % 4 < 2 ? 0.0F : 1.0F;
    }
    ck_assert_ok(
        skel_walks_order(network, parameters, network->prunable_count, 1, order, &visited));
    for (size_t i = 0; i < 4; i++) {
        ck_assert((order[stem->offset + i] > 0) == (i == 2));
        ck_assert((order[each->offset + i] > 0) == (i >= 2));
        ck_assert((order[halves->offset + i * 2] > 0) == (i >= 2));
        ck_assert(order[halves->offset + i * 2 + 1] == 0);
    }
    for (size_t i = 0; i < fc->count; i++) {
        ck_assert((order[fc->offset + i] > 0) == (i % 4 >= 2));
    }
    ck_assert_uint_eq(visited, 1 + 2 + 2 + CLASSES * 4);
    SKEL_FREE(&order);
    SKEL_FREE(&parameters);
    skel_network_destroy(&network);
}
END_TEST

/* The first walk goes from the image to a logit: its second step takes output 2 or 3 of the second
 * group with probability 1/4 and 3/4. Of SEEDS walks the share deviates by less than four standard
 * deviations. */
START_TEST(a_step_through_a_group_prefers_large_weights)
{
    skel_network *network = grouped();
    const skel_parameter *stem = parameter_of(network, "stem.weight");
    const skel_parameter *halves = parameter_of(network, "halves.weight");
    float *parameters = ones(network);
    float *order = ones(network);
    double third = 0;
    size_t visited = 0;

    for (size_t i = 0; i < 4; i++) {
        parameters[stem->offset + i] = i == 3 ? 1.0F : 0.0F;
    }
    parameters[halves->offset + 2UL * 2 + 1] = -1;
    parameters[halves->offset + 3UL * 2 + 1] = 3;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        ck_assert_ok(skel_walks_order(network, parameters, 1, seed, order, &visited));
        ck_assert_uint_ge(visited, 3);
        ck_assert(order[stem->offset + 3] == 1);
        ck_assert((order[halves->offset + 2UL * 2 + 1] > 0) !=
                  (order[halves->offset + 3UL * 2 + 1] > 0));
        third += order[halves->offset + 3UL * 2 + 1] > 0;
    }
    ck_assert_double_eq_tol(third / SEEDS, 0.75, 4 * 0.433 / 54.77); /* sqrt(3)/4, sqrt(SEEDS) */
    SKEL_FREE(&order);
    SKEL_FREE(&parameters);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, walks_visit_every_weight_of_the_small_tensors_of_any_small_network);
    tcase_add_test(tcase, walks_stay_within_the_group_of_their_channel);
    tcase_add_test(tcase, a_step_through_a_group_prefers_large_weights);
}

int main(void)
{
    return skel_suite_run("walks", fill);
}
