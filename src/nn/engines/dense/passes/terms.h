/** First-order terms of channels, by one backward pass on running averages, or energies.
 *
 *  Source: Molchanov et al. 2017, the section on Taylor expansion.
 */
#ifndef SKEL_NN_DENSE_TERMS_H
#define SKEL_NN_DENSE_TERMS_H

#include "../compile/dense.h"

/** skel_engine_terms().
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_terms_pass(skel_engine *engine, const skel_batch *batch,
                                               const float buffers[], float terms[],
                                               skel_pass *pass);

#endif
