/* Batch norm over [images][blocks][pixels][lanes]: planes shared out to threads. */
#include "kernels.h"

#include "skel/status.h"

#include <string.h>

enum {
    CHUNK = 256,         /* pixels summed in float: 16 KiB of 16 lanes */
    GROUP_PIXELS = 1024, /* pixels of one partial sum, at least */
    MOST_LANES = 16,
};

#define LANES 16
#define NAME(verb) verb##_16
#include "norm_lanes.h"
#define LANES 8
#define NAME(verb) verb##_8
#include "norm_lanes.h"
#define LANES 1
#define NAME(verb) verb##_1
#include "norm_lanes.h"

/* Calls the function for the number of lanes. */
#define FOR_LANES(lanes, verb, ...)                                                                \
    do {                                                                                           \
        if ((lanes) == 16) {                                                                       \
            verb##_16(__VA_ARGS__);                                                                \
        } else if ((lanes) == 8) {                                                                 \
            verb##_8(__VA_ARGS__);                                                                 \
        } else {                                                                                   \
            SKEL_ASSERT((lanes) == 1);                                                             \
            verb##_1(__VA_ARGS__);                                                                 \
        }                                                                                          \
    } while (0)

/* Images of one partial sum: few pixels an image, many images. */
static size_t group_images(skel_lanes_extent e)
{
    return e.pixels >= GROUP_PIXELS ? 1 : (GROUP_PIXELS + e.pixels - 1) / e.pixels;
}

static size_t groups(skel_lanes_extent e)
{
    return (e.images + group_images(e) - 1) / group_images(e);
}

static size_t plane_of(skel_lanes_extent e, size_t image, size_t block)
{
    return (image * e.blocks + block) * e.pixels * e.lanes;
}

size_t skel_lanes_norm_partials(skel_lanes_extent extent)
{
    return 2 * groups(extent) * extent.blocks * extent.lanes;
}

static size_t last_image(skel_lanes_extent e, size_t group)
{
    size_t end = (group + 1) * group_images(e);

    return end < e.images ? end : e.images;
}

/* Adds up the groups' sums, always in the same order. `partials` is [group][block][2][lanes]. */
static void reduce(skel_lanes_extent e, const double partials[], size_t channels, double first[],
                   double second[])
{
    for (size_t c = 0; c < channels; c++) {
        size_t at = c / e.lanes * 2 * e.lanes + c % e.lanes;

        first[c] = 0;
        second[c] = 0;
        for (size_t g = 0; g < groups(e); g++) {
            const double *group = partials + g * 2 * e.blocks * e.lanes;

            first[c] += group[at];
            second[c] += group[at + e.lanes];
        }
    }
}

void skel_lanes_norm_sums(skel_lanes_extent extent, const float *x, double partials[],
                          size_t channels, double sum[], double squares[])
{
    size_t count = groups(extent);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t g = 0; g < count; g++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            double *s = partials + (g * extent.blocks + b) * 2 * extent.lanes;

            memset(s, 0, 2 * extent.lanes * sizeof *s);
            for (size_t n = g * group_images(extent); n < last_image(extent, g); n++) {
                FOR_LANES(extent.lanes, sums, extent.pixels, x + plane_of(extent, n, b), s,
                          s + extent.lanes);
            }
        }
    }
    reduce(extent, partials, channels, sum, squares);
}

/* Address of a plane of a tensor that may not be there. */
static const float *plane_or_null(const float *tensor, size_t plane)
{
    return tensor == NULL ? NULL : tensor + plane;
}

void skel_lanes_norm_apply(skel_lanes_extent extent, const float *x,
                           skel_lanes_norm_vectors vectors, const float *other, bool relu, float *y)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = plane_of(extent, n, b);
            size_t c = b * extent.lanes;

            FOR_LANES(extent.lanes, apply, extent.pixels, x + plane, vectors.mean + c,
                      vectors.slope + c, vectors.shift + c, plane_or_null(other, plane), relu,
                      y + plane);
        }
    }
}

void skel_lanes_norm_backward_sums(skel_lanes_extent extent, const float *x,
                                   skel_lanes_norm_vectors vectors,
                                   skel_lanes_norm_incoming incoming, float *kept,
                                   double partials[], size_t channels, double sum[],
                                   double products[])
{
    size_t count = groups(extent);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t g = 0; g < count; g++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            double *s = partials + (g * extent.blocks + b) * 2 * extent.lanes;
            size_t c = b * extent.lanes;

            memset(s, 0, 2 * extent.lanes * sizeof *s);
            for (size_t n = g * group_images(extent); n < last_image(extent, g); n++) {
                size_t plane = plane_of(extent, n, b);

                FOR_LANES(extent.lanes, backward_sums, extent.pixels, x + plane, vectors.mean + c,
                          vectors.slope + c, vectors.shift + c, incoming.first + plane,
                          plane_or_null(incoming.second, plane),
                          plane_or_null(incoming.output, plane), incoming.relu,
                          kept == NULL ? NULL : kept + plane, s, s + extent.lanes);
            }
        }
    }
    reduce(extent, partials, channels, sum, products);
}

void skel_lanes_norm_backward_apply(skel_lanes_extent extent, const float *x,
                                    skel_lanes_norm_vectors vectors,
                                    skel_lanes_norm_incoming incoming, const float offset[],
                                    const float factor[], float *dx)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t b = 0; b < extent.blocks; b++) {
            size_t plane = plane_of(extent, n, b);
            size_t c = b * extent.lanes;

            FOR_LANES(extent.lanes, backward_apply, extent.pixels, x + plane, vectors.mean + c,
                      vectors.slope + c, vectors.shift + c, incoming.first + plane,
                      plane_or_null(incoming.second, plane), plane_or_null(incoming.output, plane),
                      incoming.relu, offset + c, factor + c, dx + plane);
        }
    }
}
