/* Paths from the image to the logits: flags of pixels go forward from the image and backward from
 * the logits. A product passes what reaches one factor where the other can be other than 0.
 *
 * A weight is on a path if its input pixel can be reached from the image, and a logit can be
 * reached from its output pixel. Pixels are followed, not channels: a tap may read only padding,
 * and a 3x3 kernel with one kept weight leaves part of its channel zero if no batch norm follows.
 */
#include "skel/paths.h"

#include "links.h"

#include "skel/memory.h"

#include <string.h>

/* One search, with its memory. */
typedef struct search {
    const skel_network *network;
    const uint8_t *mask; /* NULL: all ones */
    size_t *offset;      /* [tensors + 1] of each tensor's flags */
    uint8_t *live;       /* a path from the image reaches the pixel */
    uint8_t *useful;     /* a path leads from the pixel to a logit */
    uint8_t *nonzero;    /* a path reaches the pixel, or a sigmoid or a clip's bound makes it other
                            than 0; `live` itself in a network without products */
    uint8_t *full;       /* scratch: a flag for each plane of the widest operand */
    uint8_t *factor[2];  /* scratch: flags of a product's factors; NULL without products */
    skel_link_tap *tap;  /* scratch: the taps of the widest window */
} search;

static size_t pixels(skel_tensor tensor)
{
    return tensor.channels * tensor.height * tensor.width;
}

static bool multiplies(const skel_network *network)
{
    bool found = false;

    for (size_t i = 0; i < network->ops; i++) {
        found = found || network->op[i].kind == SKEL_OP_MUL;
    }
    return found;
}

static skel_status make_search(const skel_network *network, const uint8_t mask[], search *out)
{
    size_t widest = 1;
    size_t taps = 1;
    size_t flags = 0;
    skel_status status = SKEL_OK;

    *out = (search){.network = network, .mask = mask};
    SKEL_TRY(SKEL_ALLOC(network->tensors + 1, sizeof *out->offset, &out->offset));
    for (size_t i = 0; i < network->tensors; i++) {
        size_t count = pixels(network->tensor[i]);

        out->offset[i] = flags;
        flags += count;
        widest = count > widest ? count : widest;
    }
    out->offset[network->tensors] = flags;
    for (size_t i = 0; i < network->ops; i++) {
        const size_t *kernel = network->op[i].window.kernel;

        taps = kernel[0] * kernel[1] > taps ? kernel[0] * kernel[1] : taps;
    }
    SKEL_TRY(SKEL_ALLOC(flags, 1, &out->live));
    SKEL_TRY(SKEL_ALLOC(flags, 1, &out->useful));
    SKEL_TRY(SKEL_ALLOC(widest, 1, &out->full));
    SKEL_TRY(SKEL_ALLOC(taps, sizeof *out->tap, &out->tap));
    out->nonzero = out->live;
    if (multiplies(network)) {
        out->nonzero = NULL;
        SKEL_TRY(SKEL_ALLOC(flags, 1, &out->nonzero));
        SKEL_TRY(SKEL_ALLOC(widest, 1, &out->factor[0]));
        SKEL_TRY(SKEL_ALLOC(widest, 1, &out->factor[1]));
    }
done:
    return status;
}

static void free_search(search *s)
{
    if (s->nonzero != s->live) {
        SKEL_FREE(&s->nonzero);
    }
    SKEL_FREE(&s->factor[0]);
    SKEL_FREE(&s->factor[1]);
    SKEL_FREE(&s->tap);
    SKEL_FREE(&s->full);
    SKEL_FREE(&s->useful);
    SKEL_FREE(&s->live);
    SKEL_FREE(&s->offset);
}

static skel_links links_of(const search *s, const skel_op *op, size_t operand)
{
    bool masked = s->mask != NULL && op->weight != SKEL_NONE;

    return skel_links_of(s->network, op, operand,
                         masked ? s->mask + s->network->parameter[op->weight].offset : NULL,
                         s->tap);
}

