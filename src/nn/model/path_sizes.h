/** How large the numbers of paths from the image to each tensor are. */
#ifndef SKEL_NN_PATH_SIZES_H
#define SKEL_NN_PATH_SIZES_H

#include "skel/network.h"

/** The exponent of the largest number of paths to a pixel of each tensor, away from the border: a
 *  power of two near it. A ReLU, leaky ReLU or clip lets half of the paths pass. A tensor that no
 *  path reaches has the exponent of the operand before it.
 *
 *  Local.
 *  @param keep      [parameter_count] mask
 *  @param exponent  [tensors] out; 0 for the image
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_path_sizes_of(const skel_network *network, const uint8_t keep[],
                                            int exponent[]);

#endif
