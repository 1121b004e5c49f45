/* Pooling, a vector of 16 images at a time. */
#include "pool_kernels.h"

#include "skel/status.h"

#include <math.h>
#include <string.h>

enum { MOST_KERNEL = 255 };

/* The k-th pixel of the window at (row, column). */
static size_t pixel(const skel_pool *pool, size_t row, size_t column, size_t k)
{
    return (row * pool->stride + k / pool->kernel) * pool->in.row +
           (column * pool->stride + k % pool->kernel) * SKEL_LANES;
}

static void largest(const skel_pool *pool, const float *window, float *y, uint16_t *choice)
{
    float best[SKEL_LANES];
    int32_t at[SKEL_LANES] = {0};

    for (size_t l = 0; l < SKEL_LANES; l++) {
        best[l] = -INFINITY;
    }
    for (size_t ky = 0, k = 0; ky < pool->kernel; ky++) {
        for (size_t kx = 0; kx < pool->kernel; kx++, k++) {
            const float *v = window + ky * pool->in.row + kx * SKEL_LANES;

            for (size_t l = 0; l < SKEL_LANES; l++) {
                bool better = v[l] > best[l] || v[l] != v[l];

                best[l] = better ? v[l] : best[l];
                at[l] = better ? (int32_t)k : at[l];
            }
        }
    }
    memcpy(y, best, sizeof best);
    for (size_t l = 0; choice != NULL && l < SKEL_LANES; l++) {
        choice[l] = (uint16_t)at[l];
    }
}

void skel_pool_max(const skel_pool *pool, const float *x, float *y, uint16_t *choice)
{
    SKEL_ASSERT(pool->kernel <= MOST_KERNEL);
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            largest(pool, x + pixel(pool, row, column, 0),
                    y + row * pool->out.row + column * SKEL_LANES, choice);
            choice = choice == NULL ? NULL : choice + SKEL_LANES;
        }
    }
}

static void clear(const skel_planes *planes, float *dx)
{
    for (size_t row = 0; row < planes->height; row++) {
        memset(dx + row * planes->row, 0, planes->width * SKEL_LANES * sizeof *dx);
    }
}

void skel_pool_max_backward(const skel_pool *pool, const uint16_t *choice, const float *dy,
                            float *dx)
{
    clear(&pool->in, dx);
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            const float *d = dy + row * pool->out.row + column * SKEL_LANES;

            for (size_t k = 0; k < pool->kernel * pool->kernel; k++) {
                float *to = dx + pixel(pool, row, column, k);

                for (size_t l = 0; l < SKEL_LANES; l++) {
                    to[l] += choice[l] == k ? d[l] : 0.0F;
                }
            }
            choice += SKEL_LANES;
        }
    }
}

void skel_pool_mean(const skel_pool *pool, const float *x, float *y)
{
    float share = 1.0F / (float)(pool->kernel * pool->kernel);

    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            float *to = y + row * pool->out.row + column * SKEL_LANES;
            float sum[SKEL_LANES] = {0};

            for (size_t k = 0; k < pool->kernel * pool->kernel; k++) {
                const float *v = x + pixel(pool, row, column, k);

                for (size_t l = 0; l < SKEL_LANES; l++) {
                    sum[l] += v[l];
                }
            }
            for (size_t l = 0; l < SKEL_LANES; l++) {
                to[l] = sum[l] * share;
            }
        }
    }
}

void skel_pool_mean_backward(const skel_pool *pool, const float *dy, float *dx)
{
    float share = 1.0F / (float)(pool->kernel * pool->kernel);

    clear(&pool->in, dx);
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            const float *d = dy + row * pool->out.row + column * SKEL_LANES;

            for (size_t k = 0; k < pool->kernel * pool->kernel; k++) {
                float *to = dx + pixel(pool, row, column, k);

                for (size_t l = 0; l < SKEL_LANES; l++) {
                    to[l] += d[l] * share;
                }
            }
        }
    }
}
