/* Batch norm over [images][blocks][pixels][lanes]: planes shared out to threads. */
#include "kernels.h"

#include "norm_groups.h"

#include <string.h>

#define LANES_FILE "norm_lanes.h"
#include "each_lanes.h"

static void norm_sums(skel_dense_extent extent, const float *x, double partials[], size_t channels,
                      double sum[], double squares[])
{
    size_t count = groups(extent);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t g = 0; g < count; g++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            double *s = partials + (g * extent.blocks + b) * 2 * extent.lanes;

            memset(s, 0, 2 * extent.lanes * sizeof *s);
            for (size_t n = g * group_images(extent); n < last_image(extent, g); n++) {
                FOR_LANES(extent.lanes, sums, extent.pixels, x + plane_of(extent, n, b), s,
                          s + extent.lanes);
            }
        }
    }
    reduce(extent, partials, channels, sum, squares);
}

static void norm_apply(skel_dense_extent extent, const float *x,
                       skel_dense_f32_norm_vectors vectors, const float *other, bool relu,
                       float ceiling, float *y)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = plane_of(extent, n, b);
            size_t c = b * extent.lanes;

            FOR_LANES(extent.lanes, apply, extent.pixels, x + plane, vectors.mean + c,
                      vectors.slope + c, vectors.shift + c, plane_or_null(other, plane), relu,
                      ceiling, y + plane);
        }
    }
}

static void norm_backward_sums(skel_dense_extent extent, const float *x,
                               skel_dense_f32_norm_vectors vectors,
                               skel_dense_f32_norm_incoming incoming, float *rectified,
                               double partials[], size_t channels, double sum[], double products[])
{
    size_t count = groups(extent);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t g = 0; g < count; g++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            double *s = partials + (g * extent.blocks + b) * 2 * extent.lanes;
            size_t c = b * extent.lanes;

            memset(s, 0, 2 * extent.lanes * sizeof *s);
            for (size_t n = g * group_images(extent); n < last_image(extent, g); n++) {
                size_t plane = plane_of(extent, n, b);

                FOR_LANES(extent.lanes, backward_sums, extent.pixels, x + plane, vectors.mean + c,
                          vectors.slope + c, vectors.shift + c, incoming.first + plane,
                          plane_or_null(incoming.second, plane),
                          plane_or_null(incoming.output, plane), incoming.relu, incoming.ceiling,
                          rectified == NULL ? NULL : rectified + plane, s, s + extent.lanes);
            }
        }
    }
    reduce(extent, partials, channels, sum, products);
}

static void norm_backward_apply(skel_dense_extent extent, const float *x,
                                skel_dense_f32_norm_vectors vectors,
                                skel_dense_f32_norm_incoming incoming, const float offset[],
                                const float factor[], float *dx)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = plane_of(extent, n, b);
            size_t c = b * extent.lanes;

            FOR_LANES(extent.lanes, backward_apply, extent.pixels, x + plane, vectors.mean + c,
                      vectors.slope + c, vectors.shift + c, incoming.first + plane,
                      plane_or_null(incoming.second, plane), plane_or_null(incoming.output, plane),
                      incoming.relu, incoming.ceiling, offset + c, factor + c, dx + plane);
        }
    }
}

const skel_dense_norm_kernels SKEL_ISA_NAME(skel_dense_norm_kernels) = {
    .sums = norm_sums,
    .apply = norm_apply,
    .backward_sums = norm_backward_sums,
    .backward_apply = norm_backward_apply,
};
