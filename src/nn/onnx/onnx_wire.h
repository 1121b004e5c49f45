/** Protocol Buffers' bytes to structs, and what they may cost. */
#ifndef SKEL_NN_ONNX_WIRE_H
#define SKEL_NN_ONNX_WIRE_H

#include "skel/status.h"

#include <onnx.pb-c.h>
#include <stddef.h>
#include <stdint.h>

/** Unpacks a model. Its nesting and the memory that it will take are checked before.
 *
 *  Local.
 *  @param origin  the file, for messages
 *  @param out     *owned*: skel_onnx_wire_free() it
 *  Errors: SKEL_ERR_DATA for bytes that are not an ONNX model's; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_wire_unpack(const char *origin, size_t bytes,
                                               const uint8_t data[], Onnx__ModelProto **out);

/** Frees a model; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_onnx_wire_free(Onnx__ModelProto **model);

#endif
