/** The file's names and order for a network's parameters and buffers. */
#ifndef SKEL_NN_ONNX_NAMING_H
#define SKEL_NN_ONNX_NAMING_H

#include "onnx_reading.h"

/** Gives parameters, buffers and operations their names, and puts parameters and buffers into the
 *  order of the file's initializers, which is PyTorch's.
 *
 *  Local. `reading->parameter` and `reading->buffer` are put into the same order.
 *  Errors: SKEL_ERR_DATA for a name that is too long, empty, not unique, or not printable;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_naming_apply(skel_onnx_reading *reading);

#endif
