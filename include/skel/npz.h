/** NumPy's archives of arrays, as numpy.load() reads them: a zip file of .npy files, not
 *  compressed.
 */
#ifndef SKEL_NPZ_H
#define SKEL_NPZ_H

#include "skel/network.h"

/** Writes a network's parameters and running averages: a float32 array for each, under the names
 *  and in the shapes of PyTorch's state_dict().
 *
 *  Local. The file appears whole or not at all.
 *  @param parameters  [parameter_count]
 *  @param buffers     [buffer_count]
 *  @param keep        [parameter_count] weights with 0 are written as 0; NULL: all as they are
 *  Errors: SKEL_ERR_CONFIG for 4 GiB or more, or more than 65,535 arrays, which this form of the
 *          archive cannot hold; SKEL_ERR_IO; SKEL_ERR_STORAGE; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_npz_write(const char *path, const skel_network *network,
                                        const float parameters[], const float buffers[],
                                        const uint8_t keep[]);

#endif
