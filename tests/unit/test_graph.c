/* The graph of a network, and the placement of its buffers. */
#include "suite.h"

#include "nn/model/builder.h"
#include "nn/plan/placement.h"
#include "skel/engine.h"
#include "skel/random.h"

static skel_network *model(const char *name, size_t width)
{
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(name, width, (skel_tensor){3, 32, 32}, 10, &network));
    return network;
}

static size_t count_kind(const skel_graph *graph, skel_step_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < graph->steps; i++) {
        count += graph->step[i].kind == kind;
    }
    return count;
}

START_TEST(a_resnet_has_no_relu_or_addition_left_beside_its_batch_norms)
{
    skel_network *network = model("resnet20", 16);
    skel_graph graph;

    ck_assert_ok(skel_graph_build(network, 16, false, &graph));
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_RELU), 0);
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_ADD), 0);
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_CONV), 21);
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_NORM), 21);
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_LAYOUT), 1); /* before the linear layer */
    skel_graph_clear(&graph);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(max_pooling_behind_a_batch_norm_becomes_part_of_it_if_asked_to)
{
    skel_network *network = model("vgg11", 4);
    skel_graph graph;

    ck_assert_ok(skel_graph_build(network, 1, false, &graph));
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_MAXPOOL), 4);
    skel_graph_clear(&graph);
    ck_assert_ok(skel_graph_build(network, 1, true, &graph));
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_MAXPOOL), 0);
    ck_assert_uint_eq(graph.tensor[graph.step[1].output].height, 16);
    ck_assert_uint_eq(graph.tensor[graph.step[1].output].floats, 1024); /* 4 of 16x16 */
    skel_graph_clear(&graph);
    skel_network_destroy(&network);
}
END_TEST

/* Behind batch norms: a clip, a leaky ReLU after an addition, a sigmoid, and one with two readers.
 */
static skel_network *activated(void)
{
    skel_builder b;
    skel_network *network = NULL;
    size_t x = 0;
    size_t y = 0;

    skel_builder_start(&b, "activated", 4, (skel_tensor){3, 8, 8}, 10);
    x = skel_builder_norm(&b, skel_builder_conv(&b, 0, "conv1", 4, 3, 1, 1, false), "bn1");
    x = skel_builder_clip(&b, x, 0, 6);
    y = skel_builder_norm(&b, skel_builder_conv(&b, x, "conv2", 4, 3, 1, 1, false), "bn2");
    x = skel_builder_leaky_relu(&b, skel_builder_add(&b, y, x), 0.1);
    x = skel_builder_norm(&b, skel_builder_conv(&b, x, "conv3", 4, 3, 1, 1, false), "bn3");
    x = skel_builder_sigmoid(&b, x);
    x = skel_builder_norm(&b, skel_builder_conv(&b, x, "conv4", 4, 3, 1, 1, false), "bn4");
    x = skel_builder_mul(&b, x, skel_builder_sigmoid(&b, x));
    (void)skel_builder_linear(&b, x, "fc", 10, true);
    ck_assert_ok(skel_builder_finish(&b, &network));
    return network;
}

START_TEST(an_activation_behind_a_batch_norm_becomes_part_of_it_if_asked_to)
{
    static const skel_op_kind kinds[] = {SKEL_OP_CLIP, SKEL_OP_LEAKY_RELU, SKEL_OP_SIGMOID};
    skel_network *network = activated();
    skel_graph graph;
    size_t n = 0;

    ck_assert_ok(skel_graph_build(network, 1, false, &graph));
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_ACTIVATION), 3);
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_ADD), 0);
    ck_assert(graph.step[1].relu);
    ck_assert(graph.step[1].ceiling == 6);
    skel_graph_clear(&graph);
    ck_assert_ok(skel_graph_build(network, 1, true, &graph));
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_ACTIVATION), 1); /* of the product */
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_ADD), 0);
    for (size_t i = 0; i < graph.steps; i++) {
        const skel_graph_step *step = &graph.step[i];

        if (step->activation != NULL) {
            ck_assert_uint_lt(n, sizeof kinds / sizeof *kinds);
            ck_assert_int_eq(step->activation->kind, kinds[n++]);
            ck_assert(!step->relu);
            ck_assert(skel_graph_keeps_output(step) ==
                      (step->activation->kind == SKEL_OP_LEAKY_RELU));
        }
    }
    ck_assert_uint_eq(n, 3);
    skel_graph_clear(&graph);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(without_blocks_no_layout_changes)
{
    skel_network *network = model("vgg11", 4);
    skel_graph graph;

    ck_assert_ok(skel_graph_build(network, 1, false, &graph));
    ck_assert_uint_eq(count_kind(&graph, SKEL_STEP_LAYOUT), 0);
    skel_graph_clear(&graph);
    skel_network_destroy(&network);
}
END_TEST

static void no_two_overlap(size_t count, const skel_arena_buffer buffer[], size_t floats)
{
    for (size_t i = 0; i < count; i++) {
        const skel_arena_buffer *a = &buffer[i];

        ck_assert_uint_le(a->offset + a->floats, floats);
        ck_assert_uint_eq(a->offset % 16, 0);
        for (size_t j = 0; j < i; j++) {
            const skel_arena_buffer *b = &buffer[j];
            bool apart_in_time = a->death < b->birth || b->death < a->birth;
            bool apart_in_space =
                a->offset + a->floats <= b->offset || b->offset + b->floats <= a->offset;

            ck_assert_msg(apart_in_time || apart_in_space, "buffers %zu and %zu", i, j);
        }
    }
}

