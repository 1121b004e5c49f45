/* Convolution: seven loops, the innermost along a row. */
#include "kernels.h"

#include <string.h>

/* Output columns [*first, *end) whose tap `k` falls inside an input row of `length`. */
static void valid(const skel_reference_window *s, size_t k, size_t length, size_t outputs,
                  size_t *first, size_t *end)
{
    *first = k < s->padding ? (s->padding - k + s->stride - 1) / s->stride : 0;
    *end = length + s->padding > k ? (length + s->padding - k - 1) / s->stride + 1 : 0;
    *end = *end < outputs ? *end : outputs;
    *first = *first < *end ? *first : *end;
}

/* One kernel tap of one image, output and input channel, as the rows that it touches. */
typedef struct tap {
    size_t kh, kw;
    size_t row_first, row_end;
    size_t column_first, column_end;
} tap;

static tap tap_at(const skel_reference_window *s, size_t k)
{
    tap t = {.kh = k / s->kernel, .kw = k % s->kernel};

    valid(s, t.kh, s->in.height, s->out.height, &t.row_first, &t.row_end);
    valid(s, t.kw, s->in.width, s->out.width, &t.column_first, &t.column_end);
    return t;
}

/* Index in an input plane of the element that output (row, 0) sees through the tap, modulo wrap:
 * it may be "before" the plane when the first column is padding. */
static size_t input_at(const skel_reference_window *s, const tap *t, size_t row, size_t column)
{
    size_t y = row * s->stride + t->kh - s->padding;
    size_t x = column * s->stride + t->kw - s->padding;

    return y * s->in.width + x;
}

static void forward_plane(const skel_reference_window *s, const double x[], const double w[],
                          double y[])
{
    for (size_t k = 0; k < s->kernel * s->kernel; k++) {
        tap t = tap_at(s, k);

        for (size_t row = t.row_first; row < t.row_end; row++) {
            for (size_t column = t.column_first; column < t.column_end; column++) {
                y[row * s->out.width + column] += w[k] * x[input_at(s, &t, row, column)];
            }
        }
    }
}

static void backward_data_plane(const skel_reference_window *s, const double dy[], const double w[],
                                double dx[])
{
    for (size_t k = 0; k < s->kernel * s->kernel; k++) {
        tap t = tap_at(s, k);

        for (size_t row = t.row_first; row < t.row_end; row++) {
            for (size_t column = t.column_first; column < t.column_end; column++) {
                dx[input_at(s, &t, row, column)] += w[k] * dy[row * s->out.width + column];
            }
        }
    }
}

static void backward_weights_plane(const skel_reference_window *s, const double x[],
                                   const double dy[], double dw[])
{
    for (size_t k = 0; k < s->kernel * s->kernel; k++) {
        tap t = tap_at(s, k);

        for (size_t row = t.row_first; row < t.row_end; row++) {
            for (size_t column = t.column_first; column < t.column_end; column++) {
                dw[k] += x[input_at(s, &t, row, column)] * dy[row * s->out.width + column];
            }
        }
    }
}

static size_t plane(skel_tensor shape)
{
    return shape.height * shape.width;
}

void skel_reference_conv_forward(const skel_reference_window *s, const double x[], const double w[],
                                 const double bias[], double y[])
{
    size_t taps = s->kernel * s->kernel;

    for (size_t n = 0; n < s->images; n++) {
        for (size_t o = 0; o < s->out.channels; o++) {
            double *out = y + (n * s->out.channels + o) * plane(s->out);

            for (size_t i = 0; i < plane(s->out); i++) {
                out[i] = bias != NULL ? bias[o] : 0;
            }
            for (size_t i = 0; i < s->in.channels; i++) {
                forward_plane(s, x + (n * s->in.channels + i) * plane(s->in),
                              w + (o * s->in.channels + i) * taps, out);
            }
        }
    }
}

void skel_reference_conv_backward_data(const skel_reference_window *s, const double dy[],
                                       const double w[], double dx[])
{
    size_t taps = s->kernel * s->kernel;

    for (size_t n = 0; n < s->images; n++) {
        for (size_t o = 0; o < s->out.channels; o++) {
            for (size_t i = 0; i < s->in.channels; i++) {
                backward_data_plane(s, dy + (n * s->out.channels + o) * plane(s->out),
                                    w + (o * s->in.channels + i) * taps,
                                    dx + (n * s->in.channels + i) * plane(s->in));
            }
        }
    }
}

void skel_reference_conv_backward_weights(const skel_reference_window *s, const double x[],
                                          const double dy[], double dw[])
{
    size_t taps = s->kernel * s->kernel;

    memset(dw, 0, s->out.channels * s->in.channels * taps * sizeof *dw);
    for (size_t n = 0; n < s->images; n++) {
        for (size_t o = 0; o < s->out.channels; o++) {
            for (size_t i = 0; i < s->in.channels; i++) {
                backward_weights_plane(s, x + (n * s->in.channels + i) * plane(s->in),
                                       dy + (n * s->out.channels + o) * plane(s->out),
                                       dw + (o * s->in.channels + i) * taps);
            }
        }
    }
}

void skel_reference_bias_backward(size_t images, skel_tensor shape, const double dy[], double db[])
{
    memset(db, 0, shape.channels * sizeof *db);
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            for (size_t i = 0; i < plane(shape); i++) {
                db[c] += dy[(n * shape.channels + c) * plane(shape) + i];
            }
        }
    }
}
