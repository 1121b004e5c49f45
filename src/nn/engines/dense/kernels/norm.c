/* Chooses the instruction set of batch norm. */
#include "kernels.h"

#include "norm_groups.h"

static const skel_dense_norm_kernels *kernels(void)
{
    static const skel_dense_norm_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_norm_kernels);

    return tables[skel_isa_best()];
}

size_t skel_dense_f32_norm_partials(skel_dense_extent extent)
{
    return 2 * groups(extent) * extent.blocks * extent.lanes;
}

void skel_dense_f32_norm_sums(skel_dense_extent extent, const float *x, double partials[],
                              size_t channels, double sum[], double squares[])
{
    kernels()->sums(extent, x, partials, channels, sum, squares);
}

void skel_dense_f32_norm_apply(skel_dense_extent extent, const float *x,
                               skel_dense_f32_norm_vectors vectors, const float *other, bool relu,
                               float ceiling, float *y)
{
    kernels()->apply(extent, x, vectors, other, relu, ceiling, y);
}

void skel_dense_f32_norm_backward_sums(skel_dense_extent extent, const float *x,
                                       skel_dense_f32_norm_vectors vectors,
                                       skel_dense_f32_norm_incoming incoming, float *rectified,
                                       double partials[], size_t channels, double sum[],
                                       double products[])
{
    kernels()->backward_sums(extent, x, vectors, incoming, rectified, partials, channels, sum,
                             products);
}

void skel_dense_f32_norm_backward_apply(skel_dense_extent extent, const float *x,
                                        skel_dense_f32_norm_vectors vectors,
                                        skel_dense_f32_norm_incoming incoming, const float offset[],
                                        const float factor[], float *dx)
{
    kernels()->backward_apply(extent, x, vectors, incoming, offset, factor, dx);
}
