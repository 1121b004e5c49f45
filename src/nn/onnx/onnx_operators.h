/** The operators of ONNX that are read, each as operations of a network. */
#ifndef SKEL_NN_ONNX_OPERATORS_H
#define SKEL_NN_ONNX_OPERATORS_H

#include "onnx_reading.h"

/** Reads the node `reading->node`.
 *
 *  Local. Errors: SKEL_ERR_DATA for an operator or an attribute that is not read, with a list of
 *  those that are; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_operators_read(skel_onnx_reading *reading);

/** Whether a node is a constant, which any node may read.
 *
 *  Local.
 */
bool skel_onnx_operators_is_constant(const Onnx__NodeProto *node);

#endif
