/* ReLU and addition, where they are not part of a batch norm, and squares. */
#include "kernels.h"

void skel_lanes_relu_forward(size_t count, const float *x, float *y)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] < 0.0F ? 0.0F : x[i];
    }
}

void skel_lanes_relu_backward(size_t count, const float *y, const float *dy, float *dx)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        dx[i] = y[i] > 0.0F ? dy[i] : 0.0F;
    }
}

void skel_lanes_add(size_t count, const float *x, const float *y, float *z)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        z[i] = x[i] + y[i];
    }
}

void skel_lanes_squares(size_t count, const float *x, float *y)
{
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] * x[i];
    }
}
