/* Pooling over planes of [height][width][lanes]. */
#include "kernels.h"

#include "skel/status.h"

#include <string.h>

enum { MOST_KERNEL = 255 };

/* Where a plane's i-th window begins. */
static size_t first_pixel(const skel_lanes_windows *w, size_t i)
{
    return (i / w->out_width * w->width + i % w->out_width) * w->stride * w->lanes;
}

/* Prepares a plane for its windows' gradients. Returns whether every pixel is in exactly one
 * window, to be written once; else all are 0, to be added to. */
static bool start_plane(const skel_lanes_windows *w, float *dx)
{
    bool once = w->stride == w->kernel && w->height == w->out_height * w->kernel &&
                w->width == w->out_width * w->kernel;

    if (!once) {
        memset(dx, 0, w->height * w->width * w->lanes * sizeof *dx);
    }
    return once;
}

#define LANES 16
#define NAME(verb) verb##_16
#include "pool_lanes.h"
#define LANES 8
#define NAME(verb) verb##_8
#include "pool_lanes.h"
#define LANES 1
#define NAME(verb) verb##_1
#include "pool_lanes.h"

/* Calls the function for the number of lanes. */
#define FOR_LANES(verb, w, ...)                                                                    \
    do {                                                                                           \
        if ((w).lanes == 16) {                                                                     \
            verb##_16(&(w), __VA_ARGS__);                                                          \
        } else if ((w).lanes == 8) {                                                               \
            verb##_8(&(w), __VA_ARGS__);                                                           \
        } else {                                                                                   \
            SKEL_ASSERT((w).lanes == 1);                                                           \
            verb##_1(&(w), __VA_ARGS__);                                                           \
        }                                                                                          \
    } while (0)

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

void skel_lanes_maxpool_chosen(skel_lanes_windows windows, const uint16_t *choice, const float *x,
                               float *y)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < windows.planes; p++) {
        FOR_LANES(chosen_plane, windows, choice + p * out_plane(&windows),
                  x + p * in_plane(&windows), y + p * out_plane(&windows));
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
