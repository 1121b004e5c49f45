/** Operators with weights. */
#ifndef SKEL_NN_ONNX_LAYERS_H
#define SKEL_NN_ONNX_LAYERS_H

#include "onnx_reading.h"

skel_onnx_reading_node skel_onnx_layers_conv;
skel_onnx_reading_node skel_onnx_layers_norm;
skel_onnx_reading_node skel_onnx_layers_gemm;
skel_onnx_reading_node skel_onnx_layers_matmul;

#endif
