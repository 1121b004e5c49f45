/** Weight files: HDF5 files with a group /weights; the groups /masks and /buffers are optional. */
#ifndef SKEL_WEIGHT_FILE_H
#define SKEL_WEIGHT_FILE_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/network.h"

#include <stdint.h>

/** Reads the weights of a network from a file.
 *
 *  Collective. The root reads, and all ranks receive. Datasets may be float32 or float64. Entries
 *  named `num_batches_tracked` are ignored.
 *  @param parameters  [parameter_count] out
 *  @param buffers     [buffer_count] out; untouched if the file has no /buffers
 *  @param mask        [parameter_count] out: 1 kept or not prunable, 0 pruned; untouched if the
 *                     file has no /masks; NULL: the masks are not read
 *  @param has_mask    out: whether the file has /masks
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA for missing, extra or wrongly shaped parameters (the message
 *          names the first few), for a value that is not finite, and for a mask value that is not
 *          0 or 1. Agreed on.
 */
SKEL_CHECKED skel_status skel_weight_file_read(const skel_comm *comm, const char *path,
                                               const skel_network *network, float parameters[],
                                               float buffers[], uint8_t mask[], bool *has_mask);

/** Reads the weights from another group, such as "/initial" of a run file; else as
 *  skel_weight_file_read().
 *
 *  Collective. Errors: as skel_weight_file_read().
 */
SKEL_CHECKED skel_status skel_weight_file_read_group(const skel_comm *comm, const char *path,
                                                     const char *group, const skel_network *network,
                                                     float parameters[], float buffers[],
                                                     uint8_t mask[], bool *has_mask);

/** One checksum for all that a weight file gives to a network: the datasets of /weights, /buffers
 *  and /masks. Other groups, such as those of a run file, do not count.
 *
 *  Local. A dataset's checksum in the file is taken; where there is none, the dataset is read.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_weight_file_checksum(const char *path, char out[SKEL_CHECKSUM_TEXT]);

#endif
