/** External data: values of constants in files beside the model's. */
#ifndef SKEL_NN_ONNX_EXTERNAL_H
#define SKEL_NN_ONNX_EXTERNAL_H

#include "skel/status.h"

#include <onnx.pb-c.h>
#include <stddef.h>
#include <stdint.h>

/** The path of the file that holds a constant's values.
 *
 *  Local.
 *  @param origin  path of the model's file
 *  @param room    of `out`
 *  Errors: SKEL_ERR_DATA for a place that is absolute or leaves the model's folder, as an attack
 *          would.
 */
SKEL_CHECKED skel_status skel_onnx_external_path(const char *origin, const char *name,
                                                 const Onnx__TensorProto *values, size_t room,
                                                 char out[]);

/** Reads a constant's values.
 *
 *  Local. The file's size is compared before anything is allocated.
 *  @param bytes  that the constant has
 *  @param out    [bytes] *owned*: SKEL_FREE() it
 *  Errors: SKEL_ERR_DATA if the file is too short or has another length than `bytes` for the
 *          constant; SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_external_read(const char *origin, const char *name,
                                                 const Onnx__TensorProto *values, size_t bytes,
                                                 uint8_t **out);

#endif
