/** A model's file: its bytes, unpacked; its external data; its checksum. */
#ifndef SKEL_NN_ONNX_FILE_H
#define SKEL_NN_ONNX_FILE_H

#include "skel/onnx.h"

#include <onnx.pb-c.h>

/** Reads and unpacks a file.
 *
 *  Local.
 *  @param checksum  out: of its bytes alone; may be NULL
 *  @param out       *owned*: skel_onnx_wire_free() it
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_file_open(const char *path, char checksum[SKEL_CHECKSUM_TEXT],
                                             Onnx__ModelProto **out);

/** The checksum of a file and of all files of its external data.
 *
 *  Local. Errors: as skel_onnx_checksum().
 */
SKEL_CHECKED skel_status skel_onnx_file_checksum(const char *path, char out[SKEL_CHECKSUM_TEXT]);

/** Makes a network of an unpacked model.
 *
 *  Local.
 *  @param origin     the file, for messages and for external data
 *  @param name       of the network
 *  @param described  whether constants may be without values
 *  @param weights    whether the values are wanted
 *  Errors: as skel_onnx_read().
 */
SKEL_CHECKED skel_status skel_onnx_file_network(const char *origin, const char *name,
                                                bool described, bool weights,
                                                const Onnx__ModelProto *model,
                                                skel_onnx_model *out);

#endif
