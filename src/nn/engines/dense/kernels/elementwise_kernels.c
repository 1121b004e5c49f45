/* Kernels that work element by element: ReLU and addition where they are not fused with a batch
 * norm, squares, scaling, magnitudes. */
#include "kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void elementwise_relu_forward(size_t count, const float *x, float *y)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] < 0.0F ? 0.0F : x[i];
    }
}

static void elementwise_relu_backward(size_t count, const float *y, const float *dy, float *dx)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        dx[i] = y[i] > 0.0F ? dy[i] : 0.0F;
    }
}

static void elementwise_add(size_t count, const float *x, const float *y, float *z)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        z[i] = x[i] + y[i];
    }
}

static void elementwise_square(size_t count, const float *x, float *y)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] * x[i];
    }
}

/* The slopes o, o / (1 + o^2) and o / (1 + o^2)^2, without a square where none is needed: it
 * overflows first. */
static void elementwise_energy_slope(size_t count, unsigned order, float factor, const float *o,
                                     float *dy)
{
    float second = order > 1 ? 1.0F : 0.0F;

    if (order == 0) {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            dy[i] += factor * o[i];
        }
        return;
    }
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        float square = o[i] * o[i];

        dy[i] += factor * o[i] / ((1.0F + square) * (1.0F + second * square));
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

static int32_t elementwise_largest(size_t count, const float *x)
{
    int32_t largest = 0;

#pragma omp parallel for simd schedule(static) reduction(max : largest)
    for (size_t i = 0; i < count; i++) {
        largest = larger(largest, magnitude(x[i]));
    }
    return largest;
}

static int32_t elementwise_magnitudes(size_t count, const float *x, const uint8_t *kept, float *y)
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

static void elementwise_scale(size_t count, float factor, float *x)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        float product = factor * x[i];

        product = product > FLT_MAX ? FLT_MAX : product;
        x[i] = product < -FLT_MAX ? -FLT_MAX : product;
    }
}

static int32_t elementwise_weighted_add(size_t count, float first, const float *x, float second,
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

const skel_dense_elementwise_kernels SKEL_ISA_NAME(skel_dense_elementwise_kernels) = {
    .relu_forward = elementwise_relu_forward,
    .relu_backward = elementwise_relu_backward,
    .add = elementwise_add,
    .square = elementwise_square,
    .energy_slope = elementwise_energy_slope,
    .largest = elementwise_largest,
    .magnitudes = elementwise_magnitudes,
    .scale = elementwise_scale,
    .weighted_add = elementwise_weighted_add,
};
