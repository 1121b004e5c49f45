/** Synaptic flow: the arithmetic that all engines share.
 *
 *  All weights are positive here, so the tensors of a deep network overflow float, then double.
 *  Engines hold each tensor as m * 2^e: m has a largest magnitude near 1, and each tensor has its
 *  own integer e. Powers of two are exact: without overflow the bits are those of a plain pass.
 *  Source: Tanaka et al. 2020, Pruning neural networks without any data by iteratively conserving
 *          synaptic flow, algorithm 1.
 */
#ifndef SKEL_NN_FLOW_H
#define SKEL_NN_FLOW_H

#include "skel/network.h"

/** Exponent of a tensor of zeros. It is below all others, so that the other exponent is chosen when
 *  two tensors are added; and it is far from INT_MIN, so that sums of a few do not overflow. */
enum { SKEL_FLOW_NOTHING = -(1 << 28) };

/** One channel of a batch norm in a flow: slope * x + shift. */
typedef struct skel_flow_affine {
    double slope;
    double shift;
} skel_flow_affine;

/** A batch norm's channel: |scale| (x - |mean|) / sqrt(|variance| + epsilon) + |shift|.
 *
 *  Local.
 */
skel_flow_affine skel_flow_norm(const skel_network *network, const skel_op *op,
                                const float parameters[], const float buffers[], size_t channel);

/** Checks that biases, batch norms' parameters and buffers are finite. Engines check the weights
 *  themselves, in the loop that loads them.
 *
 *  Local. Errors: SKEL_ERR_NUMBER that names the tensor.
 */
SKEL_CHECKED skel_status skel_flow_check(const skel_network *network, const float parameters[],
                                         const float buffers[]);

/** The error of a tensor that is not finite.
 *
 *  Local. Errors: always SKEL_ERR_NUMBER.
 */
SKEL_CHECKED skel_status skel_flow_not_finite(const skel_network *network, const char *name);

/** ln R of R = r * 2^exponent: minus infinity if r is 0.
 *
 *  Local. Errors: SKEL_ERR_NUMBER if r is not finite, or negative.
 */
SKEL_CHECKED skel_status skel_flow_logarithm(const skel_network *network, double r, int exponent,
                                             double *logarithm);

#endif
