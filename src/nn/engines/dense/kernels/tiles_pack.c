/* Panels that the tiles read. */
#include "tiles_pack.h"

#include "parts.h"

#include <string.h>

enum { COLUMNS = SKEL_DENSE_TILE_COLUMNS };

bool skel_dense_f32_tiles_reads(const skel_dense_f32_tiles *t, skel_dense_direction direction,
                                size_t target, size_t tap, size_t *source)
{
    const skel_dense_window *w = &t->window;
    size_t row = 0;
    size_t column = 0;

    if (direction == SKEL_DENSE_BACKWARD_DATA) {
        if (!skel_dense_window_up(w, 0, target / t->width, tap / w->kernel[1], t->out_height,
                                  &row) ||
            !skel_dense_window_up(w, 1, target % t->width, tap % w->kernel[1], t->out_width,
                                  &column)) {
            return false;
        }
        *source = row * t->out_width + column;
        return true;
    }
    if (!skel_dense_window_down(w, 0, target / t->out_width, tap / w->kernel[1], t->height, &row) ||
        !skel_dense_window_down(w, 1, target % t->out_width, tap % w->kernel[1], t->width,
                                &column)) {
        return false;
    }
    *source = row * t->width + column;
    return true;
}

void skel_dense_f32_tiles_pack_images(const skel_dense_f32_tiles_source *s, size_t first,
                                      size_t groups, float *panel)
{
    size_t channels = s->blocks * s->lanes;
    size_t plane = s->pixels * s->lanes;

#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < groups * COLUMNS; i++) {
        float *to = panel + i / COLUMNS * s->pixels * channels * COLUMNS + i % COLUMNS;
        bool there = first + i < s->images;

        for (size_t block = 0; block < s->blocks; block++) {
            const float *from = s->data + (there ? (first + i) * s->blocks + block : 0) * plane;

            for (size_t k = 0; k < plane; k++) {
                size_t at = k / s->lanes * channels + block * s->lanes + k % s->lanes;

                to[at * COLUMNS] = there ? from[k] : 0.0F;
            }
        }
    }
}

/* Output pixels [first, last) of a row whose tap reads a pixel inside the image. */
typedef struct stretch {
    size_t first;
    size_t last;
} stretch;

static stretch stretch_of(const skel_dense_f32_tiles *t, size_t tap)
{
    size_t before = t->window.before[1];
    size_t stride = t->window.stride[1];
    size_t reach = tap * t->window.dilation[1];
    size_t first = before > reach ? (before - reach + stride - 1) / stride : 0;
    size_t end = t->width + before > reach ? (t->width + before - reach + stride - 1) / stride : 0;

    return (stretch){.first = first, .last = end < t->out_width ? end : t->out_width};
}

/* Values of one column of an image, `step` floats apart; those outside the image are not written.
 */
static void pack_column(const skel_dense_f32_tiles *t, const float *image, size_t column,
                        size_t step, float *to)
{
    const float *plane = image + column % t->inputs * t->height * t->width;
    size_t tap = column / t->inputs;
    const skel_dense_window *w = &t->window;
    size_t tap_row = tap / w->kernel[1];
    size_t tap_column = tap % w->kernel[1];
    stretch inside = stretch_of(t, tap_column);

    for (size_t oy = 0; oy < t->out_height; oy++) {
        float *row = to + oy * t->out_width * step;
        size_t y = 0;

        if (skel_dense_window_down(w, 0, oy, tap_row, t->height, &y)) {
            const float *from = plane + y * t->width + tap_column * w->dilation[1];

            for (size_t ox = inside.first; ox < inside.last; ox++) {
                row[ox * step] = from[ox * w->stride[1] - w->before[1]];
            }
        }
    }
}

