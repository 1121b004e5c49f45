/* Products of two tensors: planes are shared out to threads. */
#include "kernels.h"

#include "lanes.h"

#define LANES_FILE "product_lanes.h"
#include "each_lanes.h"

static void product_multiply(skel_dense_f32_product p, const float *a, const float *b, float *y)
{
    size_t floats = p.pixels * p.lanes;

#pragma omp parallel for schedule(static)
    for (size_t plane = 0; plane < p.planes; plane++) {
        FOR_LANES(p.lanes, multiply_plane, &p, a + plane * floats,
                  b + plane * (p.one_pixel ? p.lanes : floats), y + plane * floats);
    }
}

static void product_sum(skel_dense_f32_product p, const float *a, const float *b, float *y)
{
    size_t floats = p.pixels * p.lanes;

#pragma omp parallel for schedule(static)
    for (size_t plane = 0; plane < p.planes; plane++) {
        FOR_LANES(p.lanes, sum_plane, &p, a + plane * floats, b + plane * floats,
                  y + plane * p.lanes);
    }
}

const skel_dense_product_kernels SKEL_ISA_NAME(skel_dense_product_kernels) = {
    .multiply = product_multiply,
    .sum = product_sum,
};
