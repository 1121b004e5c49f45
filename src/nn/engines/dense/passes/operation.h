/** The operation of one step in one slot, forward and backward.
 *
 *  Batch norm is in norm.h: it needs all slots at once.
 */
#ifndef SKEL_NN_DENSE_OPERATION_H
#define SKEL_NN_DENSE_OPERATION_H

#include "../../../engine/singles.h"
#include "../compile/dense.h"
#include "../kernels/activation.h"

/** The batches and options of one pass. All is *borrowed*. */
typedef struct skel_dense_context {
    skel_dense *dense;
    size_t count;                /**< slots in use */
    const skel_batch *batch;     /**< [count] */
    const skel_pass *pass;       /**< [count]; NULL: forward alone */
    const float *buffers;        /**< running averages for batch norm; NULL: batch statistics */
    const skel_singles *samples; /**< gradients of single images; NULL: of the whole batch */
    skel_dense_plan *single;     /**< for one image, with `samples` */
    float *squares;              /**< second derivatives are computed: a layer's weights' from its
                                      squared input, for which this is scratch; NULL: first ones */
    double scale;                /**< of gradients, where energies of hidden units count; else 0 */
    skel_dense_side side;        /**< whether steps without weights compute the gradient of their
                                      operands or its tangent, by the same linear map */
} skel_dense_context;

/** y = f(x) of an activation step's shape, with zeros behind the last channel.
 *
 *  Local. `y` may be `x`.
 *  @param f  the step's function, or another with other bounds
 */
void skel_dense_operation_activate(const skel_dense *dense, size_t step, size_t images,
                                   skel_dense_f32_activation f, const float *x, float *y);

/** The operation of one step in one slot, forward.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_operation_forward(const skel_dense_context *context,
                                                      size_t step, size_t slot);

/** The operation of one step in one slot, backward: from the gradient of its output to its
 *  contributions to the gradients of its operands, and to the gradients of its parameters.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_operation_backward(const skel_dense_context *context,
                                                       size_t step, size_t slot);

#endif
