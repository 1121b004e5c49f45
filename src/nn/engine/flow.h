/** Synaptic flow: what every engine's passes share.
 *
 *  A tensor of a deep network, all of whose parts are positive, overflows float and at last double.
 *  So engines hold each as m * 2^e, m with a largest magnitude near 1, e an int of the tensor's
 *  own. Powers of two are exact: where nothing would have overflowed, the bits are those of plain
 *  passes.
 *  Source: Tanaka et al. 2020, Pruning neural networks without any data by iteratively conserving
 *          synaptic flow, algorithm 1.
 */
#ifndef SKEL_NN_FLOW_H
#define SKEL_NN_FLOW_H

#include "skel/network.h"

/** Exponent of a tensor that is all 0: below any other, so that it never decides to what others are
 *  aligned; far enough from INT_MIN that a few may be added. */
enum { SKEL_FLOW_NOTHING = -(1 << 28) };

/** One channel of a batch norm as the flow passes it: slope * x + shift. */
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

/** Checks that biases, batch norms' parameters and buffers are finite; weights are many, and each
 *  engine checks them on the way.
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
