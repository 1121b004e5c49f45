/* Convolution: seven loops, the outermost over the taps of the kernel, the innermost along a row.
 */
#include "kernels.h"

#include <string.h>

/* Output positions [*first, *end) of a dimension whose tap `k` falls inside the input. */
static void valid(const skel_window *w, size_t dimension, size_t k, size_t inputs, size_t outputs,
                  size_t *first, size_t *end)
{
    size_t before = w->before[dimension];
    size_t stride = w->stride[dimension];
    size_t tap = k * w->dilation[dimension];

    *first = tap < before ? (before - tap + stride - 1) / stride : 0;
    *end = inputs + before > tap ? (inputs + before - tap - 1) / stride + 1 : 0;
    *end = *end < outputs ? *end : outputs;
    *first = *first < *end ? *first : *end;
}

/* The elements that one kernel tap links, in a plane of the input and in one of the output: `rows`
 * times `columns`. */
typedef struct tap {
    size_t rows, columns;
    size_t in, out;         /* the first ones */
    size_t in_row, out_row; /* from a row to the next one */
    size_t in_column;       /* from a column to the next one; of the output 1 */
} tap;

static tap tap_at(const skel_reference_window *s, size_t k)
{
    const skel_window *w = &s->window;
    size_t first[2] = {0, 0};
    size_t end[2] = {0, 0};
    size_t at[2] = {k / w->kernel[1], k % w->kernel[1]};

    valid(w, 0, at[0], s->in.height, s->out.height, &first[0], &end[0]);
    valid(w, 1, at[1], s->in.width, s->out.width, &first[1], &end[1]);
    if (first[0] == end[0] || first[1] == end[1]) {
        return (tap){.rows = 0};
    }
    for (int d = 0; d < 2; d++) {
        at[d] = first[d] * w->stride[d] + at[d] * w->dilation[d] - w->before[d];
    }
    return (tap){.rows = end[0] - first[0],
                 .columns = end[1] - first[1],
                 .in = at[0] * s->in.width + at[1],
                 .out = first[0] * s->out.width + first[1],
                 .in_row = w->stride[0] * s->in.width,
                 .out_row = s->out.width,
                 .in_column = w->stride[1]};
}

static size_t taps_of(const skel_reference_window *s)
{
    return s->window.kernel[0] * s->window.kernel[1];
}

/* Input channels that an output channel sees, and the first of them. */
static size_t seen_by_one(const skel_reference_window *s)
{
    return s->in.channels / s->groups;
}

static size_t first_seen(const skel_reference_window *s, size_t o)
{
    return o / (s->out.channels / s->groups) * seen_by_one(s);
}

static void forward_plane(const tap *t, const double x[], double weight, double y[])
{
    for (size_t row = 0; row < t->rows; row++) {
        const double *in = x + t->in + row * t->in_row;
        double *out = y + t->out + row * t->out_row;

        for (size_t i = 0; i < t->columns; i++) {
            out[i] += weight * in[i * t->in_column];
        }
    }
}

static void backward_data_plane(const tap *t, const double dy[], double weight, double dx[])
{
    for (size_t row = 0; row < t->rows; row++) {
        double *in = dx + t->in + row * t->in_row;
        const double *out = dy + t->out + row * t->out_row;

        for (size_t i = 0; i < t->columns; i++) {
            in[i * t->in_column] += weight * out[i];
        }
    }
}

static double backward_weights_plane(const tap *t, const double x[], const double dy[])
{
    double sum = 0;

    for (size_t row = 0; row < t->rows; row++) {
        const double *in = x + t->in + row * t->in_row;
        const double *out = dy + t->out + row * t->out_row;

        for (size_t i = 0; i < t->columns; i++) {
            sum += in[i * t->in_column] * out[i];
        }
    }
    return sum;
}

static size_t plane(skel_tensor shape)
{
    return shape.height * shape.width;
}

/* Planes of one image's input and output channel, of those that a weight links. */
static size_t in_plane(const skel_reference_window *s, size_t n, size_t o, size_t i)
{
    return (n * s->in.channels + first_seen(s, o) + i) * plane(s->in);
}

static size_t out_plane(const skel_reference_window *s, size_t n, size_t o)
{
    return (n * s->out.channels + o) * plane(s->out);
}

static void begin_with_bias(const skel_reference_window *s, const double bias[], double y[])
{
    for (size_t c = 0; c < s->images * s->out.channels; c++) {
        for (size_t i = 0; i < plane(s->out); i++) {
            y[c * plane(s->out) + i] = bias != NULL ? bias[c % s->out.channels] : 0;
        }
    }
}

void skel_reference_conv_forward(const skel_reference_window *s, const double x[], const double w[],
                                 const double bias[], double y[])
{
    size_t seen = seen_by_one(s);
    size_t taps = taps_of(s);

    begin_with_bias(s, bias, y);
    for (size_t k = 0; k < taps; k++) {
        tap t = tap_at(s, k);

        for (size_t n = 0; n < s->images; n++) {
            for (size_t o = 0; o < s->out.channels; o++) {
                for (size_t i = 0; i < seen; i++) {
                    forward_plane(&t, x + in_plane(s, n, o, i), w[(o * seen + i) * taps + k],
                                  y + out_plane(s, n, o));
                }
            }
        }
    }
}

void skel_reference_conv_backward_data(const skel_reference_window *s, const double dy[],
                                       const double w[], double dx[])
{
    size_t seen = seen_by_one(s);
    size_t taps = taps_of(s);

    for (size_t k = 0; k < taps; k++) {
        tap t = tap_at(s, k);

        for (size_t n = 0; n < s->images; n++) {
            for (size_t o = 0; o < s->out.channels; o++) {
                for (size_t i = 0; i < seen; i++) {
                    backward_data_plane(&t, dy + out_plane(s, n, o), w[(o * seen + i) * taps + k],
                                        dx + in_plane(s, n, o, i));
                }
            }
        }
    }
}

void skel_reference_conv_backward_weights(const skel_reference_window *s, const double x[],
                                          const double dy[], double dw[])
{
    size_t seen = seen_by_one(s);
    size_t taps = taps_of(s);

    memset(dw, 0, s->out.channels * seen * taps * sizeof *dw);
    for (size_t k = 0; k < taps; k++) {
        tap t = tap_at(s, k);

        for (size_t n = 0; n < s->images; n++) {
            for (size_t o = 0; o < s->out.channels; o++) {
                for (size_t i = 0; i < seen; i++) {
                    dw[(o * seen + i) * taps + k] += backward_weights_plane(
                        &t, x + in_plane(s, n, o, i), dy + out_plane(s, n, o));
                }
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
