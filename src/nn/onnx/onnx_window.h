/** Windows that slide over images, of convolutions and of pooling. */
#ifndef SKEL_NN_ONNX_WINDOW_H
#define SKEL_NN_ONNX_WINDOW_H

#include "onnx_reading.h"

/** Reads a node's window: kernel, strides, dilations, padding.
 *
 *  Local.
 *  @param image     that the window slides over
 *  @param kernel    [2] of the weights; NULL: the attribute kernel_shape has it
 *  @param extended  out: whether ceil_mode made the padding after larger; NULL for a convolution
 *  Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_onnx_window_read(const skel_onnx_reading *reading,
                                               const Onnx__NodeProto *node, skel_tensor image,
                                               const size_t kernel[], skel_window *out,
                                               bool *extended);

skel_onnx_reading_node skel_onnx_window_mean;
skel_onnx_reading_node skel_onnx_window_pad;
skel_onnx_reading_node skel_onnx_window_max_pool;
skel_onnx_reading_node skel_onnx_window_average_pool;
skel_onnx_reading_node skel_onnx_window_global_average_pool;

#endif
