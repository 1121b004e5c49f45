/* Pooling, a vector of 16 images at a time. */
#include "pool_kernels.h"

#include "lanes.h"

#include "skel/status.h"

enum { MOST_KERNEL = 255 };

/* First pixel of the window at (row, column). */
INLINE size_t corner(const skel_sparse_pool *pool, size_t row, size_t column)
{
    return row * pool->stride * pool->in.row + column * pool->stride * LANES;
}

INLINE void largest(const skel_sparse_pool *pool, size_t kernel, const float *window, float *y,
                    uint16_t *choice)
{
    vector best = SOURCE(window);
    bits at = {0};
    int32_t k = 0;

    for (size_t ky = 0; ky < kernel; ky++) {
        for (size_t kx = 0; kx < kernel; kx++, k++) {
            vector v = SOURCE(window + ky * pool->in.row + kx * LANES);
            bits better = (bits)(v > best) | (bits)(v != v);

            best = (vector)(((bits)v & better) | ((bits)best & ~better));
            at = (better & k) | (at & ~better);
        }
    }
    TARGET(y) = best;
    if (choice != NULL) {
        *(halves *)(void *)choice = __builtin_convertvector(at, halves);
    }
}

INLINE void max_plane(const skel_sparse_pool *pool, size_t kernel, const float *x, float *y,
                      uint16_t *choice)
{
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            largest(pool, kernel, x + corner(pool, row, column),
                    y + row * pool->out.row + column * LANES, choice);
            choice = choice == NULL ? NULL : choice + LANES;
        }
    }
}

static void pool_max(const skel_sparse_pool *pool, const float *x, float *y, uint16_t *choice)
{
    SKEL_ASSERT(pool->kernel <= MOST_KERNEL);
    if (pool->kernel == 2) {
        max_plane(pool, 2, x, y, choice);
    } else {
        max_plane(pool, pool->kernel, x, y, choice);
    }
}

/* Prepares a channel for its windows' gradients. Returns whether every pixel is in exactly one
 * window, to be written once; else all are 0, to be added to. */
static bool start(const skel_sparse_pool *pool, float *dx)
{
    const skel_sparse_planes *in = &pool->in;

    if (pool->stride == pool->kernel && in->height == pool->out.height * pool->kernel &&
        in->width == pool->out.width * pool->kernel) {
        return true;
    }
    for (size_t row = 0; row < in->height; row++) {
        memset(dx + row * in->row, 0, in->width * LANES * sizeof *dx);
    }
    return false;
}

INLINE void max_backward(const skel_sparse_pool *pool, size_t kernel, bool once,
                         const uint16_t *choice, const float *dy, float *dx)
{
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++, choice += LANES) {
            vector d = SOURCE(dy + row * pool->out.row + column * LANES);
            bits at = __builtin_convertvector(*(const halves *)(const void *)choice, bits);
            float *window = dx + corner(pool, row, column);
            int32_t k = 0;

            for (size_t ky = 0; ky < kernel; ky++) {
                for (size_t kx = 0; kx < kernel; kx++, k++) {
                    float *to = window + ky * pool->in.row + kx * LANES;
                    vector part = (vector)((bits)d & (bits)(at == k));

                    if (!once) {
                        part += TARGET(to);
                    }
                    TARGET(to) = part;
                }
            }
        }
    }
}

static void pool_max_backward(const skel_sparse_pool *pool, const uint16_t *choice, const float *dy,
                              float *dx)
{
    bool once = start(pool, dx);

    if (pool->kernel == 2 && once) {
        max_backward(pool, 2, true, choice, dy, dx);
    } else {
        max_backward(pool, pool->kernel, once, choice, dy, dx);
    }
}

static void pool_mean(const skel_sparse_pool *pool, const float *x, float *y)
{
    float share = 1.0F / (float)(pool->kernel * pool->kernel);

    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            const float *window = x + corner(pool, row, column);
            vector sum = {0};

            for (size_t ky = 0; ky < pool->kernel; ky++) {
                for (size_t kx = 0; kx < pool->kernel; kx++) {
                    sum += SOURCE(window + ky * pool->in.row + kx * LANES);
                }
            }
            TARGET(y + row * pool->out.row + column * LANES) = sum * share;
        }
    }
}

static void pool_mean_backward(const skel_sparse_pool *pool, const float *dy, float *dx)
{
    float share = 1.0F / (float)(pool->kernel * pool->kernel);
    bool once = start(pool, dx);

    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            vector d = SOURCE(dy + row * pool->out.row + column * LANES) * share;
            float *window = dx + corner(pool, row, column);

            for (size_t ky = 0; ky < pool->kernel; ky++) {
                for (size_t kx = 0; kx < pool->kernel; kx++) {
                    float *to = window + ky * pool->in.row + kx * LANES;

                    vector part = d;

                    if (!once) {
                        part += TARGET(to);
                    }
                    TARGET(to) = part;
                }
            }
        }
    }
}

const skel_sparse_pool_kernels SKEL_ISA_NAME(skel_sparse_pool_kernels) = {
    .max = pool_max,
    .max_backward = pool_max_backward,
    .mean = pool_mean,
    .mean_backward = pool_mean_backward,
};
