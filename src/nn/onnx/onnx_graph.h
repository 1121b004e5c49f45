/** A graph as the operations of a network. */
#ifndef SKEL_NN_ONNX_GRAPH_H
#define SKEL_NN_ONNX_GRAPH_H

#include "onnx_reading.h"

/** Adds all operations of the graph to the builder.
 *
 *  Local.
 *  @param name  of the network
 *  Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_onnx_graph_read(skel_onnx_reading *reading, const char *name);

#endif
