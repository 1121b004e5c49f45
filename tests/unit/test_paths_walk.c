/* Paths from the image to the logits: against a walk of every single path of a tiny network. */
#include "suite.h"

#include "nn/model/builder.h"
#include "skel/memory.h"
#include "skel/paths.h"
#include "skel/random.h"

static uint8_t *random_mask(const skel_network *network, double density, uint32_t draw)
{
    skel_stream stream = skel_stream_open(11, SKEL_PURPOSE_TEST, 3, draw);
    uint8_t *mask = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &mask));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t j = 0; j < p->count; j++) {
            mask[p->offset + j] = !p->prunable || skel_stream_uniform(&stream) < density;
        }
    }
    return mask;
}

/* Every path of a tiny network, one by one: the trail of weights behind the pixel at its end. */
typedef struct walk {
    const skel_network *network;
    const uint8_t *mask;
    uint8_t *on_path;
    size_t depth;
    size_t trail[8];
    size_t paths;
} walk;

/* A pixel: tensor, channel, row, column. */
typedef struct place {
    size_t tensor, c, y, x;
} place;

static void go_on(walk *w, place from);

/* One step further, through a weight if there is one. */
static void step(walk *w, place to, size_t weight)
{
    if (weight != SKEL_NONE && w->mask[weight] == 0) {
        return;
    }
    w->depth += weight != SKEL_NONE;
    if (weight != SKEL_NONE) {
        w->trail[w->depth - 1] = weight;
    }
    go_on(w, to);
    w->depth -= weight != SKEL_NONE;
}

/* All output pixels of a window that see a pixel, by trying all of them. */
static void through_window(walk *w, const skel_op *op, place from)
{
    skel_tensor out = w->network->tensor[op->output];
    size_t inputs = w->network->tensor[op->input].channels;
    size_t taps = op->window.kernel[0] * op->window.kernel[0];
    bool conv = op->kind == SKEL_OP_CONV;

    for (size_t o = conv ? 0 : from.c; o < (conv ? out.channels : from.c + 1); o++) {
        for (size_t at = 0; at < out.height * out.width * taps; at++) {
            size_t k = at % taps;
            place to = {op->output, o, at / taps / out.width, at / taps % out.width};

            if (to.y * op->window.stride[0] + k / op->window.kernel[0] ==
                    from.y + op->window.before[0] &&
                to.x * op->window.stride[0] + k % op->window.kernel[0] ==
                    from.x + op->window.before[0]) {
                step(w, to,
                     conv ? w->network->parameter[op->weight].offset +
                                (o * inputs + from.c) * taps + k
                          : SKEL_NONE);
            }
        }
    }
}

static void through_linear(walk *w, const skel_op *op, place from)
{
    const skel_parameter *weight = &w->network->parameter[op->weight];
    skel_tensor in = w->network->tensor[op->input];
    size_t unit = (from.c * in.height + from.y) * in.width + from.x;

    for (size_t o = 0; o < weight->shape[0]; o++) {
        step(w, (place){op->output, o, 0, 0}, weight->offset + o * weight->shape[1] + unit);
    }
}

/* By the mean over the channel every pixel of it sees every other. */
static void through_norm(walk *w, const skel_op *op, place from)
{
    skel_tensor out = w->network->tensor[op->output];

    for (size_t i = 0; i < out.height * out.width; i++) {
        step(w, (place){op->output, from.c, i / out.width, i % out.width}, SKEL_NONE);
    }
}

static void go_on(walk *w, place from)
{
    const skel_network *network = w->network;

    if (from.tensor == network->op[network->ops - 1].output) {
        w->paths++;
        for (size_t i = 0; i < w->depth; i++) {
            w->on_path[w->trail[i]] = 1;
        }
    }
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        size_t times = (op->input == from.tensor ? 1U : 0U) + (op->other == from.tensor ? 1U : 0U);

        for (size_t k = 0; k < times; k++) {
            if (op->kind == SKEL_OP_LINEAR) {
                through_linear(w, op, from);
            } else if (op->kind == SKEL_OP_BATCHNORM) {
                through_norm(w, op, from);
            } else if (op->kind == SKEL_OP_RELU || op->kind == SKEL_OP_ADD) {
                step(w, (place){op->output, from.c, from.y, from.x}, SKEL_NONE);
            } else {
                through_window(w, op, from);
            }
        }
    }
}

/* Convolutions of two strides, a batch norm, a branch, a pool that leaves a column out, two linear
 * layers. */
static skel_network *tiny_network(void)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;
    size_t y = 0;

    skel_builder_start(&builder, "tiny", 2, (skel_tensor){1, 6, 7}, 2);
    x = skel_builder_conv(&builder, 0, "conv1", 2, 3, 2, 1, false);
    x = skel_builder_relu(&builder, x);
    y = skel_builder_conv(&builder, x, "conv2", 2, 3, 1, 1, true);
    x = skel_builder_add(&builder, skel_builder_norm(&builder, y, "bn"), x);
    x = skel_builder_pool(&builder, SKEL_OP_MAXPOOL, x, 2, 1);
    x = skel_builder_linear(&builder, x, "fc1", 3, true);
    (void)skel_builder_linear(&builder, skel_builder_relu(&builder, x), "fc2", 2, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

START_TEST(they_are_the_weights_that_a_walk_of_every_path_passes)
{
    skel_network *network = tiny_network();
    size_t image = network->tensor[0].height * network->tensor[0].width;
    size_t walked = 0;

    for (uint32_t draw = 0; draw < 100; draw++) {
        uint8_t *mask = random_mask(network, 0.05 + 0.005 * draw, draw);
        walk w = {.network = network, .mask = mask};
        skel_paths paths;
        uint8_t *on_path = NULL;

        ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &on_path));
        ck_assert_ok(skel_paths_find(network, mask, on_path, &paths));
        ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &w.on_path));
        for (size_t i = 0; i < image; i++) {
            go_on(&w, (place){0, 0, i / network->tensor[0].width, i % network->tensor[0].width});
        }
        for (size_t i = 0; i < paths.layers; i++) {
            const skel_parameter *p = &network->parameter[paths.layer[i].parameter];

            ck_assert_mem_eq(on_path + p->offset, w.on_path + p->offset, p->count);
        }
        ck_assert(paths.connected == (w.paths > 0));
        walked += w.paths;
        SKEL_FREE(&w.on_path);
        SKEL_FREE(&on_path);
        SKEL_FREE(&mask);
        skel_paths_clear(&paths);
    }
    ck_assert_uint_gt(walked, 10000);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, they_are_the_weights_that_a_walk_of_every_path_passes);
}

int main(void)
{
    return skel_suite_run("paths, walked", fill);
}
