/** Networks of finished runs as files of other programs, for skel export. */
#ifndef SKEL_CLI_EXPORT_FILES_H
#define SKEL_CLI_EXPORT_FILES_H

#include "skel/status.h"

/** Writes the network of a run file, pruned weights as zeros, and prints what was written.
 *
 *  Local, without MPI.
 *  @param onnx    path of an ONNX model; NULL: none
 *  @param sparse  kept weights alone, as sparse initializers of the model
 *  @param numpy   path of an archive of NumPy's arrays; NULL: none
 *  Errors: as skel_trained_open(), skel_onnx_pack() and skel_npz_write().
 */
SKEL_CHECKED skel_status skel_export_files(const char *run, const char *onnx, bool sparse,
                                           const char *numpy);

#endif
