/* Activations other than ReLU: leaky ReLU, clip and sigmoid, with their derivatives. */
#include "kernels.h"

#include <math.h>

static double value_at(const skel_reference_activation *f, double x)
{
    if (f->kind == SKEL_OP_LEAKY_RELU) {
        return x > 0 ? x : f->slope * x;
    }
    if (f->kind == SKEL_OP_CLIP) {
        return x < f->low ? f->low : x > f->high ? f->high : x;
    }
    SKEL_ASSERT(f->kind == SKEL_OP_SIGMOID);
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static double first_at(const skel_reference_activation *f, double x)
{
    double t = exp(-fabs(x));

    if (f->kind == SKEL_OP_LEAKY_RELU) {
        return x > 0 ? 1 : f->slope;
    }
    if (f->kind == SKEL_OP_CLIP) {
        return x > f->low && x < f->high ? 1 : 0;
    }
    SKEL_ASSERT(f->kind == SKEL_OP_SIGMOID);
    return t / ((1 + t) * (1 + t)); /* y (1 - y) without the difference */
}

/* Of a sigmoid y (1 - y) (1 - 2 y), where 1 - 2 y = -tanh(x / 2). */
static double second_at(const skel_reference_activation *f, double x)
{
    return f->kind == SKEL_OP_SIGMOID ? -first_at(f, x) * tanh(x / 2) : 0;
}

void skel_reference_activation_forward(const skel_reference_activation *f, size_t count,
                                       const double x[], double y[])
{
    for (size_t i = 0; i < count; i++) {
        y[i] = value_at(f, x[i]);
    }
}

void skel_reference_activation_backward(const skel_reference_activation *f, size_t count,
                                        const double x[], const double dy[], double dx[])
{
    for (size_t i = 0; i < count; i++) {
        dx[i] += first_at(f, x[i]) * dy[i];
    }
}

void skel_reference_activation_tangent(const skel_reference_activation *f, size_t count,
                                       const double x[], const double rx[], double ry[])
{
    for (size_t i = 0; i < count; i++) {
        ry[i] = first_at(f, x[i]) * rx[i];
    }
}

void skel_reference_activation_tangent_backward(const skel_reference_activation *f, size_t count,
                                                const double x[], const double rx[],
                                                const double dy[], double rdx[])
{
    for (size_t i = 0; i < count; i++) {
        rdx[i] += second_at(f, x[i]) * rx[i] * dy[i];
    }
}

void skel_reference_activation_curvature(const skel_reference_activation *f, size_t count,
                                         const double x[], const double dy[], double dx[])
{
    for (size_t i = 0; i < count; i++) {
        double slope = first_at(f, x[i]);

        dx[i] += slope * slope * dy[i];
    }
}