START_TEST(buffers_in_use_together_never_overlap)
{
    enum { COUNT = 200 };
    skel_arena_buffer buffer[COUNT];
    skel_stream stream = skel_stream_open((uint64_t)_i, SKEL_PURPOSE_TEST, 0, 0);
    size_t floats = 0;
    size_t all = 0;

    for (size_t i = 0; i < COUNT; i++) {
        size_t birth = skel_stream_below(&stream, 100);

        buffer[i] = (skel_arena_buffer){.floats = 1 + skel_stream_below(&stream, 1000),
                                        .birth = birth,
                                        .death = birth + skel_stream_below(&stream, 20)};
        all += buffer[i].floats;
    }
    ck_assert_ok(skel_arena_plan(COUNT, buffer, &floats));
    no_two_overlap(COUNT, buffer, floats);
    ck_assert_uint_lt(floats, all / 2);
}
END_TEST

START_TEST(values_and_gradients_of_a_resnet_never_overlap)
{
    skel_network *network = model("resnet50", 16);
    skel_graph graph;
    skel_placement placement;

    ck_assert_ok(skel_graph_build(network, 16, false, &graph));
    ck_assert_ok(skel_placement_plan(&graph, 3, false, NULL, &placement));
    no_two_overlap(placement.count, placement.buffer, placement.floats);
    skel_placement_clear(&placement);
    skel_graph_clear(&graph);
    skel_network_destroy(&network);
}
END_TEST

/* Cuts the times into segments of a few each, with windows of one unit. */
static void cut(const skel_graph *graph, skel_placement_segment segment[], size_t of[],
                skel_placement_segments *segments)
{
    *segments = (skel_placement_segments){.segment = segment, .of = of};
    for (size_t time = 0; time < skel_placement_times(graph); time++) {
        if (time % 5 == 0) {
            segment[segments->count++] = (skel_placement_segment){.first = time, .units = 1};
        }
        segment[segments->count - 1].last = time + 1;
        of[time] = segments->count - 1;
    }
}

START_TEST(buffers_with_windows_and_those_without_never_overlap)
{
    enum { MOST = 2000 };
    skel_network *network = model("resnet50", 16);
    skel_placement_segment segment[MOST];
    skel_placement_segments segments;
    skel_arena_buffer chosen[2][MOST];
    size_t of[MOST];
    size_t count[2] = {0};
    skel_graph graph;
    skel_placement whole;
    skel_placement placement;

    ck_assert_ok(skel_graph_build(network, 1, false, &graph));
    ck_assert_uint_le(skel_placement_times(&graph), MOST);
    cut(&graph, segment, of, &segments);
    ck_assert_ok(skel_placement_plan(&graph, 3, false, NULL, &whole));
    ck_assert_ok(skel_placement_plan(&graph, 3, false, &segments, &placement));
    ck_assert_uint_le(placement.count, MOST);
    for (size_t i = 0; i < placement.count; i++) {
        bool window = placement.window[i] > 0;

        chosen[window][count[window]++] = placement.buffer[i];
    }
    ck_assert_uint_gt(count[1], 0);
    no_two_overlap(count[0], chosen[0], placement.floats);
    no_two_overlap(count[1], chosen[1], placement.window_floats);
    ck_assert_uint_lt(placement.floats + placement.window_floats, whole.floats);
    skel_placement_clear(&whole);
    skel_placement_clear(&placement);
    skel_graph_clear(&graph);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(a_resnet50_microbatch_of_128_fits_in_4_gib)
{
    skel_network *network = model("resnet50", 0);
    skel_engine_options options = {.microbatch = 128};
    size_t gradient = 0;
    size_t inference = 0;

    ck_assert_ok(skel_engine_bytes("dense", network, &options, &gradient));
    ck_assert_uint_le(gradient, (size_t)4 << 30);
    options.inference = true;
    ck_assert_ok(skel_engine_bytes("dense", network, &options, &inference));
    ck_assert_uint_le(inference, (size_t)1 << 30);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(a_sparse_step_at_one_percent_takes_60_percent_of_the_dense_engines_memory)
{
    skel_network *network = model("resnet50", 0);
    skel_engine_options options = {.microbatch = 32, .kept_only = true, .density = 0.01};
    size_t dense = 0;
    size_t sparse = 0;

    ck_assert_ok(skel_engine_bytes("dense", network, &options, &dense));
    ck_assert_ok(skel_engine_bytes("sparse", network, &options, &sparse));
    ck_assert_uint_le(10 * sparse, 6 * dense);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_resnet_has_no_relu_or_addition_left_beside_its_batch_norms);
    tcase_add_test(tcase, max_pooling_behind_a_batch_norm_becomes_part_of_it_if_asked_to);
    tcase_add_test(tcase, an_activation_behind_a_batch_norm_becomes_part_of_it_if_asked_to);
    tcase_add_test(tcase, without_blocks_no_layout_changes);
    tcase_add_loop_test(tcase, buffers_in_use_together_never_overlap, 0, 5);
    tcase_add_test(tcase, values_and_gradients_of_a_resnet_never_overlap);
    tcase_add_test(tcase, buffers_with_windows_and_those_without_never_overlap);
    tcase_add_test(tcase, a_resnet50_microbatch_of_128_fits_in_4_gib);
    tcase_add_test(tcase,
                   a_sparse_step_at_one_percent_takes_60_percent_of_the_dense_engines_memory);
}

int main(void)
{
    return skel_suite_run("graph", fill);
}
