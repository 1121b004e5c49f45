/** Tensors of one image, each with an exponent of its own: the true values are value * 2^exponent.
 */
#ifndef SKEL_NN_REFERENCE_SCALED_H
#define SKEL_NN_REFERENCE_SCALED_H

#include "skel/network.h"

/** A tensor. Borrowed. */
typedef struct skel_reference_scaled {
    size_t count;
    double *value;
    int *exponent;
} skel_reference_scaled;

/** The larger of two exponents.
 *
 *  Local.
 */
int skel_reference_scaled_larger(int a, int b);

/** The exponent of a product, within those of any tensor: from SKEL_FLOW_NOTHING to minus that.
 *
 *  Local.
 */
int skel_reference_scaled_sum(int a, int b);

/** The same tensor with another exponent. Values too small for it become 0.
 *
 *  Local.
 */
void skel_reference_scaled_express(skel_reference_scaled t, int exponent);

/** Brings the largest magnitude to [1/2, 1).
 *
 *  Local.
 */
void skel_reference_scaled_normalise(skel_reference_scaled t);

/** Brings two tensors to one exponent.
 *
 *  Local.
 */
void skel_reference_scaled_meet(skel_reference_scaled a, skel_reference_scaled b);

/** y = slope x + shift, by channel.
 *
 *  Local. Floats fit into doubles as they are, so that the shifts' exponent is 0.
 *  @param slope     [channels]; NULL: 1
 *  @param shift     [channels]; NULL: 0
 *  @param exponent  of x
 *  @param x         may be y's values
 */
void skel_reference_scaled_affine(skel_tensor shape, const double slope[], const double shift[],
                                  int exponent, const double x[], skel_reference_scaled y);

/** y = the larger of x and a bound. x may be y.
 *
 *  Local.
 *  @param low  true value; may be minus infinity
 */
void skel_reference_scaled_bound(double low, skel_reference_scaled x, skel_reference_scaled y);

/** y = sigmoid(x), with exponent 0.
 *
 *  Local.
 */
void skel_reference_scaled_sigmoid(skel_reference_scaled x, skel_reference_scaled y);

/** dx += sigmoid'(x) dy. dx and dy have one exponent.
 *
 *  Local.
 */
void skel_reference_scaled_sigmoid_backward(skel_reference_scaled x, skel_reference_scaled dy,
                                            skel_reference_scaled dx);

/** y = a + b.
 *
 *  Local.
 */
void skel_reference_scaled_add(skel_reference_scaled a, skel_reference_scaled b,
                               skel_reference_scaled y);

/** y = a b. Each element of b multiplies as many neighbours in a as a has more elements.
 *
 *  Local.
 */
void skel_reference_scaled_mul(skel_reference_scaled a, skel_reference_scaled b,
                               skel_reference_scaled y);

/** dx += dy times the other factor of a product.
 *
 *  Local. The factor with fewer elements is as in skel_reference_scaled_mul(); dy has as many
 *  elements as the larger factor.
 */
void skel_reference_scaled_mul_backward(skel_reference_scaled factor, skel_reference_scaled dy,
                                        skel_reference_scaled dx);

/** y = a, then b.
 *
 *  Local.
 */
void skel_reference_scaled_concat(skel_reference_scaled a, skel_reference_scaled b,
                                  skel_reference_scaled y);

#endif
