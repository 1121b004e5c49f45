/** Weight files: any HDF5 file with /weights, and optionally /masks and /buffers. */
#ifndef SKEL_WEIGHT_FILE_H
#define SKEL_WEIGHT_FILE_H

#include "skel/comm.h"
#include "skel/network.h"

#include <stdint.h>

/** Reads the weights of a network from a file; the root reads, all ranks receive.
 *
 *  Collective.
 *  @param parameters   [parameter_count] out
 *  @param buffers      [buffer_count] out where the file has /buffers, else untouched
 *  @param mask         [parameter_count] out where the file has /masks, else untouched; 1 where not
 *                      prunable; NULL if not wanted
 *  @param has_mask     out: whether the file has /masks
 *  Float32 and float64 datasets are accepted; `num_batches_tracked` entries are ignored.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming each missing, extra or wrongly shaped parameter (the
 *          first few of many), what was found and expected; a value that is not finite; a mask
 *          value that is not 0 or 1. Agreed on.
 */
SKEL_CHECKED skel_status skel_weight_file_read(const skel_comm *comm, const char *path,
                                               const skel_network *network, float parameters[],
                                               float buffers[], uint8_t mask[], bool *has_mask);

/** As skel_weight_file_read(), the weights from another group: "/initial" of a run file.
 *
 *  Collective. Errors: as skel_weight_file_read().
 */
SKEL_CHECKED skel_status skel_weight_file_read_group(const skel_comm *comm, const char *path,
                                                     const char *group, const skel_network *network,
                                                     float parameters[], float buffers[],
                                                     uint8_t mask[], bool *has_mask);

#endif
