/* Pooling over planes of [height][width][lanes]. */
#include "kernels.h"

#include "skel/status.h"

#include <math.h>
#include <string.h>

enum { MOST_LANES = 16, MOST_KERNEL = 255 };

/* First lane of the pixel (y, x) of the window at (row, column) of a plane. */
static size_t pixel(const skel_lanes_windows *w, size_t row, size_t column, size_t y, size_t x)
{
    return ((row * w->stride + y) * w->width + column * w->stride + x) * w->lanes;
}

/* Every function below is compiled for each number of lanes: constant, the loops become vectors. */
#define INLINE static inline __attribute__((always_inline))

#define FOR_LANES(verb, w, ...)                                                                    \
    do {                                                                                           \
        if ((w).lanes == 16) {                                                                     \
            verb(&(w), 16, __VA_ARGS__);                                                           \
        } else if ((w).lanes == 8) {                                                               \
            verb(&(w), 8, __VA_ARGS__);                                                            \
        } else {                                                                                   \
            SKEL_ASSERT((w).lanes == 1);                                                           \
            verb(&(w), 1, __VA_ARGS__);                                                            \
        }                                                                                          \
    } while (0)

INLINE void largest(const skel_lanes_windows *w, size_t lanes, size_t row, size_t column,
                    const float *x, float *y, uint16_t *choice)
{
    float best[MOST_LANES];
    int32_t at[MOST_LANES];
    int32_t position = 0;

    for (size_t l = 0; l < lanes; l++) {
        best[l] = -INFINITY;
        at[l] = 0;
    }
    for (size_t ky = 0; ky < w->kernel; ky++) {
        for (size_t kx = 0; kx < w->kernel; kx++, position++) {
            const float *v = x + pixel(w, row, column, ky, kx);

            for (size_t l = 0; l < lanes; l++) {
                bool better = v[l] > best[l] || v[l] != v[l];

                best[l] = better ? v[l] : best[l];
                at[l] = better ? position : at[l];
            }
        }
    }
    memcpy(y, best, lanes * sizeof *y);
    for (size_t l = 0; choice != NULL && l < lanes; l++) {
        choice[l] = (uint16_t)at[l];
    }
}

INLINE void max_plane(const skel_lanes_windows *w, size_t lanes, const float *x, float *y,
                      uint16_t *choice)
{
    for (size_t row = 0; row < w->out_height; row++) {
        for (size_t column = 0; column < w->out_width; column++) {
            size_t out = (row * w->out_width + column) * lanes;

            largest(w, lanes, row, column, x, y + out, choice == NULL ? NULL : choice + out);
        }
    }
}

INLINE void max_plane_backward(const skel_lanes_windows *w, size_t lanes, const uint16_t *choice,
                               const float *dy, float *dx)
{
    memset(dx, 0, w->height * w->width * lanes * sizeof *dx);
    for (size_t row = 0; row < w->out_height; row++) {
        for (size_t column = 0; column < w->out_width; column++) {
            size_t out = (row * w->out_width + column) * lanes;

            for (size_t k = 0; k < w->kernel * w->kernel; k++) {
                float *d = dx + pixel(w, row, column, k / w->kernel, k % w->kernel);

                for (size_t l = 0; l < lanes; l++) {
                    d[l] += choice[out + l] == k ? dy[out + l] : 0.0F;
                }
            }
        }
    }
}

INLINE void mean_plane(const skel_lanes_windows *w, size_t lanes, const float *x, float *y)
{
    float share = 1.0F / (float)(w->kernel * w->kernel);

    for (size_t row = 0; row < w->out_height; row++) {
        for (size_t column = 0; column < w->out_width; column++) {
            float sum[MOST_LANES] = {0};

            for (size_t k = 0; k < w->kernel * w->kernel; k++) {
                const float *v = x + pixel(w, row, column, k / w->kernel, k % w->kernel);

                for (size_t l = 0; l < lanes; l++) {
                    sum[l] += v[l];
                }
            }
            for (size_t l = 0; l < lanes; l++) {
                y[(row * w->out_width + column) * lanes + l] = sum[l] * share;
            }
        }
    }
}

INLINE void mean_plane_backward(const skel_lanes_windows *w, size_t lanes, const float *dy,
                                float *dx)
{
    float share = 1.0F / (float)(w->kernel * w->kernel);

    memset(dx, 0, w->height * w->width * lanes * sizeof *dx);
    for (size_t row = 0; row < w->out_height; row++) {
        for (size_t column = 0; column < w->out_width; column++) {
            const float *d = dy + (row * w->out_width + column) * lanes;

            for (size_t k = 0; k < w->kernel * w->kernel; k++) {
                float *v = dx + pixel(w, row, column, k / w->kernel, k % w->kernel);

                for (size_t l = 0; l < lanes; l++) {
                    v[l] += d[l] * share;
                }
            }
        }
    }
}

static size_t in_plane(const skel_lanes_windows *w)
{
    return w->height * w->width * w->lanes;
}

static size_t out_plane(const skel_lanes_windows *w)
{
    return w->out_height * w->out_width * w->lanes;
}

void skel_lanes_maxpool_forward(skel_lanes_windows windows, const float *x, float *y,
                                uint16_t *choice)
{
    SKEL_ASSERT(windows.kernel <= MOST_KERNEL);
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        uint16_t *chosen = choice == NULL ? NULL : choice + p * out_plane(&windows);

        FOR_LANES(max_plane, windows, x + p * in_plane(&windows), y + p * out_plane(&windows),
                  chosen);
    }
}

void skel_lanes_maxpool_backward(skel_lanes_windows windows, const uint16_t *choice,
                                 const float *dy, float *dx)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(max_plane_backward, windows, choice + p * out_plane(&windows),
                  dy + p * out_plane(&windows), dx + p * in_plane(&windows));
    }
}

void skel_lanes_avgpool_forward(skel_lanes_windows windows, const float *x, float *y)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(mean_plane, windows, x + p * in_plane(&windows), y + p * out_plane(&windows));
    }
}

void skel_lanes_avgpool_backward(skel_lanes_windows windows, const float *dy, float *dx)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(mean_plane_backward, windows, dy + p * out_plane(&windows),
                  dx + p * in_plane(&windows));
    }
}
