/* Batch norm, ReLU and max-pooling in one pass over a channel of a block. */
#include "norm_pool_kernels.h"

#include "lanes.h"

enum { FLOAT_WINDOWS = 128 }; /* whose sums float may hold */

#define CHOICE(address) __builtin_convertvector(*(const halves *)(const void *)(address), bits)

INLINE void pool(const skel_sparse_planes *planes, const skel_sparse_planes *pooled, size_t kernel,
                 const float *x, skel_sparse_channel channel, const skel_sparse_lane_mask *lanes,
                 float *y, uint16_t *choice)
{
    const vector zero = {0};
    bits valid;

    memcpy(&valid, lanes, sizeof valid);
    for (size_t row = 0; row < pooled->height; row++) {
        for (size_t column = 0; column < pooled->width; column++) {
            const float *window = x + row * kernel * planes->row + column * kernel * LANES;
            vector best = (SOURCE(window) - channel.mean) * channel.slope + channel.shift;
            bits at = {0};
            int32_t k = 0;

            for (size_t ky = 0; ky < kernel; ky++) {
                for (size_t kx = 0; kx < kernel; kx++, k++) {
                    vector v = (SOURCE(window + ky * planes->row + kx * LANES) - channel.mean) *
                                   channel.slope +
                               channel.shift;
                    bits better = (bits)(v > best) | (bits)(v != v);

                    best = (vector)(((bits)v & better) | ((bits)best & ~better));
                    at = (better & k) | (at & ~better);
                }
            }
            if (choice != NULL) {
                at |= SKEL_SPARSE_CHOICE_NONE & ~(bits)(best > zero);
                *(halves *)(void *)choice = __builtin_convertvector(at, halves);
                choice += LANES;
            }
            best = (vector)((bits)best & ~(bits)(best < zero) & valid);
            TARGET(y + row * pooled->row + column * LANES) = best;
        }
    }
}

static void channel_pool(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                         size_t kernel, const float *x, skel_sparse_channel channel,
                         const skel_sparse_lane_mask *lanes, float *y, uint16_t *choice)
{
    if (kernel == 2) {
        pool(planes, pooled, 2, x, channel, lanes, y, choice);
    } else {
        pool(planes, pooled, kernel, x, channel, lanes, y, choice);
    }
}

/* Sums over the windows of one row, a few at a time. */
INLINE void row_sums(const skel_sparse_planes *planes, size_t count, size_t kernel, const float *x,
                     float mean, const uint16_t *choice, const float *dy, double sum_lane[],
                     double products_lane[])
{
    float part[LANES];
    vector s = {0};
    vector q = {0};

    for (size_t column = 0; column < count; column++) {
        const float *window = x + column * kernel * LANES;
        bits at = CHOICE(choice + column * LANES);
        bits chosen = {0};
        vector d;
        int32_t k = 0;

        for (size_t ky = 0; ky < kernel; ky++) {
            for (size_t kx = 0; kx < kernel; kx++, k++) {
                chosen |= (bits)SOURCE(window + ky * planes->row + kx * LANES) & (bits)(at == k);
            }
        }
        d = (vector)((bits)SOURCE(dy + column * LANES) & (bits)(at != SKEL_SPARSE_CHOICE_NONE));
        s += d;
        q += d * ((vector)chosen - mean);
    }
    memcpy(part, &s, sizeof part);
    add_lanes(part, sum_lane);
    memcpy(part, &q, sizeof part);
    add_lanes(part, products_lane);
}

INLINE void pool_sums(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                      size_t kernel, const float *x, skel_sparse_channel channel,
                      const uint16_t *choice, const float *dy, double sum[2])
{
    double s[LANES] = {0};
    double q[LANES] = {0};

    for (size_t row = 0; row < pooled->height; row++) {
        for (size_t first = 0; first < pooled->width; first += FLOAT_WINDOWS) {
            size_t left = pooled->width - first;

            row_sums(planes, left < FLOAT_WINDOWS ? left : FLOAT_WINDOWS, kernel,
                     x + row * kernel * planes->row + first * kernel * LANES, channel.mean,
                     choice + (row * pooled->width + first) * LANES,
                     dy + row * pooled->row + first * LANES, s, q);
        }
    }
    sum[0] = 0;
    sum[1] = 0;
    for (size_t l = 0; l < LANES; l++) {
        sum[0] += s[l];
        sum[1] += q[l];
    }
}

static void channel_pool_backward_sums(const skel_sparse_planes *planes,
                                       const skel_sparse_planes *pooled, size_t kernel,
                                       const float *x, skel_sparse_channel channel,
                                       const uint16_t *choice, const float *dy, double sum[2])
{
    if (kernel == 2) {
        pool_sums(planes, pooled, 2, x, channel, choice, dy, sum);
    } else {
        pool_sums(planes, pooled, kernel, x, channel, choice, dy, sum);
    }
}

INLINE void pool_apply(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                       size_t kernel, const float *x, skel_sparse_channel channel,
                       const uint16_t *choice, const float *dy, float offset, float factor,
                       const skel_sparse_lane_mask *lanes, size_t distance, float *dx)
{
    bits valid;

    memcpy(&valid, lanes, sizeof valid);
    for (size_t row = 0; row < pooled->height; row++) {
        for (size_t column = 0; column < pooled->width; column++, choice += LANES) {
            const float *from = x + row * kernel * planes->row + column * kernel * LANES;
            float *to = dx + row * kernel * distance + column * kernel * LANES;
            bits d = (bits)SOURCE(dy + row * pooled->row + column * LANES);
            bits at = CHOICE(choice);
            int32_t k = 0;

            for (size_t ky = 0; ky < kernel; ky++) {
                for (size_t kx = 0; kx < kernel; kx++, k++) {
                    vector centred = SOURCE(from + ky * planes->row + kx * LANES) - channel.mean;
                    vector v = (vector)(d & (bits)(at == k));

                    v = channel.slope * (v - offset - centred * factor);
                    TARGET(to + ky * distance + kx * LANES) = (vector)((bits)v & valid);
                }
            }
        }
    }
}

static void channel_pool_backward_apply(const skel_sparse_planes *planes,
                                        const skel_sparse_planes *pooled, size_t kernel,
                                        const float *x, skel_sparse_channel channel,
                                        const uint16_t *choice, const float *dy, float offset,
                                        float factor, const skel_sparse_lane_mask *lanes,
                                        size_t distance, float *dx)
{
    if (kernel == 2) {
        pool_apply(planes, pooled, 2, x, channel, choice, dy, offset, factor, lanes, distance, dx);
    } else {
        pool_apply(planes, pooled, kernel, x, channel, choice, dy, offset, factor, lanes, distance,
                   dx);
    }
}

const skel_sparse_norm_pool_kernels SKEL_ISA_NAME(skel_sparse_norm_pool_kernels) = {
    .apply = channel_pool,
    .backward_sums = channel_pool_backward_sums,
    .backward_apply = channel_pool_backward_apply,
};
