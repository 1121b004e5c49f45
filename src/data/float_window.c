/* Linear interpolation between pixel centres: a window never shrinks, so two pixels of each
 * dimension make a new one. */
#include "float_window.h"

#include "skel/memory.h"

/* The two old pixels that make a new one, and the share of the second. */
typedef struct pair {
    size_t first;
    size_t second;
    double share;
} pair;

/* New pixel i of `count`, made of `extent` old ones from `begin` on. */
static pair pair_at(size_t i, size_t count, size_t begin, size_t extent)
{
    double at = ((double)i + 0.5) * (double)extent / (double)count - 0.5;
    size_t last = extent - 1;
    size_t first = at <= 0 ? 0 : (size_t)at < last ? (size_t)at : last;
    size_t second = first < last && at > 0 ? first + 1 : first;

    return (pair){begin + first, begin + second, at > 0 ? at - (double)first : 0};
}

static double between(double a, double b, double share)
{
    return a + (b - a) * share;
}

skel_status skel_float_window_resize(size_t height, size_t width, const float plane[],
                                     const skel_window *window, bool flip, float out[])
{
    pair *columns = NULL;
    skel_status status = SKEL_ALLOC_RAW(width, sizeof *columns, &columns);

    SKEL_TRY(status);
    for (size_t x = 0; x < width; x++) {
        columns[x] = pair_at(flip ? width - 1 - x : x, width, window->left, window->width);
    }
    for (size_t y = 0; y < height; y++) {
        pair row = pair_at(y, height, window->top, window->height);
        const float *above = plane + row.first * width;
        const float *below = plane + row.second * width;

        for (size_t x = 0; x < width; x++) {
            const pair *column = &columns[x];

            out[y * width + x] = (float)between(
                between((double)above[column->first], (double)above[column->second], column->share),
                between((double)below[column->first], (double)below[column->second], column->share),
                row.share);
        }
    }
done:
    SKEL_FREE(&columns);
    return status;
}
