/** ReLU and other activations, products and concatenations: one channel of one block. */
#ifndef SKEL_SPARSE_ELEMENTWISE_H
#define SKEL_SPARSE_ELEMENTWISE_H

#include "../compile/sparse.h"

/** The activation function of a step: of a RELU, of an ACTIVATION, or behind a NORM.
 *
 *  Local.
 */
skel_sparse_activation skel_sparse_elementwise_function(const skel_graph_step *step);

/** Forward pass of one channel of the output.
 *
 *  Local.
 *  @param step  RELU, ACTIVATION, MUL or CONCAT
 */
void skel_sparse_elementwise_forward(const skel_sparse *sparse, size_t step, size_t slot,
                                     size_t block, size_t channel);

/** Backward pass of one channel of the output: the parts of the operands' gradients.
 *
 *  Local.
 *  @param step  RELU, ACTIVATION, MUL or CONCAT
 *  @param dy    buffer that holds the gradient of the output
 */
void skel_sparse_elementwise_backward(const skel_sparse *sparse, size_t step, size_t slot,
                                      size_t block, size_t channel, size_t dy);

#endif
