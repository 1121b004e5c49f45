/* Pooling over planes of [height][width][lanes]. */
#include "kernels.h"

#include "lanes.h"

#include <string.h>

enum { MOST_TAPS = 65535 };

/* A window's taps that are inside the plane: rows and columns [first, last), and its place. */
typedef struct place {
    size_t row; /* of the output */
    size_t column;
    size_t taps; /* in a row of the window */
    size_t first[2];
    size_t last[2];
    size_t corner; /* floats from the plane's begin to tap 0, which may lie outside: wraps around */
} place;

/* Taps [first, last) of a window along one dimension that are inside. */
static void clip(const skel_dense_window *w, size_t dimension, size_t position, size_t size,
                 place *out)
{
    size_t at = position * w->stride[dimension];
    size_t before = w->before[dimension];
    size_t end = size + before - at; /* every window has a pixel inside */

    out->first[dimension] = at < before ? before - at : 0;
    out->last[dimension] = end < w->kernel[dimension] ? end : w->kernel[dimension];
}

/* Places a window by its row and its column. */
static void set_place(const skel_dense_f32_pool_windows *w, place *p)
{
    if (p->column == 0) {
        clip(&w->window, 0, p->row, w->height, p);
    }
    clip(&w->window, 1, p->column, w->width, p);
    p->corner = ((p->row * w->window.stride[0] - w->window.before[0]) * w->width +
                 p->column * w->window.stride[1] - w->window.before[1]) *
                w->lanes;
}

/* Where a plane's first window is. */
static place first_place(const skel_dense_f32_pool_windows *w)
{
    place p = {.taps = w->window.kernel[1]};

    set_place(w, &p);
    return p;
}

/* Goes on to the next window; behind the last one, to none. */
static void next_place(const skel_dense_f32_pool_windows *w, place *p)
{
    if (++p->column == w->out_width) {
        p->column = 0;
        p->row++;
    }
    if (p->row < w->out_height) {
        set_place(w, p);
    }
}

/* Whether a window is 2x2, and inside the plane. */
static bool is_two_by_two(const skel_dense_f32_pool_windows *w, const place *p)
{
    return w->window.kernel[0] == 2 && p->taps == 2 && p->first[0] == 0 && p->first[1] == 0 &&
           p->last[0] == 2 && p->last[1] == 2;
}

/* Such a window, with taps that the compiler knows. */
static inline __attribute__((always_inline)) place two_by_two(size_t corner)
{
    return (place){.taps = 2, .last = {2, 2}, .corner = corner};
}

/* What the sum of a window is divided by. */
static float divisor(const skel_dense_f32_pool_windows *w, const place *p)
{
    return w->counts_padding ? (float)skel_dense_window_taps(&w->window)
                             : (float)((p->last[0] - p->first[0]) * (p->last[1] - p->first[1]));
}

/* Prepares a plane for the gradients of its windows. Returns whether each pixel is in exactly one
 * window. Then the windows write; else the plane is set to 0 and the windows add. */
static bool start_plane(const skel_dense_f32_pool_windows *w, float *dx)
{
    const skel_dense_window *window = &w->window;
    bool once = window->stride[0] == window->kernel[0] && window->stride[1] == window->kernel[1] &&
                window->before[0] == 0 && window->before[1] == 0 &&
                w->height == w->out_height * window->kernel[0] &&
                w->width == w->out_width * window->kernel[1];

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
    SKEL_ASSERT(skel_dense_window_taps(&windows.window) <= MOST_TAPS);
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
