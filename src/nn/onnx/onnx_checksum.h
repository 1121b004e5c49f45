/** The checksum of a model's file and of all files of its external data. */
#ifndef SKEL_NN_ONNX_CHECKSUM_H
#define SKEL_NN_ONNX_CHECKSUM_H

#include "skel/checksum.h"
#include "skel/status.h"

/** Computes the checksum.
 *
 *  Local. Errors: as skel_onnx_checksum().
 */
SKEL_CHECKED skel_status skel_onnx_checksum_find(const char *path, char out[SKEL_CHECKSUM_TEXT]);

#endif
