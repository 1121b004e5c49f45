/** Images of [row][column][channel] with their padding, as spans lie in them. */
#ifndef SKEL_NN_DENSE_SPANS_IMAGE_H
#define SKEL_NN_DENSE_SPANS_IMAGE_H

#include "pieces.h"
#include "tiles.h"

enum {
    SPAN_IMAGE_FLOATS = 1 << 13, /* most of an image: the first cache */
    SPAN_MOST_LANES = 16,
};

/* An image: its input's pixels, and the padding above, on the left, and as far as windows reach. */
typedef struct span_image {
    size_t height;
    size_t width;
    size_t row;    /* floats from one row to the next */
    size_t span;   /* floats of a window's row */
    size_t spans;  /* of a window */
    size_t down;   /* floats from one span to the next */
    size_t floats; /* of all rows, and behind them of one vector that a pixel may be written with */
} span_image;

/* Pixels of an image in one dimension. */
static inline size_t span_image_size(const skel_dense_window *w, size_t d, size_t in, size_t out)
{
    size_t reach = (out - 1) * w->stride[d] + (w->kernel[d] - 1) * w->dilation[d] + 1;

    return reach > w->before[d] + in ? reach : w->before[d] + in;
}

static inline span_image span_image_of(const skel_dense_f32_tiles *t)
{
    const skel_dense_window *w = &t->window;
    span_image i = {.height = span_image_size(w, 0, t->height, t->out_height),
                    .width = span_image_size(w, 1, t->width, t->out_width),
                    .span = w->kernel[1] * t->inputs,
                    .spans = w->kernel[0]};

    i.row = i.width * t->inputs;
    i.down = w->dilation[0] * i.row;
    i.floats = parts(i.height * i.row, SPAN_MOST_LANES) * SPAN_MOST_LANES + SPAN_MOST_LANES;
    return i;
}

/* Where an output pixel's window begins in an image. */
static inline size_t span_image_window(const skel_dense_f32_tiles *t, const span_image *i,
                                       size_t row, size_t column)
{
    return row * t->window.stride[0] * i->row + column * t->window.stride[1] * t->inputs;
}

/* Where the input's pixels begin in an image. */
static inline size_t span_image_first(const skel_dense_f32_tiles *t, const span_image *i)
{
    return t->window.before[0] * i->row + t->window.before[1] * t->inputs;
}

/* The values of a plain image's pixels. */
static inline void span_image_fill_plain(const skel_dense_f32_tiles *t, const span_image *i,
                                         const float *x, float *image)
{
    for (size_t c = 0; c < t->inputs; c++) {
        for (size_t y = 0; y < t->height; y++) {
            const float *from = x + (c * t->height + y) * t->width;
            float *to = image + span_image_first(t, i) + y * i->row + c;

            for (size_t p = 0; p < t->width; p++) {
                to[p * t->inputs] = from[p];
            }
        }
    }
}

#endif
