/* Batch norm on constant statistics: planes are shared out to threads. */
#include "kernels.h"

#include "lanes.h"

#include <math.h>

#define LANES_FILE "affine_lanes.h"
#include "each_lanes.h"

static int32_t affine_forward(skel_dense_extent extent, const float *x,
                              skel_dense_f32_norm_vectors vectors, const float *other, float factor,
                              bool relu, float *y)
{
    int32_t largest = 0;

#pragma omp parallel for collapse(2) schedule(static) reduction(max : largest)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = (n * extent.blocks + b) * extent.pixels * extent.lanes;
            size_t c = b * extent.lanes;

            FOR_LANES(extent.lanes, forward, extent.pixels, x + plane, vectors.mean + c,
                      vectors.slope + c, vectors.shift + c, plane_or_null(other, plane), factor,
                      relu, y + plane, &largest);
        }
    }
    return largest;
}

static void affine_backward(skel_dense_extent extent, const skel_dense_f32_affine_arrays *back,
                            int32_t largest[2])
{
    int32_t rectified = 0;
    int32_t dx = 0;

#pragma omp parallel for collapse(2) schedule(static) reduction(max : rectified, dx)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = (n * extent.blocks + b) * extent.pixels * extent.lanes;

            FOR_LANES(extent.lanes, back, extent.pixels, back, plane, b * extent.lanes, &rectified,
                      &dx);
        }
    }
    largest[0] = rectified;
    largest[1] = dx;
}

const skel_dense_affine_kernels SKEL_ISA_NAME(skel_dense_affine_kernels) = {
    .forward = affine_forward,
    .backward = affine_backward,
};
