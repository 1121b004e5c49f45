/* Convolutions that the engine's own Winograd's algorithm executes. */
#include "winograd.h"

#include "../kernels/winograd.h"

#include "skel/isa.h"

enum { SIDE = 4, WIDE = 16 }; /* of a tile of outputs; lanes with AVX-512 */

/* Whether the algorithm has fewer multiply-adds than a direct kernel, which skips taps on the
 * padding. Costs are of a pair of channels, measured with 8 lanes: 36 products a tile, about 500
 * for the weights, and in each tile about 1000 for each channel of either side. */
static bool costs_less(const skel_dense_f32_tiles *t)
{
    const double transform = 1000;
    const double weights = 500;
    const double products = 36;
    double inputs = (double)t->inputs;
    double outputs = (double)t->outputs;
    size_t tiles = t->images * ((t->height + SIDE - 1) / SIDE) * ((t->width + SIDE - 1) / SIDE);
    double taps = (double)(t->images * (3 * t->height - 2) * (3 * t->width - 2));

    return (double)tiles * (products + transform / inputs + transform / outputs) + weights < taps;
}

/* Whether the algorithm beats oneDNN's own F(4x4, 3x3), which exists with 16 lanes alone: where the
 * products are most of it or an image is one tile, and for the gradient of the weights, which it
 * leaves in the order of the parameters. Measured on a processor of the Zen 4 kind. */
static bool beats_onednn(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    enum { MANY = 128 };

    return direction == SKEL_DENSE_BACKWARD_WEIGHTS || (t->inputs >= MANY && t->outputs >= MANY) ||
           (t->height <= SIDE && t->width <= SIDE);
}

bool skel_dense_winograd_pays(const skel_dense_f32_tiles *t)
{
    return skel_dense_f32_winograd_fits(t) && costs_less(t) &&
           (t->lanes != WIDE || skel_isa_best() == SKEL_ISA_AVX512);
}

bool skel_dense_winograd_preferred(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    return skel_dense_winograd_pays(t) && (t->lanes != WIDE || beats_onednn(t, direction));
}
