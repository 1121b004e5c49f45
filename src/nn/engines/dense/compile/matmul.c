/* Convolutions that the engine's own products of matrices execute. */
#include "matmul.h"

#include "../kernels/matmul.h"

#include "skel/isa.h"

/* Taps in one dimension that read a pixel of the image, of all output positions. */
static size_t taps_inside(const skel_dense_window *w, size_t dimension, size_t out, size_t in)
{
    size_t inside = 0;
    size_t at = 0;

    for (size_t i = 0; i < out * w->kernel[dimension]; i++) {
        if (skel_dense_window_down(w, dimension, i / w->kernel[dimension], i % w->kernel[dimension],
                                   in, &at)) {
            inside++;
        }
    }
    return inside;
}

/* Whether at least two thirds of the products are of pixels: the others are of padding, which the
 * products of matrices do not skip. */
static bool is_mostly_inside(const skel_dense_f32_tiles *t)
{
    size_t inside = taps_inside(&t->window, 0, t->out_height, t->height) *
                    taps_inside(&t->window, 1, t->out_width, t->width);
    size_t all = skel_dense_window_taps(&t->window) * t->out_height * t->out_width;

    return 3 * inside >= 2 * all;
}

/* Measured on a processor with AVX2. oneDNN's direct kernels lose with a stride, where neighbouring
 * outputs share few inputs. Of 1x1 convolutions without one they are as fast forward, but slow
 * where the gradient of the input sums over 1024 and more channels. Their gradient of the weights,
 * like that of tiles, is in another layout than the parameters', which costs another pass. */
bool skel_dense_matmul_preferred(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    enum { LANES = 8, FEW = 32, MANY = 128, LONG = 1024, PIXELS = 128 };
    bool strides = t->window.stride[0] > 1 || t->window.stride[1] > 1;
    bool is_single = skel_dense_window_taps(&t->window) == 1;
    bool is_large =
        t->inputs >= FEW && t->outputs >= FEW && t->images * t->out_height * t->out_width >= PIXELS;

    if (t->lanes != LANES || skel_isa_best() != SKEL_ISA_AVX2 || !is_large ||
        !skel_dense_f32_matmul_fits(t) || !is_mostly_inside(t)) {
        return false;
    }
    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return strides && !is_single;
    case SKEL_DENSE_BACKWARD_DATA:
        return strides || (is_single && t->outputs >= LONG);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return strides || !is_single || t->inputs >= MANY;
}
