/* ReLU and addition. */
#include "kernels.h"

void skel_reference_relu_forward(size_t count, const double x[], double y[])
{
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] < 0 ? 0 : x[i];
    }
}

void skel_reference_relu_backward(size_t count, const double x[], const double dy[], double dx[])
{
    for (size_t i = 0; i < count; i++) {
        dx[i] += x[i] > 0 ? dy[i] : 0;
    }
}

void skel_reference_relu_tangent(size_t count, const double x[], const double rx[], double ry[])
{
    for (size_t i = 0; i < count; i++) {
        ry[i] = x[i] > 0 ? rx[i] : 0;
    }
}

void skel_reference_add_forward(size_t count, const double a[], const double b[], double y[])
{
    for (size_t i = 0; i < count; i++) {
        y[i] = a[i] + b[i];
    }
}

void skel_reference_add_backward(size_t count, const double dy[], double dx[])
{
    for (size_t i = 0; i < count; i++) {
        dx[i] += dy[i];
    }
}
