/** A network whose first layer makes the image: the image is a parameter, so that engines, which
 *  know gradients by parameters alone, give the gradient by the image.
 *
 *  The layer is a convolution of a single pixel of 1 among zeros with a kernel of the image's size,
 *  whose output is the kernel, turned by half a turn.
 */
#ifndef SKEL_IMAGED_H
#define SKEL_IMAGED_H

#include "skel/network.h"

/** Puts the layer in front of a network without batch norm (skel_folded_create()).
 *
 *  Local. The flat vector begins with [channels][height][width] of the image, turned; the
 *  network's own follows.
 *  @param out  *owned*: skel_network_destroy() it
 *  Errors: SKEL_ERR_CONFIG for an image that is not square; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_imaged_create(const skel_network *network, skel_network **out);

/** Elements of the layer's input, one channel of a square.
 *
 *  Local.
 */
size_t skel_imaged_input(const skel_network *imaged);

/** Sets the layer's input: 1 in the centre, else 0.
 *
 *  Local. @param out  [skel_imaged_input()] out
 */
void skel_imaged_fill(const skel_network *imaged, float out[]);

/** Turns the pixels of each channel by half a turn: from the image to the parameter, or back.
 *
 *  Local. `channels` of `pixels` each; `out` is not `in`.
 */
void skel_imaged_turn(size_t channels, size_t pixels, const float in[], float out[]);

#endif
