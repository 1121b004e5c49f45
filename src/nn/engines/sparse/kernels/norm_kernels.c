/* One pass over a channel of a block each, a vector of images at a time. */
#include "norm_kernels.h"

#include "activation_lanes.h"

#include "skel/sizes.h"

enum { FLOAT_PIXELS = 256, CHAINS = 4 }; /* pixels summed in float, in independent sums */

/* Rows whose sum float may hold. */
static size_t float_rows(const skel_sparse_planes *planes)
{
    return planes->width >= FLOAT_PIXELS ? 1 : FLOAT_PIXELS / planes->width;
}

/* Sums of x - pivot and its square over some rows. */
static void centred_sums(const skel_sparse_planes *planes, size_t rows, const float *plane,
                         const float pivot_lane[], float sum_lane[], float squares_lane[])
{
    const vector pivot = *VECTORS(pivot_lane);
    vector s[CHAINS] = {{0}, {0}, {0}, {0}};
    vector q[CHAINS] = {{0}, {0}, {0}, {0}};

    for (size_t y = 0; y < rows; y++) {
        const vector *x = VECTORS(plane + y * planes->row);
        size_t p = 0;

        for (; p + CHAINS <= planes->width; p += CHAINS) {
            for (size_t k = 0; k < CHAINS; k++) {
                vector d = x[p + k] - pivot;

                s[k] += d;
                q[k] += d * d;
            }
        }
        for (; p < planes->width; p++) {
            vector d = x[p] - pivot;

            s[p % CHAINS] += d;
            q[p % CHAINS] += d * d;
        }
    }
    s[0] = (s[0] + s[1]) + (s[2] + s[3]);
    q[0] = (q[0] + q[1]) + (q[2] + q[3]);
    memcpy(sum_lane, &s[0], sizeof s[0]);
    memcpy(squares_lane, &q[0], sizeof q[0]);
}

/* Each image's mean over the middle row: near enough to the channel's mean for sums around it. */
static void find_pivot(const skel_sparse_planes *planes, const float *plane, float pivot_lane[])
{
    const vector *x = VECTORS(plane + planes->height / 2 * planes->row);
    vector sum = {0};

    for (size_t p = 0; p < planes->width; p++) {
        sum += x[p];
    }
    sum /= (float)planes->width;
    memcpy(pivot_lane, &sum, sizeof sum);
}

static void channel_sums(const skel_sparse_planes *planes, const float *x, double sum[2])
{
    float pivot_lane[LANES] __attribute__((aligned(64)));
    size_t most = float_rows(planes);
    double count = (double)(planes->height * planes->width);
    double s[LANES] = {0};
    double q[LANES] = {0};

    find_pivot(planes, x, pivot_lane);
    for (size_t y = 0; y < planes->height; y += most) {
        float part[2][LANES] __attribute__((aligned(64)));

        centred_sums(planes, skel_lesser(most, planes->height - y), x + y * planes->row, pivot_lane,
                     part[0], part[1]);
        add_lanes(part[0], s);
        add_lanes(part[1], q);
    }
    for (size_t l = 0; l < LANES; l++) {
        double pivot = (double)pivot_lane[l];

        q[l] += pivot * (2 * s[l] + count * pivot);
        s[l] += count * pivot;
    }
    sum[0] = sum_of_lanes(s);
    sum[1] = sum_of_lanes(q);
}

INLINE void apply_plane(skel_sparse_activation_kind kind, skel_sparse_activation activation,
                        const skel_sparse_planes *planes, const float *x_plane,
                        skel_sparse_channel channel, const float *other_plane,
                        const skel_sparse_lane_mask *lanes, size_t distance, float *y_plane)
{
    bits valid;

    memcpy(&valid, lanes, sizeof valid);
    for (size_t row = 0; row < planes->height; row++) {
        const vector *x = VECTORS(x_plane + row * planes->row);
        const vector *other = other_plane == NULL ? NULL : VECTORS(other_plane + row * distance);
        vector *y = (vector *)(void *)(y_plane + row * distance);

        for (size_t p = 0; p < planes->width; p++) {
            vector v = (x[p] - channel.mean) * channel.slope + channel.shift;

            if (other != NULL) {
                v += other[p];
            }
            y[p] = (vector)((bits)activated(kind, activation, v) & valid);
        }
    }
}

static void channel_apply(const skel_sparse_planes *planes, const float *x,
                          skel_sparse_channel channel, const float *other,
                          skel_sparse_activation activation, const skel_sparse_lane_mask *lanes,
                          size_t distance, float *y)
{
    FOR_ACTIVATION(apply_plane, activation, planes, x, channel, other, lanes, distance, y);
}

/* Addresses of one row of a channel's incoming gradient. */
typedef struct lines {
    const vector *x;
    const vector *first;
    const vector *second;
    const vector *output;
} lines;

INLINE lines lines_of(const skel_sparse_planes *planes, size_t row, const float *x,
                      const skel_sparse_incoming *incoming)
{
    size_t at = row * incoming->row;

    return (lines){.x = VECTORS(x + row * planes->row),
                   .first = VECTORS(incoming->first + at),
                   .second = incoming->second == NULL ? NULL : VECTORS(incoming->second + at),
                   .output = incoming->output == NULL ? NULL : VECTORS(incoming->output + at)};
}

