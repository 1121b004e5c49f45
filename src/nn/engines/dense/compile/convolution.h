/** Convolutions: which of oneDNN's algorithms computes each direction. */
#ifndef SKEL_NN_DENSE_CONVOLUTION_H
#define SKEL_NN_DENSE_CONVOLUTION_H

#include "dense.h"

/** Compiles the primitives of a convolution.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_convolution_compile(skel_dense *dense,
                                                        const skel_dense_plan *plan, size_t step,
                                                        skel_dense_work *work);

#endif
