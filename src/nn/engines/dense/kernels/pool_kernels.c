/* Pooling over planes of [height][width][lanes]. */
#include "kernels.h"

#include "lanes.h"

#include <string.h>

enum { MOST_KERNEL = 255 };

/* Where a plane's i-th window begins. */
static size_t first_pixel(const skel_dense_f32_pool_windows *w, size_t i)
{
    return (i / w->out_width * w->width + i % w->out_width) * w->stride * w->lanes;
}

/* Prepares a plane for the gradients of its windows. Returns whether each pixel is in exactly one
 * window. Then the windows write; else the plane is set to 0 and the windows add. */
static bool start_plane(const skel_dense_f32_pool_windows *w, float *dx)
{
    bool once = w->stride == w->kernel && w->height == w->out_height * w->kernel &&
                w->width == w->out_width * w->kernel;

    if (!once) {
        memset(dx, 0, w->height * w->width * w->lanes * sizeof *dx);
    }
    return once;
}

#define LANES_FILE "pool_lanes.h"
#include "each_lanes.h"

static size_t in_plane(const skel_dense_f32_pool_windows *w)
{
    return w->height * w->width * w->lanes;
}

static size_t out_plane(const skel_dense_f32_pool_windows *w)
{
    return w->out_height * w->out_width * w->lanes;
}

static void pool_max_forward(skel_dense_f32_pool_windows windows, const float *x, float *y,
                             uint16_t *choice)
{
    SKEL_ASSERT(windows.kernel <= MOST_KERNEL);
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        uint16_t *chosen = choice == NULL ? NULL : choice + p * out_plane(&windows);

        FOR_LANES(windows.lanes, max_plane, &windows, x + p * in_plane(&windows),
                  y + p * out_plane(&windows), chosen);
    }
}

static void pool_max_chosen(skel_dense_f32_pool_windows windows, const uint16_t *choice,
                            const float *x, float *y)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(windows.lanes, chosen_plane, &windows, choice + p * out_plane(&windows),
                  x + p * in_plane(&windows), y + p * out_plane(&windows));
    }
}

static void pool_max_backward(skel_dense_f32_pool_windows windows, const uint16_t *choice,
                              const float *dy, float *dx)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(windows.lanes, max_plane_backward, &windows, choice + p * out_plane(&windows),
                  dy + p * out_plane(&windows), dx + p * in_plane(&windows));
    }
}

static void pool_mean_forward(skel_dense_f32_pool_windows windows, const float *x, float *y)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(windows.lanes, mean_plane, &windows, x + p * in_plane(&windows),
                  y + p * out_plane(&windows));
    }
}

static void pool_mean_backward(skel_dense_f32_pool_windows windows, const float *dy, float *dx)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(windows.lanes, mean_plane_backward, &windows, dy + p * out_plane(&windows),
                  dx + p * in_plane(&windows));
    }
}

const skel_dense_pool_kernels SKEL_ISA_NAME(skel_dense_pool_kernels) = {
    .max_forward = pool_max_forward,
    .max_chosen = pool_max_chosen,
    .max_backward = pool_max_backward,
    .mean_forward = pool_mean_forward,
    .mean_backward = pool_mean_backward,
};