/* Batch norm subtracts the mean of a channel from each of its pixels: so all pixels of a channel
 * depend on each other. */
static void join_pixels(const search *s, const skel_op *op, uint8_t flags[])
{
    skel_tensor out = s->network->tensor[op->output];
    size_t count = out.height * out.width;

    for (size_t c = 0; op->kind == SKEL_OP_BATCHNORM && c < out.channels; c++) {
        uint8_t *plane = flags + s->offset[op->output] + c * count;

        if (memchr(plane, 1, count) != NULL) {
            memset(plane, 1, count);
        }
    }
}

static size_t tensor_of(const skel_op *op, size_t operand)
{
    return operand == 0 ? op->input : op->other;
}

/* Flags of both factors of a product, each for the pixels of the product. */
static void spread_factors(const search *s, const skel_op *op, const uint8_t flags[])
{
    for (size_t k = 0; k < 2; k++) {
        skel_links links = links_of(s, op, k);

        memset(s->factor[k], 0, pixels(s->network->tensor[op->output]));
        skel_links_forward(&links, flags + s->offset[tensor_of(op, k)], s->factor[k]);
    }
}

/* The product is reached where one factor is and the other is nonzero. */
static void reach_product(const search *s, const skel_op *op)
{
    size_t count = pixels(s->network->tensor[op->output]);
    uint8_t *live = s->live + s->offset[op->output];
    uint8_t *nonzero = s->nonzero + s->offset[op->output];

    spread_factors(s, op, s->live);
    for (size_t i = 0; i < count; i++) {
        live[i] = s->factor[0][i] | s->factor[1][i];
    }
    spread_factors(s, op, s->nonzero);
    for (size_t i = 0; i < count; i++) {
        nonzero[i] = s->factor[0][i] & s->factor[1][i];
        live[i] &= nonzero[i]; /* what is reached is nonzero */
    }
}

static bool is_never_zero(const skel_op *op)
{
    return op->kind == SKEL_OP_SIGMOID ||
           (op->kind == SKEL_OP_CLIP && (op->low > 0 || op->high < 0));
}

static void reach_from_operands(const search *s, const skel_op *op, uint8_t flags[])
{
    for (size_t k = 0; k < 2 && tensor_of(op, k) != SKEL_NONE; k++) {
        skel_links links = links_of(s, op, k);

        skel_links_forward(&links, flags + s->offset[tensor_of(op, k)],
                           flags + s->offset[op->output]);
    }
    join_pixels(s, op, flags);
}

static void reach_from_image(const search *s)
{
    bool apart = s->nonzero != s->live;

    memset(s->live, 1, pixels(s->network->tensor[0]));
    memset(s->nonzero, 1, pixels(s->network->tensor[0]));
    for (size_t i = 0; i < s->network->ops; i++) {
        const skel_op *op = &s->network->op[i];

        if (op->kind == SKEL_OP_MUL) {
            reach_product(s, op);
            continue;
        }
        reach_from_operands(s, op, s->live);
        if (apart && is_never_zero(op)) {
            memset(s->nonzero + s->offset[op->output], 1, pixels(s->network->tensor[op->output]));
        } else if (apart) {
            reach_from_operands(s, op, s->nonzero);
        }
    }
}

/* To an operand of a product, where the other one is nonzero: `useful` flags of the product. */
static const uint8_t *useful_to(const search *s, const skel_op *op, size_t operand)
{
    const uint8_t *useful = s->useful + s->offset[op->output];
    uint8_t *other = NULL;

    if (op->kind != SKEL_OP_MUL) {
        return useful;
    }
    spread_factors(s, op, s->nonzero);
    other = s->factor[1 - operand];
    for (size_t i = 0; i < pixels(s->network->tensor[op->output]); i++) {
        other[i] &= useful[i];
    }
    return other;
}

