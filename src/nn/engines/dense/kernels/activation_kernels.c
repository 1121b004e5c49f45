/* Leaky ReLU, clip and sigmoid, element by element. */
#include "kernels.h"

#include <math.h>
#include <string.h>

/* exp(x) for x <= 0, of a relative error below 2^-22: 2^n times a polynomial on [-ln 2 / 2,
 * ln 2 / 2]. Below -87, where floats end, it is exp(-87). NaN gives a number. */
static inline float exponential(float x)
{
    static const float least = -87.0F;
    static const float magic = 12582912.0F; /* 1.5 * 2^23: a sum with it is rounded to an integer */
    static const float per_octave = 1.44269504F; /* 1 / ln 2 */
    static const float high = 0.693359375F;      /* ln 2 in two parts: n * high is exact */
    static const float low = -2.12194440e-4F;
    float a = x < least ? least : x;
    float sum = a * per_octave + magic;
    float n = sum - magic;
    float r = (a - n * high) - n * low;
    float series =
        1 +
        r * (1 + r * (0.5F + r * (1.0F / 6 +
                                  r * (1.0F / 24 +
                                       r * (1.0F / 120 + r * (1.0F / 720 + r * (1.0F / 5040)))))));
    uint32_t bits = 0;
    float power = 0;

    memcpy(&bits, &sum, sizeof bits);
    bits = (bits + 127) << 23; /* the low bits of `sum` are n; others are shifted out */
    memcpy(&power, &bits, sizeof power);
    return power * series;
}

static inline float sigmoid(float x)
{
    float t = exponential(-fabsf(x));
    float small = x < 0 ? t : 1.0F;

    return x == x ? small / (1 + t) : x;
}

static void activation_forward(skel_dense_f32_activation f, size_t count, const float *x, float *y)
{
    if (f.kind == SKEL_DENSE_SIGMOID) {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            y[i] = sigmoid(x[i]);
        }
    } else if (f.kind == SKEL_DENSE_CLIP) {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            float v = x[i] < f.low ? f.low : x[i];

            y[i] = v > f.high ? f.high : v;
        }
    } else {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            y[i] = x[i] <= 0 ? f.slope * x[i] : x[i];
        }
    }
}

static void activation_backward(skel_dense_f32_activation f, bool squares, size_t count,
                                const float *y, const float *dy, float *dx)
{
    float slope = squares ? f.slope * f.slope : f.slope;

    if (f.kind == SKEL_DENSE_SIGMOID) {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            float first = y[i] * (1 - y[i]);

            dx[i] = (squares ? first * first : first) * dy[i];
        }
    } else if (f.kind == SKEL_DENSE_CLIP) {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            float above = y[i] > f.low ? dy[i] : 0.0F;

            dx[i] = y[i] < f.high ? above : 0.0F;
        }
    } else {
#pragma omp parallel for simd schedule(static)
        for (size_t i = 0; i < count; i++) {
            dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
        }
    }
}

static void activation_tangent_backward(skel_dense_f32_activation f, size_t count, const float *y,
                                        const float *rx, const float *dy, const float *rdy,
                                        float *rdx)
{
    if (f.kind != SKEL_DENSE_SIGMOID) {
        activation_backward(f, false, count, y, rdy, rdx);
        return;
    }
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        rdx[i] = y[i] * (1 - y[i]) * (rdy[i] + (1 - 2 * y[i]) * rx[i] * dy[i]);
    }
}

const skel_dense_activation_kernels SKEL_ISA_NAME(skel_dense_activation_kernels) = {
    .forward = activation_forward,
    .backward = activation_backward,
    .tangent_backward = activation_tangent_backward,
};
