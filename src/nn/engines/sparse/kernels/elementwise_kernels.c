/* One pass over a channel of a block each, a vector of images at a time. */
#include "elementwise_kernels.h"

#include "activation_lanes.h"

/* Row `y` of an array, from its first pixel on. */
#define ROW(array, y) VECTORS((array).first + (y) * (array).row)
#define ROW_TO_WRITE(array, y) ((vector *)(void *)((array).first + (y) * (array).row))

INLINE void activate_plane(skel_sparse_activation_kind kind, skel_sparse_activation f,
                           size_t height, size_t width, skel_sparse_source from,
                           const skel_sparse_lane_mask *lanes, skel_sparse_target to)
{
    bits valid;

    memcpy(&valid, lanes, sizeof valid);
    for (size_t row = 0; row < height; row++) {
        const vector *x = ROW(from, row);
        vector *y = ROW_TO_WRITE(to, row);

        for (size_t p = 0; p < width; p++) {
            y[p] = (vector)((bits)activated(kind, f, x[p]) & valid);
        }
    }
}

static void activate(size_t height, size_t width, skel_sparse_activation f, skel_sparse_source x,
                     const skel_sparse_lane_mask *lanes, skel_sparse_target y)
{
    FOR_ACTIVATION(activate_plane, f, height, width, x, lanes, y);
}

INLINE void pass_plane(skel_sparse_activation_kind kind, skel_sparse_activation f, size_t height,
                       size_t width, skel_sparse_source value, skel_sparse_source from,
                       skel_sparse_target to)
{
    for (size_t row = 0; row < height; row++) {
        const vector *y = ROW(value, row);
        const vector *dy = ROW(from, row);
        vector *dx = ROW_TO_WRITE(to, row);

        for (size_t p = 0; p < width; p++) {
            dx[p] = passed(kind, f, y[p], dy[p]);
        }
    }
}

static void activate_backward(size_t height, size_t width, skel_sparse_activation f,
                              skel_sparse_source y, skel_sparse_source dy, skel_sparse_target dx)
{
    FOR_ACTIVATION(pass_plane, f, height, width, y, dy, dx);
}

static void multiply(size_t height, size_t width, skel_sparse_source x, skel_sparse_source y,
                     skel_sparse_target z)
{
    for (size_t row = 0; row < height; row++) {
        const vector *a = ROW(x, row);
        const vector *b = ROW(y, row);
        vector *to = ROW_TO_WRITE(z, row);

        for (size_t p = 0; p < width; p++) {
            to[p] = a[p] * b[p];
        }
    }
}

static void scale(size_t height, size_t width, skel_sparse_source x, const float *factor,
                  skel_sparse_target y)
{
    const vector f = SOURCE(factor);

    for (size_t row = 0; row < height; row++) {
        const vector *from = ROW(x, row);
        vector *to = ROW_TO_WRITE(y, row);

        for (size_t p = 0; p < width; p++) {
            to[p] = from[p] * f;
        }
    }
}

static void dot(size_t height, size_t width, skel_sparse_source x, skel_sparse_source y, float *sum)
{
    double lane[LANES] = {0};

    for (size_t row = 0; row < height; row++) {
        const vector *a = ROW(x, row);
        const vector *b = ROW(y, row);
        float part[LANES];
        vector s = {0};

        for (size_t p = 0; p < width; p++) {
            s += a[p] * b[p];
        }
        memcpy(part, &s, sizeof s);
        add_lanes(part, lane);
    }
    for (size_t l = 0; l < LANES; l++) {
        sum[l] = (float)lane[l];
    }
}

static void copy(size_t height, size_t width, skel_sparse_source x, skel_sparse_target y)
{
    for (size_t row = 0; row < height; row++) {
        memcpy(y.first + row * y.row, x.first + row * x.row, width * LANES * sizeof *y.first);
    }
}

const skel_sparse_elementwise_kernels SKEL_ISA_NAME(skel_sparse_elementwise_kernels) = {
    .activate = activate,
    .activate_backward = activate_backward,
    .multiply = multiply,
    .scale = scale,
    .dot = dot,
    .copy = copy,
};
