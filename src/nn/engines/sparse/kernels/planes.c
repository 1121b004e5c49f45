/* Between images one after the other and blocks. */
#include "planes.h"

#include <string.h>

static void clear(const skel_sparse_planes *planes, float *first, size_t pixels)
{
    memset(first, 0, pixels * planes->lanes * sizeof *first);
}

void skel_sparse_planes_clear_ring(const skel_sparse_planes *planes, float *block)
{
    size_t ring = planes->ring;

    for (size_t c = 0; ring > 0 && c < planes->channels; c++) {
        float *plane = block + c * planes->plane;
        size_t across = planes->width + 2 * ring;

        clear(planes, plane, ring * across + ring);
        for (size_t y = 0; y + 1 < planes->height; y++) {
            /* the right end of one row and the left end of the next are together */
            clear(planes, plane + (ring + y) * planes->row + (ring + planes->width) * planes->lanes,
                  2 * ring);
        }
        clear(planes, plane + (ring + planes->height) * planes->row - ring * planes->lanes,
              ring + ring * across);
    }
}

/* Lanes of a block that hold an image. */
static size_t lanes_of(const skel_sparse_planes *planes, size_t count, size_t block)
{
    size_t left = count - block * planes->lanes;

    return left < planes->lanes ? left : planes->lanes;
}

void skel_sparse_planes_fill(const skel_sparse_planes *planes, size_t count, const float images[],
                             float *blocks)
{
    size_t pixels = planes->channels * planes->height * planes->width;

    for (size_t b = 0; b < skel_sparse_blocks_of(planes->lanes, count); b++) {
        size_t lanes = lanes_of(planes, count, b);
        const float *from = images + b * planes->lanes * pixels;

        for (size_t c = 0; c < planes->channels; c++) {
            float *to = blocks + b * skel_sparse_planes_floats(planes) +
                        skel_sparse_planes_origin(planes, c);

            for (size_t y = 0; y < planes->height; y++, to += planes->row) {
                for (size_t x = 0; x < planes->width; x++, from++) {
                    for (size_t l = 0; l < planes->lanes; l++) {
                        to[x * planes->lanes + l] = l < lanes ? from[l * pixels] : 0.0F;
                    }
                }
            }
        }
    }
}

void skel_sparse_planes_empty(const skel_sparse_planes *planes, size_t count, const float *blocks,
                              float images[])
{
    size_t pixels = planes->channels * planes->height * planes->width;

    for (size_t b = 0; b < skel_sparse_blocks_of(planes->lanes, count); b++) {
        size_t lanes = lanes_of(planes, count, b);
        float *to = images + b * planes->lanes * pixels;

        for (size_t c = 0; c < planes->channels; c++) {
            const float *from = blocks + b * skel_sparse_planes_floats(planes) +
                                skel_sparse_planes_origin(planes, c);

            for (size_t y = 0; y < planes->height; y++, from += planes->row) {
                for (size_t x = 0; x < planes->width; x++, to++) {
                    for (size_t l = 0; l < lanes; l++) {
                        to[l * pixels] = from[x * planes->lanes + l];
                    }
                }
            }
        }
    }
}
