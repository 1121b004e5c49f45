/* Convolutions that the engine's own Winograd's algorithm executes. */
#include "winograd.h"

#include "../kernels/winograd.h"

/* Costs in multiply-adds per pair of channels, measured on a processor with 8 lanes: 36 products a
 * tile, about 500 for the weights, and in each tile about 1000 for each channel of either side.
 * Direct kernels skip taps on the padding. With 16 lanes oneDNN has the algorithm itself. */
bool skel_dense_winograd_preferred(const skel_dense_f32_tiles *t)
{
    enum { LANES = 8, SIDE = 4 };
    const double transform = 1000;
    const double weights = 500;
    const double products = 36;
    double inputs = (double)t->inputs;
    double outputs = (double)t->outputs;
    size_t tiles = t->images * ((t->height + SIDE - 1) / SIDE) * ((t->width + SIDE - 1) / SIDE);
    double taps = (double)(t->images * (3 * t->height - 2) * (3 * t->width - 2));

    return t->lanes == LANES && skel_dense_f32_winograd_fits(t) &&
           (double)tiles * (products + transform / inputs + transform / outputs) + weights < taps;
}
