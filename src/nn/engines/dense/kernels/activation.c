/* Chooses the instruction set of activations. */
#include "kernels.h"

static const skel_dense_activation_kernels *kernels(void)
{
    static const skel_dense_activation_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_activation_kernels);

    return tables[skel_isa_best()];
}

void skel_dense_f32_activation_forward(skel_dense_f32_activation f, size_t count, const float *x,
                                       float *y)
{
    kernels()->forward(f, count, x, y);
}

void skel_dense_f32_activation_backward(skel_dense_f32_activation f, bool squares, size_t count,
                                        const float *y, const float *dy, float *dx)
{
    kernels()->backward(f, squares, count, y, dy, dx);
}

void skel_dense_f32_activation_tangent_backward(skel_dense_f32_activation f, size_t count,
                                                const float *y, const float *rx, const float *dy,
                                                const float *rdy, float *rdx)
{
    kernels()->tangent_backward(f, count, y, rx, dy, rdy, rdx);
}
