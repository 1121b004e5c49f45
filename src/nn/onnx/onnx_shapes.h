/** Operators without arithmetic on images: constants, copies, and what is computed of shapes. */
#ifndef SKEL_NN_ONNX_SHAPES_H
#define SKEL_NN_ONNX_SHAPES_H

#include "onnx_reading.h"

skel_onnx_reading_node skel_onnx_shapes_constant;
skel_onnx_reading_node skel_onnx_shapes_copy;
skel_onnx_reading_node skel_onnx_shapes_dropout;
skel_onnx_reading_node skel_onnx_shapes_transpose;
skel_onnx_reading_node skel_onnx_shapes_flatten;
skel_onnx_reading_node skel_onnx_shapes_reshape;
skel_onnx_reading_node skel_onnx_shapes_shape;
skel_onnx_reading_node skel_onnx_shapes_gather;
skel_onnx_reading_node skel_onnx_shapes_unsqueeze;

/** Joins lists of numbers, for Concat.
 *
 *  Local. Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_onnx_shapes_concat(skel_onnx_reading *reading,
                                                 const Onnx__NodeProto *node);

/** Whether an input is numbers: of shapes, or a constant of whole numbers.
 *
 *  Local.
 *  @param out  [SKEL_ONNX_NUMBERS] out
 */
bool skel_onnx_shapes_numbers(const skel_onnx_reading *reading, size_t input, size_t *count,
                              int64_t out[]);

#endif
