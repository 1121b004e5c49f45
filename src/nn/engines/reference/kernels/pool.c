/* Max-pool and average pool. */
#include "kernels.h"

#include <math.h>

/* Index in the input of the first element of the window that gives output `at`. */
static size_t corner(const skel_reference_window *s, size_t at)
{
    size_t column = at % s->out.width;
    size_t row = at / s->out.width % s->out.height;
    size_t plane = at / (s->out.width * s->out.height);

    return (plane * s->in.height + row * s->stride) * s->in.width + column * s->stride;
}

static size_t outputs(const skel_reference_window *s)
{
    return s->images * s->out.channels * s->out.height * s->out.width;
}

static size_t largest(const skel_reference_window *s, const double x[], size_t first)
{
    size_t best = first;

    for (size_t i = 0; i < s->kernel; i++) {
        for (size_t j = 0; j < s->kernel; j++) {
            size_t at = first + i * s->in.width + j;

            best = x[at] > x[best] || isnan(x[at]) ? at : best;
        }
    }
    return best;
}

void skel_reference_maxpool_forward(const skel_reference_window *s, const double x[], double y[])
{
    for (size_t i = 0; i < outputs(s); i++) {
        y[i] = x[largest(s, x, corner(s, i))];
    }
}

void skel_reference_maxpool_backward(const skel_reference_window *s, const double x[],
                                     const double dy[], double dx[])
{
    for (size_t i = 0; i < outputs(s); i++) {
        dx[largest(s, x, corner(s, i))] += dy[i];
    }
}

void skel_reference_maxpool_tangent(const skel_reference_window *s, const double x[],
                                    const double rx[], double ry[])
{
    for (size_t i = 0; i < outputs(s); i++) {
        ry[i] = rx[largest(s, x, corner(s, i))];
    }
}

void skel_reference_avgpool_forward(const skel_reference_window *s, const double x[], double y[])
{
    for (size_t k = 0; k < outputs(s); k++) {
        size_t first = corner(s, k);
        double sum = 0;

        for (size_t i = 0; i < s->kernel; i++) {
            for (size_t j = 0; j < s->kernel; j++) {
                sum += x[first + i * s->in.width + j];
            }
        }
        y[k] = sum / (double)(s->kernel * s->kernel);
    }
}

void skel_reference_avgpool_backward(const skel_reference_window *s, const double dy[], double dx[])
{
    for (size_t k = 0; k < outputs(s); k++) {
        size_t first = corner(s, k);

        for (size_t i = 0; i < s->kernel; i++) {
            for (size_t j = 0; j < s->kernel; j++) {
                dx[first + i * s->in.width + j] += dy[k] / (double)(s->kernel * s->kernel);
            }
        }
    }
}
