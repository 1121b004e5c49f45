/* Windows, units and planes as links between pixels; flags follow the links. */
#include "links.h"

#include <string.h>

/* Output positions of a dimension at which tap `k` of a window is inside the input. */
static void inside(const skel_window *w, size_t dimension, size_t k, size_t in, size_t out,
                   size_t *first, size_t *count)
{
    size_t before = w->before[dimension];
    size_t stride = w->stride[dimension];
    size_t tap = k * w->dilation[dimension];
    size_t begin = tap < before ? (before - tap + stride - 1) / stride : 0;
    size_t end = in + before > tap ? (in + before - tap - 1) / stride + 1 : 0;

    end = end < out ? end : out;
    *first = begin;
    *count = end > begin ? end - begin : 0;
}

static skel_link_tap tap_at(const skel_op *op, size_t k, skel_tensor in, skel_tensor out)
{
    size_t row = 0;
    size_t column = 0;
    const skel_window *w = &op->window;
    size_t i = k / w->kernel[1];
    size_t j = k % w->kernel[1];
    skel_link_tap tap = {
        .out_step = out.width, .in_step = w->stride[0] * in.width, .stride = w->stride[1]};

    inside(w, 0, i, in.height, out.height, &row, &tap.rows);
    inside(w, 1, j, in.width, out.width, &column, &tap.columns);
    if (tap.rows > 0 && tap.columns > 0) {
        tap.out = row * out.width + column;
        tap.in = (row * w->stride[0] + i * w->dilation[0] - w->before[0]) * in.width +
                 column * w->stride[1] + j * w->dilation[1] - w->before[1];
    }
    return tap;
}

/* Planes of one pixel: the units of a linear layer. */
static skel_links units(size_t inputs, size_t outputs)
{
    return (skel_links){
        .inputs = inputs,
        .in_pixels = 1,
        .outputs = outputs,
        .out_pixels = 1,
        .seen = inputs,
        .together = outputs,
    };
}

/* Plane by plane. */
static skel_links planes(skel_tensor in, skel_tensor out)
{
    return (skel_links){
        .inputs = in.channels,
        .in_pixels = in.height * in.width,
        .outputs = in.channels,
        .out_pixels = out.height * out.width,
        .seen = 1,
        .together = 1,
    };
}

skel_links skel_links_of(const skel_network *network, const skel_op *op, size_t operand,
                         const uint8_t keep[], skel_link_tap tap[])
{
    skel_tensor in = network->tensor[operand == 0 ? op->input : op->other];
    skel_tensor out = network->tensor[op->output];
    bool slides =
        op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_MAXPOOL || op->kind == SKEL_OP_AVGPOOL;
    bool spreads = op->kind == SKEL_OP_MUL && in.height == 1 && in.width == 1;
    skel_links links = planes(in, out);

    if (op->kind == SKEL_OP_LINEAR) {
        links = units(in.channels * in.height * in.width, out.channels);
    } else if (op->kind == SKEL_OP_CONV) {
        links.outputs = out.channels;
        links.seen = in.channels / op->groups;
        links.together = out.channels / op->groups;
    } else if (op->kind == SKEL_OP_CONCAT && operand == 1) {
        links.first = out.channels - in.channels;
    }
    links.tap = tap;
    links.taps = slides ? op->window.kernel[0] * op->window.kernel[1] : 1;
    links.keep = op->kind == SKEL_OP_LINEAR || op->kind == SKEL_OP_CONV ? keep : NULL;
    for (size_t k = 0; slides && k < links.taps; k++) {
        tap[k] = tap_at(op, k, in, out);
    }
    if (!slides) { /* pixel by pixel, or one pixel with all */
        tap[0] = (skel_link_tap){.rows = 1, .columns = links.out_pixels, .stride = spreads ? 0 : 1};
    }
    return links;
}

static void carry_forward(const skel_link_tap *tap, const uint8_t in[restrict],
                          uint8_t out[restrict])
{
    for (size_t row = 0; row < tap->rows; row++) {
        const uint8_t *from = in + tap->in + row * tap->in_step;
        uint8_t *to = out + tap->out + row * tap->out_step;

        for (size_t i = 0; i < tap->columns; i++) {
            to[i] |= from[i * tap->stride];
        }
    }
}

static void carry_backward(const skel_link_tap *tap, uint8_t in[restrict],
                           const uint8_t out[restrict])
{
    for (size_t row = 0; row < tap->rows; row++) {
        uint8_t *to = in + tap->in + row * tap->in_step;
        const uint8_t *from = out + tap->out + row * tap->out_step;

        for (size_t i = 0; i < tap->columns; i++) {
            to[i * tap->stride] |= from[i];
        }
    }
}

bool skel_links_meet(const skel_link_tap *tap, const uint8_t in[], const uint8_t out[])
{
    for (size_t row = 0; row < tap->rows; row++) {
        const uint8_t *a = in + tap->in + row * tap->in_step;
        const uint8_t *b = out + tap->out + row * tap->out_step;

        for (size_t i = 0; i < tap->columns; i++) {
            if ((a[i * tap->stride] & b[i]) != 0) {
                return true;
            }
        }
    }
    return false;
}

size_t skel_links_next(const skel_links *links, size_t o, size_t from)
{
    size_t row = links->seen * links->taps;
    const uint8_t *found = NULL;

    if (links->keep != NULL && from < row) {
        found = memchr(links->keep + o * row + from, 1, row - from);
        from = found != NULL ? (size_t)(found - links->keep) - o * row : row;
    }
    return from < row ? from : row;
}

static bool all(size_t count, const uint8_t flags[])
{
    return memchr(flags, 0, count) == NULL;
}

static bool none(size_t count, const uint8_t flags[])
{
    return memchr(flags, 1, count) == NULL;
}

void skel_links_forward(const skel_links *links, const uint8_t in[], uint8_t out[])
{
    size_t row = links->seen * links->taps;

    for (size_t o = 0; o < links->outputs; o++) {
        uint8_t *to = out + (links->first + o) * links->out_pixels;

        for (size_t at = skel_links_next(links, o, 0); at < row;
             at = skel_links_next(links, o, at + 1)) {
            carry_forward(&links->tap[at % links->taps],
                          in + skel_links_input(links, o, at) * links->in_pixels, to);
            if (all(links->out_pixels, to)) {
                break; /* all flags of the plane are raised */
            }
        }
    }
}

void skel_links_backward(const skel_links *links, uint8_t in[], const uint8_t out[], uint8_t full[])
{
    size_t row = links->seen * links->taps;

    memset(full, 0, links->inputs);
    for (size_t o = 0; o < links->outputs; o++) {
        const uint8_t *from = out + (links->first + o) * links->out_pixels;

        for (size_t at = none(links->out_pixels, from) ? row : skel_links_next(links, o, 0);
             at < row; at = skel_links_next(links, o, at + 1)) {
            size_t i = skel_links_input(links, o, at);
            uint8_t *to = in + i * links->in_pixels;

            if (full[i] == 0) {
                carry_backward(&links->tap[at % links->taps], to, from);
                full[i] = all(links->in_pixels, to);
            }
        }
    }
}
