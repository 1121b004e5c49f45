/* Max-pool and average pool. */
#include "kernels.h"

#include <math.h>

/* The pixels of an image that one window covers, of the plane that begins at `plane`. */
typedef struct cover {
    size_t plane;
    size_t top, bottom; /* rows top, ..., bottom - 1 */
    size_t left, right;
} cover;

/* Input positions [*first, *end) that the window at an output position covers. */
static void covered(const skel_window *w, size_t dimension, size_t position, size_t inputs,
                    size_t *first, size_t *end)
{
    size_t before = w->before[dimension];
    size_t begin = position * w->stride[dimension];

    *first = begin > before ? begin - before : 0;
    *end = begin + w->kernel[dimension] - before;
    *end = *end < inputs ? *end : inputs;
}

static cover cover_of(const skel_reference_window *s, size_t at)
{
    size_t row = at / s->out.width % s->out.height;
    cover c = {.plane = at / (s->out.width * s->out.height) * s->in.height * s->in.width};

    covered(&s->window, 0, row, s->in.height, &c.top, &c.bottom);
    covered(&s->window, 1, at % s->out.width, s->in.width, &c.left, &c.right);
    return c;
}

static size_t outputs(const skel_reference_window *s)
{
    return s->images * s->out.channels * s->out.height * s->out.width;
}

/* What the sum of a window is divided by. */
static double elements(const skel_reference_window *s, const cover *c)
{
    return s->counts_padding ? (double)(s->window.kernel[0] * s->window.kernel[1])
                             : (double)((c->bottom - c->top) * (c->right - c->left));
}

static size_t largest(const skel_reference_window *s, const double x[], size_t at)
{
    cover c = cover_of(s, at);
    size_t best = c.plane + c.top * s->in.width + c.left;

    for (size_t i = c.top; i < c.bottom; i++) {
        for (size_t j = c.left; j < c.right; j++) {
            size_t k = c.plane + i * s->in.width + j;

            best = x[k] > x[best] || isnan(x[k]) ? k : best;
        }
    }
    return best;
}

void skel_reference_maxpool_forward(const skel_reference_window *s, const double x[], double y[])
{
    for (size_t i = 0; i < outputs(s); i++) {
        y[i] = x[largest(s, x, i)];
    }
}

void skel_reference_maxpool_backward(const skel_reference_window *s, const double x[],
                                     const double dy[], double dx[])
{
    for (size_t i = 0; i < outputs(s); i++) {
        dx[largest(s, x, i)] += dy[i];
    }
}

void skel_reference_maxpool_tangent(const skel_reference_window *s, const double x[],
                                    const double rx[], double ry[])
{
    for (size_t i = 0; i < outputs(s); i++) {
        ry[i] = rx[largest(s, x, i)];
    }
}

void skel_reference_avgpool_forward(const skel_reference_window *s, const double x[], double y[])
{
    for (size_t k = 0; k < outputs(s); k++) {
        cover c = cover_of(s, k);
        double sum = 0;

        for (size_t i = c.top; i < c.bottom; i++) {
            for (size_t j = c.left; j < c.right; j++) {
                sum += x[c.plane + i * s->in.width + j];
            }
        }
        y[k] = sum / elements(s, &c);
    }
}

void skel_reference_avgpool_divide(const skel_reference_window *s, double y[])
{
    for (size_t k = 0; k < outputs(s); k++) {
        cover c = cover_of(s, k);

        y[k] /= elements(s, &c);
    }
}

void skel_reference_avgpool_backward(const skel_reference_window *s, const double dy[], double dx[])
{
    for (size_t k = 0; k < outputs(s); k++) {
        cover c = cover_of(s, k);

        for (size_t i = c.top; i < c.bottom; i++) {
            for (size_t j = c.left; j < c.right; j++) {
                dx[c.plane + i * s->in.width + j] += dy[k] / elements(s, &c);
            }
        }
    }
}
