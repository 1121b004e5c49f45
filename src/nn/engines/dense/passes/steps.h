/** Steps through a graph, for every pass that makes them: gradients, flow, second derivatives. */
#ifndef SKEL_NN_DENSE_STEPS_H
#define SKEL_NN_DENSE_STEPS_H

#include "../compile/dense.h"
#include "../kernels/elementwise.h"
#include "../kernels/norm_tangent.h"
#include "../kernels/pool.h"

/** One pass under way: the batches that are in the slots. All is borrowed. */
typedef struct skel_dense_journey {
    skel_dense *dense;
    size_t count;
    const skel_batch *batch;
    const skel_pass *pass;
    const float *buffers; /**< running averages; NULL: statistics of the batch */
    float *squares;       /**< scratch memory for a layer's input: its weights' gradient is taken
                               with the input squared; NULL: as it is */
    skel_dense_side side; /**< of gradients that steps without weights take back: their tangents
                             take the same steps */
} skel_dense_journey;

/** One slot's way back through a batch norm step. */
typedef struct skel_dense_way_back {
    skel_dense_extent extent;
    const float *x;
    skel_dense_f32_norm_incoming incoming;
    float *rectified; /**< dy after ReLU, for the addition's other operand; NULL: not needed */
    float *dx;        /**< NULL: not wanted */
} skel_dense_way_back;

/** Puts batches into slots, with a plan for each one's size.
 *
 *  Local. `direct` is skel_dense_plan_for()'s. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_assign(skel_dense *dense, size_t count,
                                           const skel_batch batches[], bool direct);

/** All steps forward.
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_steps_forward(const skel_dense_journey *journey);

/** All steps backward, batch norm on statistics of the batch.
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_steps_backward(const skel_dense_journey *journey);

/** One step of one slot forward; not batch norm, which is over all slots.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_step_forward(const skel_dense_journey *journey, size_t step,
                                                 size_t slot);

/** One step of one slot backward, from the sum of its output's parts to its operands' parts; not
 *  batch norm.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_step_backward(const skel_dense_journey *journey, size_t step,
                                                  size_t slot);

/** Adds the parts of the gradient of a step's output up in the first, but for as many as the step
 *  reads: two of a batch norm, else one. Returns the first.
 *
 *  Local. Borrowed.
 */
float *skel_dense_gather(const skel_dense *dense, size_t slot, const skel_graph_step *step);

/** The same of gradients or of their tangents.
 *
 *  Local. Borrowed.
 */
float *skel_dense_side_gather(const skel_dense *dense, skel_dense_side side, size_t slot,
                              const skel_graph_step *step);

/** A pooling step as the kernels see it.
 *
 *  Local.
 */
skel_dense_f32_pool_windows skel_dense_shape_windows(const skel_dense *dense,
                                                     const skel_graph_step *step, size_t images);

/** The profile's figure for linear layers if the step is one, else the one for convolutions.
 *
 *  Local. Borrowed.
 */
double *skel_dense_linear_or(skel_dense *dense, const skel_graph_step *step, double *convolution);

/** Shape of a step's output as the kernels see it.
 *
 *  Local.
 */
skel_dense_extent skel_dense_shape_extent(const skel_dense *dense, size_t step, size_t images);

/** Where a batch norm's backward step reads and writes; gathered before.
 *
 *  Local. Borrowed.
 */
skel_dense_way_back skel_dense_way_back_of(const skel_dense *dense, size_t step, size_t slot,
                                           const skel_batch *batch);

/** The same of gradients or of their tangents; x and the ReLU's mask are the values' on either
 * side.
 *
 *  Local. Borrowed.
 */
skel_dense_way_back skel_dense_side_way_back(const skel_dense *dense, skel_dense_side side,
                                             size_t step, size_t slot, const skel_batch *batch);

#endif
