/* Chooses the instruction set of the kernels that work element by element. */
#include "kernels.h"

static const skel_dense_elementwise_kernels *kernels(void)
{
    static const skel_dense_elementwise_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_elementwise_kernels);

    return tables[skel_isa_best()];
}

void skel_dense_f32_elementwise_relu_forward(size_t count, const float *x, float *y)
{
    kernels()->relu_forward(count, x, y);
}

void skel_dense_f32_elementwise_relu_backward(size_t count, const float *y, const float *dy,
                                              float *dx)
{
    kernels()->relu_backward(count, y, dy, dx);
}

void skel_dense_f32_elementwise_add(size_t count, const float *x, const float *y, float *z)
{
    kernels()->add(count, x, y, z);
}

void skel_dense_f32_elementwise_square(size_t count, const float *x, float *y)
{
    kernels()->square(count, x, y);
}

void skel_dense_f32_elementwise_energy_slope(size_t count, unsigned order, float factor,
                                             const float *o, float *dy)
{
    kernels()->energy_slope(count, order, factor, o, dy);
}

int32_t skel_dense_f32_elementwise_largest(size_t count, const float *x)
{
    return kernels()->largest(count, x);
}

int32_t skel_dense_f32_elementwise_magnitudes(size_t count, const float *x, const uint8_t *kept,
                                              float *y)
{
    return kernels()->magnitudes(count, x, kept, y);
}

void skel_dense_f32_elementwise_scale(size_t count, float factor, float *x)
{
    kernels()->scale(count, factor, x);
}

int32_t skel_dense_f32_elementwise_weighted_add(size_t count, float first, const float *x,
                                                float second, const float *y, float *z)
{
    return kernels()->weighted_add(count, first, x, second, y, z);
}
