/* Loops that find the largest magnitude on the way; batch norm with constants for statistics. */
#include "affine_kernels.h"

#include "skel/status.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Address of a plane of a tensor that may not be there. */
static const float *plane_or_null(const float *tensor, size_t plane)
{
    return tensor == NULL ? NULL : tensor + plane;
}

#define LANES 16
#define NAME(verb) verb##_16
#include "affine_lanes.h"
#define LANES 8
#define NAME(verb) verb##_8
#include "affine_lanes.h"
#define LANES 1
#define NAME(verb) verb##_1
#include "affine_lanes.h"

/* Calls the function for the number of lanes. */
#define FOR_LANES(lanes, verb, ...)                                                                \
    do {                                                                                           \
        if ((lanes) == 16) {                                                                       \
            verb##_16(__VA_ARGS__);                                                                \
        } else if ((lanes) == 8) {                                                                 \
            verb##_8(__VA_ARGS__);                                                                 \
        } else {                                                                                   \
            SKEL_ASSERT((lanes) == 1);                                                             \
            verb##_1(__VA_ARGS__);                                                                 \
        }                                                                                          \
    } while (0)

static inline int32_t magnitude(float x)
{
    int32_t bits = 0;

    memcpy(&bits, &x, sizeof bits);
    return bits & INT32_MAX;
}

static inline int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

int32_t skel_lanes_largest(size_t count, const float *x)
{
    int32_t largest = 0;

#pragma omp parallel for simd schedule(static) reduction(max : largest)
    for (size_t i = 0; i < count; i++) {
        largest = larger(largest, magnitude(x[i]));
    }
    return largest;
}

int32_t skel_lanes_magnitudes(size_t count, const float *x, const uint8_t *kept, float *y)
{
    int32_t largest = 0;

    if (kept == NULL) {
#pragma omp parallel for simd schedule(static) reduction(max : largest)
        for (size_t i = 0; i < count; i++) {
            y[i] = fabsf(x[i]);
            largest = larger(largest, magnitude(x[i]));
        }
        return largest;
    }
#pragma omp parallel for simd schedule(static) reduction(max : largest)
    for (size_t i = 0; i < count; i++) {
        y[i] = kept[i] != 0 ? fabsf(x[i]) : 0.0F;
        largest = larger(largest, magnitude(y[i]));
    }
    return largest;
}

void skel_lanes_scale(size_t count, float factor, float *x)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        float product = factor * x[i];

        product = product > FLT_MAX ? FLT_MAX : product;
        x[i] = product < -FLT_MAX ? -FLT_MAX : product;
    }
}

int32_t skel_lanes_weighted_add(size_t count, float first, const float *x, float second,
                                const float *y, float *z)
{
    int32_t largest = 0;

#pragma omp parallel for simd schedule(static) reduction(max : largest)
    for (size_t i = 0; i < count; i++) {
        z[i] = first * x[i] + second * y[i];
        largest = larger(largest, magnitude(z[i]));
    }
    return largest;
}

int32_t skel_lanes_affine_forward(skel_lanes_extent extent, const float *x,
                                  skel_lanes_norm_vectors vectors, const float *other, float factor,
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

void skel_lanes_affine_back(skel_lanes_extent extent, const skel_lanes_affine_backward *back,
                            int32_t largest[2])
{
    int32_t kept = 0;
    int32_t dx = 0;

#pragma omp parallel for collapse(2) schedule(static) reduction(max : kept, dx)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = (n * extent.blocks + b) * extent.pixels * extent.lanes;

            FOR_LANES(extent.lanes, back, extent.pixels, back, plane, b * extent.lanes, &kept, &dx);
        }
    }
    largest[0] = kept;
    largest[1] = dx;
}
