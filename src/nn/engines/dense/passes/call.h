/** Calls of oneDNN during a pass, and the profile's figures that their time is added to. */
#ifndef SKEL_NN_DENSE_CALL_H
#define SKEL_NN_DENSE_CALL_H

#include "../compile/dense.h"

/** Runs a call with the engine's scratchpad and adds its time to `*seconds`.
 *
 *  Local.
 *  @param data  addresses in the order of the call's arguments
 *  @param step  names the layer in messages
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_call_run(skel_dense *dense, skel_dense_call *call,
                                             const void *const data[], size_t step,
                                             double *seconds);

/** As skel_dense_call_run(), of a primitive alone: a change of the weights' layout.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_call_primitive(skel_dense *dense, skel_onednn_call *primitive,
                                                   const void *const data[], size_t step,
                                                   double *seconds);

/** The profile's figure of linear layers if the step is one, else the given one of convolutions.
 *
 *  Local. Borrowed.
 */
double *skel_dense_call_figure(skel_dense *dense, const skel_graph_step *step, double *convolution);

#endif