void skel_dense_f32_tiles_pack_patches(const skel_dense_f32_tiles *t, const float *x, size_t first,
                                       size_t groups, float *panel)
{
    size_t columns = t->inputs * skel_dense_window_taps(&t->window);
    size_t floats = t->inputs * t->height * t->width;
    size_t group = t->out_height * t->out_width * columns * COLUMNS;

    memset(panel, 0, groups * group * sizeof *panel);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < groups * COLUMNS; i++) {
        float *to = panel + i / COLUMNS * group + i % COLUMNS;

        for (size_t column = 0; column < columns && first + i < t->images; column++) {
            pack_column(t, x + (first + i) * floats, column, columns * COLUMNS,
                        to + column * COLUMNS);
        }
    }
}

void skel_dense_f32_tiles_pack_channels(const skel_dense_f32_tiles_source *s, size_t first,
                                        size_t images, float *panel)
{
    size_t channels = s->blocks * s->lanes;
    size_t tiles = parts(channels, COLUMNS);
    size_t plane = s->pixels * s->lanes;

#pragma omp parallel for schedule(static)
    for (size_t k = 0; k < tiles * COLUMNS; k++) {
        float *to = panel + k / COLUMNS * s->pixels * images * COLUMNS + k % COLUMNS;
        bool there = k < channels;
        const float *from =
            s->data + first * s->blocks * plane + (there ? k / s->lanes * plane + k % s->lanes : 0);

        for (size_t image = 0; image < images; image++) {
            for (size_t pixel = 0; pixel < s->pixels; pixel++) {
                to[(pixel * images + image) * COLUMNS] =
                    there ? from[image * s->blocks * plane + pixel * s->lanes] : 0.0F;
            }
        }
    }
}

size_t skel_dense_f32_tiles_reach(const skel_dense_f32_tiles *t, size_t d)
{
    const skel_dense_window *w = &t->window;
    size_t out = d == 0 ? t->out_height : t->out_width;

    return (out - 1) * w->stride[d] + (w->kernel[d] - 1) * w->dilation[d] + 1;
}

size_t skel_dense_f32_tiles_offset(const skel_dense_f32_tiles *t, size_t column)
{
    const skel_dense_window *w = &t->window;
    size_t width = skel_dense_f32_tiles_reach(t, 1);
    size_t tap = column / t->inputs;

    return column % t->inputs * skel_dense_f32_tiles_reach(t, 0) * width +
           tap / w->kernel[1] * w->dilation[0] * width + tap % w->kernel[1] * w->dilation[1];
}

void skel_dense_f32_tiles_pack_padded(const skel_dense_f32_tiles *t, const float *x, size_t first,
                                      size_t images, float *panel)
{
    const size_t *before = t->window.before;
    size_t rows = skel_dense_f32_tiles_reach(t, 0);
    size_t width = skel_dense_f32_tiles_reach(t, 1);
    size_t right = before[1] + t->width < width ? before[1] + t->width : width;
    size_t planes = images * t->inputs;

    memset(panel, 0, planes * rows * width * sizeof *panel);
#pragma omp parallel for schedule(static)
    for (size_t plane = 0; plane < planes; plane++) {
        const float *from = x + (first * t->inputs + plane) * t->height * t->width;

        for (size_t y = 0; y < t->height && before[0] + y < rows && before[1] < right; y++) {
            memcpy(panel + (plane * rows + before[0] + y) * width + before[1], from + y * t->width,
                   (right - before[1]) * sizeof *panel);
        }
    }
}

void skel_dense_f32_tiles_pack_pairs(const skel_dense_f32_tiles_source *s, size_t first,
                                     size_t images, float *panel)
{
    size_t pairs = (s->blocks + 1) / 2;

#pragma omp parallel for schedule(static)
    for (size_t block = 0; block < 2 * pairs; block++) {
        float *pair = panel + (block / 2 * images * s->pixels * 2 + block % 2) * s->lanes;

        for (size_t image = 0; image < images; image++) {
            const float *from =
                s->data + ((first + image) * s->blocks + block) * s->pixels * s->lanes;

            for (size_t pixel = 0; pixel < s->pixels; pixel++) {
                float *to = pair + (pixel * images + image) * 2 * s->lanes;

                if (block < s->blocks) {
                    memcpy(to, from + pixel * s->lanes, s->lanes * sizeof *to);
                } else {
                    memset(to, 0, s->lanes * sizeof *to);
                }
            }
        }
    }
}
