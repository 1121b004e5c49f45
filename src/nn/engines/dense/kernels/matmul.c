/* Chooses the instruction set of convolutions as products of matrices. */
#include "kernels.h"

static const skel_dense_matmul_kernels *kernels(void)
{
    static const skel_dense_matmul_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_matmul_kernels);

    return tables[skel_isa_best()];
}

bool skel_dense_f32_matmul_fits(const skel_dense_f32_tiles *t)
{
    return !t->plain && t->inputs % t->lanes == 0 && t->outputs % t->lanes == 0 &&
           skel_dense_window_taps(&t->window) <= SKEL_DENSE_MATMUL_TAPS;
}

size_t skel_dense_f32_matmul_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    return kernels()->scratch(t, direction);
}

void skel_dense_f32_matmul_forward(const skel_dense_f32_tiles *t, const float *x,
                                   const float *weights, const float *bias, float *y,
                                   float *scratch)
{
    kernels()->forward(t, x, weights, bias, y, scratch);
}

void skel_dense_f32_matmul_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                         const float *weights, float *dx, float *scratch)
{
    kernels()->backward_data(t, dy, weights, dx, scratch);
}

void skel_dense_f32_matmul_backward_weights(const skel_dense_f32_tiles *t, const float *x,
                                            const float *dy, float *dweights, float *dbias,
                                            float *scratch)
{
    kernels()->backward_weights(t, x, dy, dweights, dbias, scratch);
}
