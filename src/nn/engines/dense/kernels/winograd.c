/* Chooses the instruction set of convolutions by Winograd's algorithm. */
#include "kernels.h"

static const skel_dense_winograd_kernels *kernels(void)
{
    static const skel_dense_winograd_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_winograd_kernels);

    return tables[skel_isa_best()];
}

bool skel_dense_f32_winograd_fits(const skel_dense_f32_tiles *t)
{
    bool fits = !t->plain && t->out_height == t->height && t->out_width == t->width;

    for (size_t d = 0; d < 2; d++) {
        fits = fits && t->window.kernel[d] == 3 && t->window.stride[d] == 1 &&
               t->window.dilation[d] == 1 && t->window.before[d] == 1;
    }
    return fits;
}

size_t skel_dense_f32_winograd_scratch(const skel_dense_f32_tiles *t,
                                       skel_dense_direction direction)
{
    return kernels()->scratch(t, direction);
}

void skel_dense_f32_winograd_forward(const skel_dense_f32_tiles *t, const float *x,
                                     const float *weights, const float *bias, float *y,
                                     float *scratch)
{
    kernels()->forward(t, x, weights, bias, y, scratch);
}

void skel_dense_f32_winograd_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                           const float *weights, float *dx, float *scratch)
{
    kernels()->backward_data(t, dy, weights, dx, scratch);
}

void skel_dense_f32_winograd_backward_weights(const skel_dense_f32_tiles *t, const float *x,
                                              const float *dy, float *dweights, float *dbias,
                                              float *scratch)
{
    kernels()->backward_weights(t, x, dy, dweights, dbias, scratch);
}
