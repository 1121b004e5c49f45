/** Where the values of a convolution's tensors lie, for the tests of the dense engine's kernels. */
#ifndef SKEL_TESTS_DENSE_LAYOUT_H
#define SKEL_TESTS_DENSE_LAYOUT_H

#include "nn/engines/dense/kernels/tiles.h"

/* Layouts of the weights: in blocks of outputs or of inputs, or [output][input][tap]. */
typedef enum layout { IN_OUTPUTS, IN_INPUTS, FLAT } layout;

static inline size_t padded(const skel_dense_f32_tiles *t, size_t channels)
{
    return (channels + t->lanes - 1) / t->lanes * t->lanes;
}

static inline size_t x_floats(const skel_dense_f32_tiles *t)
{
    return t->images * (t->plain ? t->inputs : padded(t, t->inputs)) * t->height * t->width;
}

static inline size_t y_floats(const skel_dense_f32_tiles *t)
{
    return t->images * padded(t, t->outputs) * t->out_height * t->out_width;
}

/* In the larger of the two layouts. */
static inline size_t w_floats(const skel_dense_f32_tiles *t)
{
    return padded(t, t->inputs) * padded(t, t->outputs) * skel_dense_window_taps(&t->window);
}

static inline size_t x_at(const skel_dense_f32_tiles *t, size_t image, size_t channel, size_t pixel)
{
    size_t lanes = t->plain ? 1 : t->lanes;
    size_t blocks = t->plain ? t->inputs : padded(t, t->inputs) / lanes;

    return ((image * blocks + channel / lanes) * t->height * t->width + pixel) * lanes +
           channel % lanes;
}

static inline size_t y_at(const skel_dense_f32_tiles *t, size_t image, size_t channel, size_t pixel)
{
    size_t blocks = padded(t, t->outputs) / t->lanes;

    return ((image * blocks + channel / t->lanes) * t->out_height * t->out_width + pixel) *
               t->lanes +
           channel % t->lanes;
}

static inline size_t w_at(const skel_dense_f32_tiles *t, layout to, size_t o, size_t i, size_t tap)
{
    size_t taps = skel_dense_window_taps(&t->window);

    switch (to) {
    case IN_INPUTS:
        return ((i / t->lanes * taps + tap) * t->outputs + o) * t->lanes + i % t->lanes;
    case FLAT:
        return (o * t->inputs + i) * taps + tap;
    case IN_OUTPUTS:
        break;
    }
    return ((o / t->lanes * taps + tap) * t->inputs + i) * t->lanes + o % t->lanes;
}

#endif
