/** A network as an ONNX model. */
#ifndef SKEL_NN_ONNX_WRITING_H
#define SKEL_NN_ONNX_WRITING_H

#include "skel/onnx.h"

/** As skel_onnx_pack().
 *
 *  Local. Errors: as skel_onnx_pack().
 */
SKEL_CHECKED skel_status skel_onnx_writing_pack(const skel_network *network,
                                                const skel_onnx_values *values, size_t *bytes,
                                                uint8_t **out);

#endif
