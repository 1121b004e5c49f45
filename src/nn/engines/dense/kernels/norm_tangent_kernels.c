/* Tangents of batch norm over [images][blocks][pixels][lanes]: planes shared out to threads. */
#include "kernels.h"

#include "norm_groups.h"

#include <string.h>

/* Vectors of one block of channels, of which a function reads what it needs. */
typedef struct block_vectors {
    const float *mean, *slope, *shift;
    const float *rmean, *rslope, *rshift, *log_inverse;
    const float *offset, *factor, *roffset, *rfactor;
} block_vectors;

#define LANES_FILE "norm_tangent_lanes.h"
#include "each_lanes.h"

static block_vectors vectors_at(skel_dense_f32_norm_vectors v,
                                skel_dense_f32_norm_tangent_vectors r, size_t c)
{
    return (block_vectors){.mean = v.mean + c,
                           .slope = v.slope + c,
                           .shift = v.shift + c,
                           .rmean = r.mean + c,
                           .rslope = r.slope + c,
                           .rshift = r.shift + c,
                           .log_inverse = r.log_inverse + c};
}

static skel_dense_f32_norm_tangent_pair pair_at(skel_dense_f32_norm_tangent_pair pair, size_t plane)
{
    return (skel_dense_f32_norm_tangent_pair){
        .x = pair.x + plane,
        .rx = plane_or_null(pair.rx, plane),
        .gradient = {.first = pair.gradient.first + plane,
                     .second = plane_or_null(pair.gradient.second, plane),
                     .output = plane_or_null(pair.gradient.output, plane),
                     .relu = pair.gradient.relu,
                     .ceiling = pair.gradient.ceiling},
        .first = pair.first + plane,
        .second = plane_or_null(pair.second, plane)};
}

static void norm_tangent_apply(skel_dense_extent extent, const float *x, const float *rx,
                               skel_dense_f32_norm_vectors vectors,
                               skel_dense_f32_norm_tangent_vectors tangents, const float *other,
                               const float *y, float ceiling, float *ry)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = plane_of(extent, n, b);
            const block_vectors v = vectors_at(vectors, tangents, b * extent.lanes);

            FOR_LANES(extent.lanes, tangent_apply, extent.pixels, x + plane,
                      plane_or_null(rx, plane), &v, plane_or_null(other, plane),
                      plane_or_null(y, plane), ceiling, ry + plane);
        }
    }
}

static void norm_tangent_backward_sums(skel_dense_extent extent,
                                       skel_dense_f32_norm_tangent_pair pair,
                                       skel_dense_f32_norm_vectors vectors,
                                       skel_dense_f32_norm_tangent_vectors tangents,
                                       float *rectified, double partials[], size_t channels,
                                       double sum[], double products[])
{
    size_t count = groups(extent);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t g = 0; g < count; g++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            double *s = partials + (g * extent.blocks + b) * 2 * extent.lanes;
            const block_vectors v = vectors_at(vectors, tangents, b * extent.lanes);

            memset(s, 0, 2 * extent.lanes * sizeof *s);
            for (size_t n = g * group_images(extent); n < last_image(extent, g); n++) {
                size_t plane = plane_of(extent, n, b);
                const skel_dense_f32_norm_tangent_pair in = pair_at(pair, plane);

                FOR_LANES(extent.lanes, tangent_backward_sums, extent.pixels, &in, &v,
                          rectified == NULL ? NULL : rectified + plane, s, s + extent.lanes);
            }
        }
    }
    reduce(extent, partials, channels, sum, products);
}

static void norm_tangent_backward_apply(skel_dense_extent extent,
                                        skel_dense_f32_norm_tangent_pair pair,
                                        skel_dense_f32_norm_vectors vectors,
                                        skel_dense_f32_norm_tangent_vectors tangents,
                                        skel_dense_f32_norm_tangent_means means, float *rdx)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = plane_of(extent, n, b);
            size_t c = b * extent.lanes;
            const skel_dense_f32_norm_tangent_pair in = pair_at(pair, plane);
            block_vectors v = vectors_at(vectors, tangents, c);

            v.offset = means.offset + c;
            v.factor = means.factor + c;
            v.roffset = means.offset_tangent + c;
            v.rfactor = means.factor_tangent + c;
            FOR_LANES(extent.lanes, tangent_backward_apply, extent.pixels, &in, &v, rdx + plane);
        }
    }
}

const skel_dense_norm_tangent_kernels SKEL_ISA_NAME(skel_dense_norm_tangent_kernels) = {
    .apply = norm_tangent_apply,
    .backward_sums = norm_tangent_backward_sums,
    .backward_apply = norm_tangent_backward_apply,
};
