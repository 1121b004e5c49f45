/** The inputs of a layer's rows: what the window sees at each place. */
#ifndef SKEL_SPECTRA_PATCHES_H
#define SKEL_SPECTRA_PATCHES_H

#include "skel/network.h"

/** Inputs of a row: channels of its group x window, and one more for a bias.
 *
 *  Local.
 */
size_t skel_patches_order(const skel_network *network, const skel_op *op);

/** Places of the window in one image.
 *
 *  Local.
 */
size_t skel_patches_places(const skel_network *network, const skel_op *op);

/** Groups of rows that have the same inputs: those of a convolution, else 1.
 *
 *  Local.
 */
size_t skel_patches_groups(const skel_op *op);

/** Lists the inputs of a group's rows at all places.
 *
 *  Local.
 *  @param input  [images][channels][height][width] of the layer
 *  @param out    [images][places][order] out, in the order of a row's weights; 1 for the bias
 */
void skel_patches_list(const skel_network *network, const skel_op *op, size_t group, size_t images,
                       const double input[], double out[]);

#endif
