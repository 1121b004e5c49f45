/** Linear layers: oneDNN's inner products on plain rows. */
#ifndef SKEL_NN_DENSE_LINEAR_H
#define SKEL_NN_DENSE_LINEAR_H

#include "dense.h"

/** Compiles the primitives of a linear layer.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_linear_compile(skel_dense *dense, size_t images, size_t step,
                                                   skel_dense_work *work);

#endif
