/* Chooses the instruction set of batch norm's tangents. */
#include "kernels.h"

static const skel_dense_norm_tangent_kernels *kernels(void)
{
    static const skel_dense_norm_tangent_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_norm_tangent_kernels);

    return tables[skel_isa_best()];
}

void skel_dense_f32_norm_tangent_apply(skel_dense_extent extent, const float *x, const float *rx,
                                       skel_dense_f32_norm_vectors vectors,
                                       skel_dense_f32_norm_tangent_vectors tangents,
                                       const float *other, const float *y, float ceiling, float *ry)
{
    kernels()->apply(extent, x, rx, vectors, tangents, other, y, ceiling, ry);
}

void skel_dense_f32_norm_tangent_backward_sums(skel_dense_extent extent,
                                               skel_dense_f32_norm_tangent_pair pair,
                                               skel_dense_f32_norm_vectors vectors,
                                               skel_dense_f32_norm_tangent_vectors tangents,
                                               float *rectified, double partials[], size_t channels,
                                               double sum[], double products[])
{
    kernels()->backward_sums(extent, pair, vectors, tangents, rectified, partials, channels, sum,
                             products);
}

void skel_dense_f32_norm_tangent_backward_apply(skel_dense_extent extent,
                                                skel_dense_f32_norm_tangent_pair pair,
                                                skel_dense_f32_norm_vectors vectors,
                                                skel_dense_f32_norm_tangent_vectors tangents,
                                                skel_dense_f32_norm_tangent_means means, float *rdx)
{
    kernels()->backward_apply(extent, pair, vectors, tangents, means, rdx);
}
