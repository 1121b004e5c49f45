/** A model's file: its bytes, unpacked, and its network. */
#ifndef SKEL_NN_ONNX_FILE_H
#define SKEL_NN_ONNX_FILE_H

#include "skel/onnx.h"

#include <onnx.pb-c.h>

/** Reads a file.
 *
 *  Local.
 *  @param out  [*bytes] *owned*: SKEL_FREE() it
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_file_bytes(const char *path, size_t *bytes, uint8_t **out);

/** Reads and unpacks a file.
 *
 *  Local.
 *  @param checksum  out: of its bytes alone; may be NULL
 *  @param out       *owned*: skel_onnx_wire_free() it
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_file_open(const char *path, char checksum[SKEL_CHECKSUM_TEXT],
                                             Onnx__ModelProto **out);

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
