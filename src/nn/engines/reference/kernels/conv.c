/* Convolution: seven loops, the innermost along a row. */
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

/* One kernel tap of one image, output and input channel, as the rows that it touches. */
typedef struct tap {
    size_t kh, kw;
    size_t row_first, row_end;
    size_t column_first, column_end;
} tap;

static tap tap_at(const skel_reference_window *s, size_t k)
{
    size_t width = s->window.kernel[1];
    tap t = {.kh = k / width, .kw = k % width};

    valid(&s->window, 0, t.kh, s->in.height, s->out.height, &t.row_first, &t.row_end);
    valid(&s->window, 1, t.kw, s->in.width, s->out.width, &t.column_first, &t.column_end);
    return t;
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

/* Index in an input plane of the element that the tap's first output element of a row sees. The
 * elements that the next ones see follow at distances of stride[1]. */
static size_t input_at(const skel_reference_window *s, const tap *t, size_t row)
{
    const skel_window *w = &s->window;
    size_t y = row * w->stride[0] + t->kh * w->dilation[0] - w->before[0];
    size_t x = t->column_first * w->stride[1] + t->kw * w->dilation[1] - w->before[1];

    return y * s->in.width + x;
}

static size_t output_at(const skel_reference_window *s, const tap *t, size_t row)
{
    return row * s->out.width + t->column_first;
}

static void forward_plane(const skel_reference_window *s, const double x[], const double w[],
                          double y[])
{
    size_t stride = s->window.stride[1];

    for (size_t k = 0; k < taps_of(s); k++) {
        tap t = tap_at(s, k);
        size_t columns = t.column_end - t.column_first;
        double weight = w[k];

        for (size_t row = t.row_first; row < t.row_end && columns > 0; row++) {
            const double *in = x + input_at(s, &t, row);
            double *out = y + output_at(s, &t, row);

            for (size_t i = 0; i < columns; i++) {
                out[i] += weight * in[i * stride];
            }
        }
    }
}

static void backward_data_plane(const skel_reference_window *s, const double dy[], const double w[],
                                double dx[])
{
    size_t stride = s->window.stride[1];

    for (size_t k = 0; k < taps_of(s); k++) {
        tap t = tap_at(s, k);
        size_t columns = t.column_end - t.column_first;
        double weight = w[k];

        for (size_t row = t.row_first; row < t.row_end && columns > 0; row++) {
            double *in = dx + input_at(s, &t, row);
            const double *out = dy + output_at(s, &t, row);

            for (size_t i = 0; i < columns; i++) {
                in[i * stride] += weight * out[i];
            }
        }
    }
}

static void backward_weights_plane(const skel_reference_window *s, const double x[],
                                   const double dy[], double dw[])
{
    size_t stride = s->window.stride[1];

    for (size_t k = 0; k < taps_of(s); k++) {
        tap t = tap_at(s, k);
        size_t columns = t.column_end - t.column_first;
        double sum = dw[k];

        for (size_t row = t.row_first; row < t.row_end && columns > 0; row++) {
            const double *in = x + input_at(s, &t, row);
            const double *out = dy + output_at(s, &t, row);

            for (size_t i = 0; i < columns; i++) {
                sum += in[i * stride] * out[i];
            }
        }
        dw[k] = sum;
    }
}

static size_t plane(skel_tensor shape)
{
    return shape.height * shape.width;
}

void skel_reference_conv_forward(const skel_reference_window *s, const double x[], const double w[],
                                 const double bias[], double y[])
{
    size_t seen = seen_by_one(s);

    for (size_t n = 0; n < s->images; n++) {
        for (size_t o = 0; o < s->out.channels; o++) {
            double *out = y + (n * s->out.channels + o) * plane(s->out);

            for (size_t i = 0; i < plane(s->out); i++) {
                out[i] = bias != NULL ? bias[o] : 0;
            }
            for (size_t i = 0; i < seen; i++) {
                forward_plane(s, x + (n * s->in.channels + first_seen(s, o) + i) * plane(s->in),
                              w + (o * seen + i) * taps_of(s), out);
            }
        }
    }
}

void skel_reference_conv_backward_data(const skel_reference_window *s, const double dy[],
                                       const double w[], double dx[])
{
    size_t seen = seen_by_one(s);

    for (size_t n = 0; n < s->images; n++) {
        for (size_t o = 0; o < s->out.channels; o++) {
            for (size_t i = 0; i < seen; i++) {
                backward_data_plane(s, dy + (n * s->out.channels + o) * plane(s->out),
                                    w + (o * seen + i) * taps_of(s),
                                    dx +
                                        (n * s->in.channels + first_seen(s, o) + i) * plane(s->in));
            }
        }
    }
}

void skel_reference_conv_backward_weights(const skel_reference_window *s, const double x[],
                                          const double dy[], double dw[])
{
    size_t seen = seen_by_one(s);

    memset(dw, 0, s->out.channels * seen * taps_of(s) * sizeof *dw);
    for (size_t n = 0; n < s->images; n++) {
        for (size_t o = 0; o < s->out.channels; o++) {
            for (size_t i = 0; i < seen; i++) {
                backward_weights_plane(
                    s, x + (n * s->in.channels + first_seen(s, o) + i) * plane(s->in),
                    dy + (n * s->out.channels + o) * plane(s->out),
                    dw + (o * seen + i) * taps_of(s));
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
