/* Chooses the instruction set of pooling. */
#include "kernels.h"

static const skel_dense_pool_kernels *kernels(void)
{
    static const skel_dense_pool_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_pool_kernels);

    return tables[skel_isa_best()];
}

void skel_dense_f32_pool_max_forward(skel_dense_f32_pool_windows windows, const float *x, float *y,
                                     uint16_t *choice)
{
    kernels()->max_forward(windows, x, y, choice);
}

void skel_dense_f32_pool_max_chosen(skel_dense_f32_pool_windows windows, const uint16_t *choice,
                                    const float *x, float *y)
{
    kernels()->max_chosen(windows, choice, x, y);
}

void skel_dense_f32_pool_max_backward(skel_dense_f32_pool_windows windows, const uint16_t *choice,
                                      const float *dy, float *dx)
{
    kernels()->max_backward(windows, choice, dy, dx);
}

void skel_dense_f32_pool_mean_forward(skel_dense_f32_pool_windows windows, const float *x, float *y)
{
    kernels()->mean_forward(windows, x, y);
}

void skel_dense_f32_pool_mean_backward(skel_dense_f32_pool_windows windows, const float *dy,
                                       float *dx)
{
    kernels()->mean_backward(windows, dy, dx);
}