static void reach_from_logits(const search *s)
{
    size_t logits = s->network->op[s->network->ops - 1].output;

    memset(s->useful + s->offset[logits], 1, pixels(s->network->tensor[logits]));
    for (size_t i = s->network->ops; i-- > 0;) {
        const skel_op *op = &s->network->op[i];

        join_pixels(s, op, s->useful);
        for (size_t k = 0; k < 2 && tensor_of(op, k) != SKEL_NONE; k++) {
            const uint8_t *useful = useful_to(s, op, k); /* uses the memory of taps, too */
            skel_links links = links_of(s, op, k);

            skel_links_backward(&links, s->useful + s->offset[tensor_of(op, k)], useful, s->full);
        }
    }
}

/* Planes with at least one raised flag. */
static size_t count_live(size_t planes, size_t count, const uint8_t flags[])
{
    size_t live = 0;

    for (size_t i = 0; i < planes; i++) {
        live += memchr(flags + i * count, 1, count) != NULL;
    }
    return live;
}

/* Counts the weights of one output channel; marks those on a path, unless `on_path` is NULL. */
static void mark_channel(const search *s, const skel_op *op, const skel_links *links, size_t o,
                         uint8_t on_path[], skel_path_layer *layer)
{
    const uint8_t *live = s->live + s->offset[op->input];
    const uint8_t *useful = s->useful + s->offset[op->output] + o * links->out_pixels;
    size_t row = links->seen * links->taps;
    size_t before = layer->on_path;

    for (size_t at = skel_links_next(links, o, 0); at < row;
         at = skel_links_next(links, o, at + 1)) {
        bool on = skel_links_meet(&links->tap[at % links->taps],
                                  live + skel_links_input(links, o, at) * links->in_pixels, useful);

        layer->kept++;
        layer->on_path += on;
        if (on && on_path != NULL) {
            on_path[o * row + at] = 1;
        }
    }
    layer->live_outputs += layer->on_path > before;
}

static skel_path_layer mark_layer(const search *s, const skel_op *op, uint8_t on_path[])
{
    skel_links links = links_of(s, op, 0);
    skel_path_layer layer = {
        .parameter = op->weight,
        .inputs = links.inputs,
        .live_inputs = count_live(links.inputs, links.in_pixels, s->live + s->offset[op->input]),
        .outputs = links.outputs,
    };

    for (size_t o = 0; o < links.outputs; o++) {
        mark_channel(s, op, &links, o, on_path, &layer);
    }
    return layer;
}

/* The operation whose weight is this parameter. */
static const skel_op *op_of(const skel_network *network, size_t parameter)
{
    const skel_op *op = network->op;

    while (op->weight != parameter) {
        op++;
        SKEL_ASSERT(op < network->op + network->ops);
    }
    return op;
}

static void mark_layers(const search *s, uint8_t on_path[], skel_paths *out)
{
    const skel_network *network = s->network;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];
        uint8_t *marks = on_path != NULL ? on_path + parameter->offset : NULL;

        if (marks != NULL) {
            memset(marks, parameter->prunable ? 0 : 1, parameter->count);
        }
        if (parameter->prunable) {
            skel_path_layer layer = mark_layer(s, op_of(network, i), marks);

            out->kept += layer.kept;
            out->on_path += layer.on_path;
            out->collapsed += layer.on_path == 0;
            out->layer[out->layers++] = layer;
        }
    }
}

skel_status skel_paths_find(const skel_network *network, const uint8_t mask[], uint8_t on_path[],
                            skel_paths *out)
{
    size_t logits = network->op[network->ops - 1].output;
    search s = {.network = NULL};
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(make_search(network, mask, &s));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *out->layer, &out->layer));
    reach_from_image(&s);
    reach_from_logits(&s);
    mark_layers(&s, on_path, out);
    out->connected = count_live(network->tensor[logits].channels, 1, s.live + s.offset[logits]) > 0;
done:
    free_search(&s);
    return status;
}

void skel_paths_clear(skel_paths *paths)
{
    SKEL_FREE(&paths->layer);
    memset(paths, 0, sizeof *paths);
}
