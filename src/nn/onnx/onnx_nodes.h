/** Operations of a network as nodes of a model that is written.
 *
 *  The value of tensor t is called "/t" ("/t:flat" and "/t:image" where its other form is needed):
 *  no parameter has a slash in its name.
 */
#ifndef SKEL_NN_ONNX_NODES_H
#define SKEL_NN_ONNX_NODES_H

#include "onnx_parts.h"

#include "skel/network.h"

enum { SKEL_ONNX_VALUE = SKEL_NAME + 32 }; /**< bytes of a value's name */

/** A network whose operations are written. Plain data. */
typedef struct skel_onnx_nodes {
    const skel_network *network;
    skel_onnx_parts parts;
    bool *flat;      /**< [tensors] the value has two dimensions */
    bool *converted; /**< [tensors] the other form is there, too */
    size_t number;   /**< of the operation */
} skel_onnx_nodes;

/** Adds the nodes of an operation, whose number is `number`.
 *
 *  Local. Errors are kept by the parts.
 */
void skel_onnx_nodes_add(skel_onnx_nodes *writing, const skel_op *op);

/** The name of a tensor's value: "input", "logits", "/7".
 *
 *  Local.
 */
void skel_onnx_nodes_value(const skel_onnx_nodes *writing, size_t tensor,
                           char out[SKEL_ONNX_VALUE]);

#endif
