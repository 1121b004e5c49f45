/* Kernels that work element by element: ReLU and addition where they are not fused with a batch
 * norm, squares, scaling, magnitudes. */
#include "elementwise.h"

#include <float.h>
#include <math.h>
#include <string.h>

void skel_dense_f32_elementwise_relu_forward(size_t count, const float *x, float *y)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] < 0.0F ? 0.0F : x[i];
    }
}

void skel_dense_f32_elementwise_relu_backward(size_t count, const float *y, const float *dy,
                                              float *dx)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        dx[i] = y[i] > 0.0F ? dy[i] : 0.0F;
    }
}

void skel_dense_f32_elementwise_add(size_t count, const float *x, const float *y, float *z)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        z[i] = x[i] + y[i];
    }
}

void skel_dense_f32_elementwise_square(size_t count, const float *x, float *y)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] * x[i];
    }
}

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

int32_t skel_dense_f32_elementwise_largest(size_t count, const float *x)
{
    int32_t largest = 0;

#pragma omp parallel for simd schedule(static) reduction(max : largest)
    for (size_t i = 0; i < count; i++) {
        largest = larger(largest, magnitude(x[i]));
    }
    return largest;
}

int32_t skel_dense_f32_elementwise_magnitudes(size_t count, const float *x, const uint8_t *kept,
                                              float *y)
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

void skel_dense_f32_elementwise_scale(size_t count, float factor, float *x)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        float product = factor * x[i];

        product = product > FLT_MAX ? FLT_MAX : product;
        x[i] = product < -FLT_MAX ? -FLT_MAX : product;
    }
}

int32_t skel_dense_f32_elementwise_weighted_add(size_t count, float first, const float *x,
                                                float second, const float *y, float *z)
{
    int32_t largest = 0;

#pragma omp parallel for simd schedule(static) reduction(max : largest)
    for (size_t i = 0; i < count; i++) {
        z[i] = first * x[i] + second * y[i];
        largest = larger(largest, magnitude(z[i]));
    }
    return largest;
}