/* The gradient of one pixel: both parts, times the derivative of the activation. */
INLINE vector incoming_at(skel_sparse_activation_kind kind, skel_sparse_activation activation,
                          const lines *l, size_t p, skel_sparse_channel channel)
{
    vector dy = l->first[p];
    vector value;

    if (l->second != NULL) {
        dy += l->second[p];
    }
    if (kind == SKEL_SPARSE_IDENTITY) {
        return dy;
    }
    if (l->output != NULL) {
        value = l->output[p];
    } else {
        value = (l->x[p] - channel.mean) * channel.slope + channel.shift;
        value = kind == SKEL_SPARSE_SIGMOID ? sigmoid(value) : value; /* others: see passed() */
    }
    return passed(kind, activation, value, dy);
}

/* Sums over some rows. */
INLINE void backward_rows(skel_sparse_activation_kind kind, const skel_sparse_planes *planes,
                          size_t rows, const float *x, skel_sparse_channel channel,
                          skel_sparse_incoming incoming, float *kept_plane, float sum_lane[],
                          float products_lane[])
{
    vector s = {0};
    vector q = {0};

    for (size_t row = 0; row < rows; row++) {
        lines l = lines_of(planes, row, x, &incoming);
        vector *kept =
            kept_plane == NULL ? NULL : (vector *)(void *)(kept_plane + row * incoming.row);

        for (size_t p = 0; p < planes->width; p++) {
            vector dy = incoming_at(kind, incoming.activation, &l, p, channel);

            if (kept != NULL) {
                kept[p] = dy;
            }
            s += dy;
            q += dy * (l.x[p] - channel.mean);
        }
    }
    memcpy(sum_lane, &s, sizeof s);
    memcpy(products_lane, &q, sizeof q);
}

static const float *below(const float *plane, size_t distance)
{
    return plane == NULL ? NULL : plane + distance;
}

INLINE void plane_sums(skel_sparse_activation_kind kind, skel_sparse_activation activation,
                       const skel_sparse_planes *planes, const float *x,
                       skel_sparse_channel channel, const skel_sparse_incoming *incoming,
                       float *kept, double sum[2])
{
    size_t most = float_rows(planes);
    double s[LANES] = {0};
    double q[LANES] = {0};

    for (size_t y = 0; y < planes->height; y += most) {
        size_t at = y * incoming->row;
        float part[2][LANES];
        skel_sparse_incoming here = {.first = incoming->first + at,
                                     .second = below(incoming->second, at),
                                     .output = below(incoming->output, at),
                                     .activation = activation,
                                     .row = incoming->row};

        backward_rows(kind, planes, skel_lesser(most, planes->height - y), x + y * planes->row,
                      channel, here, kept == NULL ? NULL : kept + at, part[0], part[1]);
        add_lanes(part[0], s);
        add_lanes(part[1], q);
    }
    sum[0] = sum_of_lanes(s);
    sum[1] = sum_of_lanes(q);
}

static void channel_backward_sums(const skel_sparse_planes *planes, const float *x,
                                  skel_sparse_channel channel, skel_sparse_incoming incoming,
                                  float *kept, double sum[2])
{
    FOR_ACTIVATION(plane_sums, incoming.activation, planes, x, channel, &incoming, kept, sum);
}

INLINE void backward_plane(skel_sparse_activation_kind kind, skel_sparse_activation activation,
                           const skel_sparse_planes *planes, const float *x,
                           skel_sparse_channel channel, const skel_sparse_incoming *incoming,
                           float offset, float factor, const skel_sparse_lane_mask *lanes,
                           size_t distance, float *dx_plane)
{
    bits valid;

    memcpy(&valid, lanes, sizeof valid);
    for (size_t row = 0; row < planes->height; row++) {
        lines l = lines_of(planes, row, x, incoming);
        vector *dx = (vector *)(void *)(dx_plane + row * distance);

        for (size_t p = 0; p < planes->width; p++) {
            vector v = incoming_at(kind, activation, &l, p, channel);

            v = channel.slope * (v - offset - (l.x[p] - channel.mean) * factor);
            dx[p] = (vector)((bits)v & valid);
        }
    }
}

static void channel_backward_apply(const skel_sparse_planes *planes, const float *x,
                                   skel_sparse_channel channel, skel_sparse_incoming incoming,
                                   float offset, float factor, const skel_sparse_lane_mask *lanes,
                                   size_t distance, float *dx)
{
    FOR_ACTIVATION(backward_plane, incoming.activation, planes, x, channel, &incoming, offset,
                   factor, lanes, distance, dx);
}

static double channel_sum(const skel_sparse_planes *planes, const float *x_plane)
{
    double lane[LANES] = {0};

    for (size_t row = 0; row < planes->height; row++) {
        const vector *x = VECTORS(x_plane + row * planes->row);
        float part[LANES];
        vector s = {0};

        for (size_t p = 0; p < planes->width; p++) {
            s += x[p];
        }
        memcpy(part, &s, sizeof s);
        add_lanes(part, lane);
    }
    return sum_of_lanes(lane);
}

static void channel_add(const skel_sparse_planes *planes, const float *x_plane,
                        const float *y_plane, float *z_plane)
{
    for (size_t row = 0; row < planes->height; row++) {
        const vector *x = VECTORS(x_plane + row * planes->row);
        const vector *y = VECTORS(y_plane + row * planes->row);
        vector *z = (vector *)(void *)(z_plane + row * planes->row);

        for (size_t p = 0; p < planes->width; p++) {
            z[p] = x[p] + y[p];
        }
    }
}

const skel_sparse_norm_kernels SKEL_ISA_NAME(skel_sparse_norm_kernels) = {
    .sums = channel_sums,
    .apply = channel_apply,
    .backward_sums = channel_backward_sums,
    .backward_apply = channel_backward_apply,
    .sum = channel_sum,
    .add = channel_add,
};
