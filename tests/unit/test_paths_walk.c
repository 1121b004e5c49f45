/* Paths from the image to the logits: against a walk of every single path of a tiny network. */
#include "suite.h"

#include "nn/model/builder.h"
#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/paths.h"
#include "skel/random.h"

#include <string.h>

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
    double *const *value; /* of each tensor; not 0 where something makes it so */
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
    const skel_window *window = &op->window;
    skel_tensor out = w->network->tensor[op->output];
    bool conv = op->kind == SKEL_OP_CONV;
    size_t inputs = w->network->tensor[op->input].channels / (conv ? op->groups : 1);
    size_t taps = window->kernel[0] * window->kernel[1];

    for (size_t o = 0; o < out.channels; o++) {
        bool linked = conv ? o * op->groups / out.channels == from.c / inputs : o == from.c;

        for (size_t at = 0; linked && at < out.height * out.width * taps; at++) {
            size_t k = at % taps;
            size_t i = k / window->kernel[1] * window->dilation[0];
            size_t j = k % window->kernel[1] * window->dilation[1];
            place to = {op->output, o, at / taps / out.width, at / taps % out.width};

            if (to.y * window->stride[0] + i == from.y + window->before[0] &&
                to.x * window->stride[1] + j == from.x + window->before[1]) {
                step(w, to,
                     conv ? w->network->parameter[op->weight].offset +
                                (o * inputs + from.c % inputs) * taps + k
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

static bool is_nonzero(const walk *w, place at)
{
    skel_tensor shape = w->network->tensor[at.tensor];

    return w->value[at.tensor][(at.c * shape.height + at.y) * shape.width + at.x] != 0;
}

/* From one factor to all pixels that it multiplies where the other factor is not 0. */
static void through_product(walk *w, const skel_op *op, size_t operand, place from)
{
    skel_tensor out = w->network->tensor[op->output];
    skel_tensor in = w->network->tensor[from.tensor];
    bool spreads = in.height * in.width < out.height * out.width;

    for (size_t i = 0; i < out.height * out.width; i++) {
        place to = {op->output, from.c, i / out.width, i % out.width};
        place other = {operand == 0 ? op->other : op->input, to.c, to.y, to.x};

        if (w->network->tensor[other.tensor].height == 1) {
            other.y = 0;
            other.x = 0;
        }
        if ((spreads || (to.y == from.y && to.x == from.x)) && is_nonzero(w, other)) {
            step(w, to, SKEL_NONE);
        }
    }
}

static void through(walk *w, const skel_op *op, size_t operand, place from)
{
    place to = {op->output, from.c, from.y, from.x};

    switch (op->kind) {
    case SKEL_OP_LINEAR:
        through_linear(w, op, from);
        break;
    case SKEL_OP_BATCHNORM:
        through_norm(w, op, from);
        break;
    case SKEL_OP_RELU:
    case SKEL_OP_LEAKY_RELU:
    case SKEL_OP_CLIP:
    case SKEL_OP_SIGMOID:
    case SKEL_OP_ADD:
        step(w, to, SKEL_NONE);
        break;
    case SKEL_OP_CONCAT:
        to.c += operand == 1 ? w->network->tensor[op->input].channels : 0;
        step(w, to, SKEL_NONE);
        break;
    case SKEL_OP_MUL:
        through_product(w, op, operand, from);
        break;
    case SKEL_OP_CONV:
    case SKEL_OP_MAXPOOL:
    case SKEL_OP_AVGPOOL:
        through_window(w, op, from);
        break;
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

        if (op->input == from.tensor) {
            through(w, op, 0, from);
        }
        if (op->other == from.tensor) {
            through(w, op, 1, from);
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

/* Groups, dilation, unequal windows and padding, a product with a gate of one pixel for each
 * channel, a product with x, a concatenation. */
static skel_network *tiny_block(void)
{
    const skel_window dilated = {{2, 1}, {1, 2}, {2, 1}, {1, 0}, {0, 1}};
    const skel_window pool = {{2, 2}, {2, 1}, {1, 1}, {1, 0}, {0, 1}};
    const skel_window all = {{2, 3}, {1, 1}, {1, 1}, {0, 0}, {0, 0}};
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;
    size_t y = 0;

    skel_builder_start(&builder, "block", 2, (skel_tensor){2, 4, 5}, 2);
    x = skel_builder_grouped_conv(&builder, 0, "conv1", 4, &dilated, 2, false);
    x = skel_builder_padded_pool(&builder, SKEL_OP_MAXPOOL, x, &pool, false);
    x = skel_builder_clip(&builder, x, 0, 6);
    y = skel_builder_padded_pool(&builder, SKEL_OP_AVGPOOL, x, &all, false);
    y = skel_builder_conv(&builder, y, "gate", 4, 1, 1, 0, false);
    y = skel_builder_mul(&builder, x, skel_builder_sigmoid(&builder, y));
    x = skel_builder_mul(&builder, x, skel_builder_leaky_relu(&builder, y, 0.1));
    x = skel_builder_concat(&builder, y, x);
    x = skel_builder_padded_pool(&builder, SKEL_OP_AVGPOOL, x, &all, false);
    (void)skel_builder_linear(&builder, x, "fc", 2, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

/* All tensors of the network of kept weights of 1 on an image of ones: none but what no path and no
 * sigmoid reaches is 0. Not of batch norm, which subtracts. */
static void evaluate(const skel_network *network, const uint8_t mask[], double *value[])
{
    enum { MOST = 256 };
    const skel_engine_options options = {.microbatch = 1, .inference = true};
    skel_engine *engine = NULL;
    uint16_t label = 0;
    float ones[MOST];
    float logits[2];
    skel_batch batch = {.count = 1, .images = ones, .labels = &label};

    ck_assert_uint_le(network->parameter_count, MOST);
    for (size_t i = 0; i < MOST; i++) {
        ones[i] = 1;
    }
    ck_assert_ok(skel_engine_create("reference", network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, ones, mask));
    ck_assert_ok(skel_engine_forward(engine, &batch, NULL, logits));
    for (size_t i = 0; i < network->tensors; i++) {
        skel_tensor shape = network->tensor[i];

        ck_assert_ok(
            SKEL_ALLOC(shape.channels * shape.height * shape.width, sizeof(double), &value[i]));
        ck_assert_ok(skel_engine_activation(engine, i, value[i]));
    }
    skel_engine_destroy(&engine);
}

/* Every path from every pixel of the image, with one mask. */
static size_t check_mask(const skel_network *network, const uint8_t mask[])
{
    enum { TENSORS = 32 };
    double *value[TENSORS] = {NULL};
    skel_tensor image = network->tensor[0];
    walk w = {.network = network, .mask = mask, .value = value};
    skel_paths paths;
    uint8_t *on_path = NULL;

    ck_assert_uint_le(network->tensors, TENSORS);
    if (!skel_network_has_batchnorm(network)) {
        evaluate(network, mask, value);
    }
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &on_path));
    ck_assert_ok(skel_paths_find(network, mask, on_path, &paths));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &w.on_path));
    for (size_t i = 0; i < image.channels * image.height * image.width; i++) {
        go_on(&w, (place){0, i / (image.height * image.width), i / image.width % image.height,
                          i % image.width});
    }
    for (size_t i = 0; i < paths.layers; i++) {
        const skel_parameter *p = &network->parameter[paths.layer[i].parameter];

        ck_assert_mem_eq(on_path + p->offset, w.on_path + p->offset, p->count);
    }
    ck_assert(paths.connected == (w.paths > 0));
    for (size_t i = 0; i < network->tensors; i++) {
        SKEL_FREE(&value[i]);
    }
    SKEL_FREE(&w.on_path);
    SKEL_FREE(&on_path);
    skel_paths_clear(&paths);
    return w.paths;
}

START_TEST(they_are_the_weights_that_a_walk_of_every_path_passes)
{
    skel_network *network = _i == 0 ? tiny_network() : tiny_block();
    size_t walked = 0;

    for (uint32_t draw = 0; draw < 100; draw++) {
        uint8_t *mask = random_mask(network, 0.05 + 0.005 * draw, draw);

        for (size_t i = 0; i < network->ops; i++) {
            if (network->op[i].bias != SKEL_NONE) { /* biases count as 0 */
                const skel_parameter *bias = &network->parameter[network->op[i].bias];

                memset(mask + bias->offset, 0, bias->count);
            }
        }
        walked += check_mask(network, mask);
        SKEL_FREE(&mask);
    }
    ck_assert_uint_gt(walked, 10000);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, they_are_the_weights_that_a_walk_of_every_path_passes, 0, 2);
}

int main(void)
{
    return skel_suite_run("paths, walked", fill);
}
