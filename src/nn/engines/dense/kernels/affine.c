/* Chooses the instruction set of batch norm on constant statistics. */
#include "kernels.h"

static const skel_dense_affine_kernels *kernels(void)
{
    static const skel_dense_affine_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_affine_kernels);

    return tables[skel_isa_best()];
}

int32_t skel_dense_f32_affine_forward(skel_dense_extent extent, const float *x,
                                      skel_dense_f32_norm_vectors vectors, const float *other,
                                      float factor, bool relu, float *y)
{
    return kernels()->forward(extent, x, vectors, other, factor, relu, y);
}

void skel_dense_f32_affine_backward(skel_dense_extent extent,
                                    const skel_dense_f32_affine_arrays *back, int32_t largest[2])
{
    kernels()->backward(extent, back, largest);
}
