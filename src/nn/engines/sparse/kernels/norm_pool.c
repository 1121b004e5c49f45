/* Batch norm, ReLU and max-pooling in one pass over a channel of a block. */
#include "norm_kernels.h"

#include <string.h>

enum { FLOAT_WINDOWS = 128 }; /* whose sums float may hold */

typedef float vector __attribute__((vector_size(4 * SKEL_SPARSE_LANES), may_alias));
typedef int32_t bits __attribute__((vector_size(4 * SKEL_SPARSE_LANES), may_alias));
typedef uint16_t halves __attribute__((vector_size(2 * SKEL_SPARSE_LANES), may_alias));

/* Compiled for windows of 2 and for all others: constant, the loops unroll. */
#define INLINE static inline __attribute__((always_inline))
#define VECTOR(address) (*(vector *)(void *)(address))
#define SOURCE(address) (*(const vector *)(const void *)(address))
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
            const float *window =
                x + row * kernel * planes->row + column * kernel * SKEL_SPARSE_LANES;
            vector best = (SOURCE(window) - channel.mean) * channel.slope + channel.shift;
            bits at = {0};
            int32_t k = 0;

            for (size_t ky = 0; ky < kernel; ky++) {
                for (size_t kx = 0; kx < kernel; kx++, k++) {
                    vector v = (SOURCE(window + ky * planes->row + kx * SKEL_SPARSE_LANES) -
                                channel.mean) *
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
                choice += SKEL_SPARSE_LANES;
            }
            best = (vector)((bits)best & ~(bits)(best < zero) & valid);
            VECTOR(y + row * pooled->row + column * SKEL_SPARSE_LANES) = best;
        }
    }
}

void skel_sparse_channel_pool(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                              size_t kernel, const float *x, skel_sparse_channel channel,
                              const skel_sparse_lane_mask *lanes, float *y, uint16_t *choice)
{
    if (kernel == 2) {
        pool(planes, pooled, 2, x, channel, lanes, y, choice);
    } else {
        pool(planes, pooled, kernel, x, channel, lanes, y, choice);
    }
}

static void add_lanes(const float part[], double lane[])
{
    for (size_t l = 0; l < SKEL_SPARSE_LANES; l++) {
        lane[l] += (double)part[l];
    }
}

/* Sums over the windows of one row, a few at a time. */
INLINE void row_sums(const skel_sparse_planes *planes, size_t count, size_t kernel, const float *x,
                     float mean, const uint16_t *choice, const float *dy, double sum_lane[],
                     double products_lane[])
{
    float part[SKEL_SPARSE_LANES];
    vector s = {0};
    vector q = {0};

    for (size_t column = 0; column < count; column++) {
        const float *window = x + column * kernel * SKEL_SPARSE_LANES;
        bits at = CHOICE(choice + column * SKEL_SPARSE_LANES);
        bits chosen = {0};
        vector d;
        int32_t k = 0;

        for (size_t ky = 0; ky < kernel; ky++) {
            for (size_t kx = 0; kx < kernel; kx++, k++) {
                chosen |= (bits)SOURCE(window + ky * planes->row + kx * SKEL_SPARSE_LANES) &
                          (bits)(at == k);
            }
        }
        d = (vector)((bits)SOURCE(dy + column * SKEL_SPARSE_LANES) &
                     (bits)(at != SKEL_SPARSE_CHOICE_NONE));
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
    double s[SKEL_SPARSE_LANES] = {0};
    double q[SKEL_SPARSE_LANES] = {0};

    for (size_t row = 0; row < pooled->height; row++) {
        for (size_t first = 0; first < pooled->width; first += FLOAT_WINDOWS) {
            size_t left = pooled->width - first;

            row_sums(planes, left < FLOAT_WINDOWS ? left : FLOAT_WINDOWS, kernel,
                     x + row * kernel * planes->row + first * kernel * SKEL_SPARSE_LANES,
                     channel.mean, choice + (row * pooled->width + first) * SKEL_SPARSE_LANES,
                     dy + row * pooled->row + first * SKEL_SPARSE_LANES, s, q);
        }
    }
    sum[0] = 0;
    sum[1] = 0;
    for (size_t l = 0; l < SKEL_SPARSE_LANES; l++) {
        sum[0] += s[l];
        sum[1] += q[l];
    }
}

void skel_sparse_channel_pool_backward_sums(const skel_sparse_planes *planes,
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
                       const skel_sparse_lane_mask *lanes, float *dx)
{
    bits valid;

    memcpy(&valid, lanes, sizeof valid);
    for (size_t row = 0; row < pooled->height; row++) {
        for (size_t column = 0; column < pooled->width; column++, choice += SKEL_SPARSE_LANES) {
            size_t window = row * kernel * planes->row + column * kernel * SKEL_SPARSE_LANES;
            bits d = (bits)SOURCE(dy + row * pooled->row + column * SKEL_SPARSE_LANES);
            bits at = CHOICE(choice);
            int32_t k = 0;

            for (size_t ky = 0; ky < kernel; ky++) {
                for (size_t kx = 0; kx < kernel; kx++, k++) {
                    size_t pixel = window + ky * planes->row + kx * SKEL_SPARSE_LANES;
                    vector v = (vector)(d & (bits)(at == k));

                    v = channel.slope * (v - offset - (SOURCE(x + pixel) - channel.mean) * factor);
                    VECTOR(dx + pixel) = (vector)((bits)v & valid);
                }
            }
        }
    }
}

void skel_sparse_channel_pool_backward_apply(const skel_sparse_planes *planes,
                                             const skel_sparse_planes *pooled, size_t kernel,
                                             const float *x, skel_sparse_channel channel,
                                             const uint16_t *choice, const float *dy, float offset,
                                             float factor, const skel_sparse_lane_mask *lanes,
                                             float *dx)
{
    if (kernel == 2) {
        pool_apply(planes, pooled, 2, x, channel, choice, dy, offset, factor, lanes, dx);
    } else {
        pool_apply(planes, pooled, kernel, x, channel, choice, dy, offset, factor, lanes, dx);
    }
}
