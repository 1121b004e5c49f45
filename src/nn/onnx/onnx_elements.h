/** Operators on the elements of activations, and on their channels. */
#ifndef SKEL_NN_ONNX_ELEMENTS_H
#define SKEL_NN_ONNX_ELEMENTS_H

#include "onnx_reading.h"

skel_onnx_reading_node skel_onnx_elements_relu;
skel_onnx_reading_node skel_onnx_elements_leaky_relu;
skel_onnx_reading_node skel_onnx_elements_clip;
skel_onnx_reading_node skel_onnx_elements_sigmoid;
skel_onnx_reading_node skel_onnx_elements_add;
skel_onnx_reading_node skel_onnx_elements_mul;
skel_onnx_reading_node skel_onnx_elements_concat;

#endif
