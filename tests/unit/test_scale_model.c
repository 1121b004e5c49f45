/* The prediction of a step's time: closed forms of the model in analysis/scaling.md. */
#include "suite.h"

#include "bench/scale_model.h"

#include <math.h>

static const skel_scale_machine machine = {
    .ranks_per_node = 4, .latency = 1e-6, .bandwidth = 1e9, .node_latency = 1e-7, .chunk = 1e6};

static const skel_scale_work work = {
    .compute = 0.5, .node = 0.01, .summed = 2.5e6, .broadcast = 1e5, .per_rank = 24, .small = 7};

static bool is_near(double value, double expected)
{
    return fabs(value - expected) <= 1e-12 * fabs(expected); /* a few roundings of double */
}

START_TEST(one_rank_has_no_messages)
{
    skel_scale_step step = skel_scale_predict(&machine, &work, 1);

    ck_assert(step.network == 0 && step.small == 0);
    ck_assert(is_near(skel_scale_total(&step), 0.51));
    ck_assert(is_near(skel_scale_share(&step), 1 - 0.5 / 0.51));
}
END_TEST

START_TEST(one_node_has_no_network)
{
    skel_scale_step step = skel_scale_predict(&machine, &work, 4);

    ck_assert(step.network == 0);
    ck_assert(is_near(step.small, 7 * 2 * 1e-7)); /* 7 collectives of log2(4) messages */
}
END_TEST

START_TEST(two_nodes_send_every_byte_once_each_way)
{
    skel_scale_step step = skel_scale_predict(&machine, &work, 8);
    double latency = (3 + 1) * 2 * 1e-6; /* three chunks and the broadcast, two messages each */

    ck_assert(is_near(step.network, latency + (2.5e6 + 1e5) / 1e9));
    ck_assert(is_near(step.small, 7 * (2e-7 + 1e-6) + 2e-6 + 8 * 24 / 1e9));
}
END_TEST

START_TEST(many_nodes_send_at_most_twice_the_bytes)
{
    skel_scale_step step = skel_scale_predict(&machine, &work, 4096);

    ck_assert(is_near(step.network, 4 * 20 * 1e-6 + 2 * (1023.0 / 1024) * (2.5e6 + 1e5) / 1e9));
}
END_TEST

START_TEST(a_node_that_is_not_full_counts_as_a_node)
{
    skel_scale_step five = skel_scale_predict(&machine, &work, 5);
    skel_scale_step eight = skel_scale_predict(&machine, &work, 8);

    ck_assert(five.network == eight.network && five.network > 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, one_rank_has_no_messages);
    tcase_add_test(tcase, one_node_has_no_network);
    tcase_add_test(tcase, two_nodes_send_every_byte_once_each_way);
    tcase_add_test(tcase, many_nodes_send_at_most_twice_the_bytes);
    tcase_add_test(tcase, a_node_that_is_not_full_counts_as_a_node);
}

int main(void)
{
    return skel_suite_run("scale model", fill);
}
