/* Convolutions that the engine executes over spans. */
#include "spans.h"

#include "../kernels/spans.h"

#include "skel/isa.h"

/* Whether windows read padding, whose products spans do not skip. */
static bool reads_padding(const skel_dense_f32_tiles *t)
{
    const skel_dense_window *w = &t->window;
    const size_t in[] = {t->height, t->width};
    const size_t out[] = {t->out_height, t->out_width};
    bool reads = false;

    for (size_t d = 0; d < 2; d++) {
        size_t end = (out[d] - 1) * w->stride[d] + (w->kernel[d] - 1) * w->dilation[d] + 1;

        reads = reads || w->before[d] > 0 || end > in[d];
    }
    return reads;
}

static size_t padded(const skel_dense_f32_tiles *t, size_t channels)
{
    return (channels + t->lanes - 1) / t->lanes * t->lanes;
}

/* Measured on processors with AVX2 and with AVX-512: spans lose up to a fifth against kernels whose
 * blocks are full, and win where a sixth of the products or more would be of channels that do not
 * exist. Of a plain image with one channel, oneDNN's forward direction is as fast, and it has no
 * fast gradient of the weights with 8 lanes. Threads share the images. */
bool skel_dense_spans_preferred(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    enum { NARROW = 8, IMAGES = 8 };
    skel_isa needed = t->lanes == NARROW ? SKEL_ISA_AVX2 : SKEL_ISA_AVX512;

    if (skel_isa_best() < needed || t->images < IMAGES || !skel_dense_f32_spans_fits(t) ||
        reads_padding(t)) {
        return false;
    }
    if (t->plain) {
        return direction == SKEL_DENSE_BACKWARD_WEIGHTS && t->inputs == 1 && t->lanes == NARROW;
    }
    return 6 * t->inputs * t->outputs <= 5 * padded(t, t->inputs) * padded(t, t->outputs);
}
