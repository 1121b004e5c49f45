/* Chooses the instruction set of convolutions on tiles. */
#include "kernels.h"

static const skel_dense_tiles_kernels *kernels(void)
{
    static const skel_dense_tiles_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_tiles_kernels);

    return tables[skel_isa_best()];
}

size_t skel_dense_f32_tiles_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    return kernels()->scratch(t, direction);
}

void skel_dense_f32_tiles_forward(const skel_dense_f32_tiles *t, const float *x,
                                  const float *weights, const float *bias, float *y, float *scratch)
{
    kernels()->forward(t, x, weights, bias, y, scratch);
}

void skel_dense_f32_tiles_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                        const float *weights, float *dx, float *scratch)
{
    kernels()->backward_data(t, dy, weights, dx, scratch);
}

void skel_dense_f32_tiles_backward_weights(const skel_dense_f32_tiles *t, const float *x,
                                           const float *dy, float *dweights, float *dbias,
                                           float *scratch)
{
    kernels()->backward_weights(t, x, dy, dweights, dbias, scratch);
}
