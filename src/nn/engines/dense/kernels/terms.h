/** Means over the pixels of a channel: of first-order terms, which are products of values and their
 *  gradients, and of energies.
 */
#ifndef SKEL_NN_DENSE_KERNELS_TERMS_H
#define SKEL_NN_DENSE_KERNELS_TERMS_H

#include "extent.h"
#include "norm.h"

/** Where terms go: [images][stride], those of the first channel first. */
typedef struct skel_dense_terms {
    bool magnitudes; /**< the mean is that of the products' magnitudes */
    size_t channels; /**< without the lanes behind the last one */
    size_t stride;
    float *terms;
} skel_dense_terms;

/** Means of the energies e(o^2).
 *
 *  Local.
 *  @param order  n of e'(x) = 1 / (1 + x)^n, 0 to 2
 *  @param o      [images][blocks][pixels][lanes]
 */
void skel_dense_f32_terms_energy(skel_dense_extent extent, unsigned order, const float *o,
                                 const skel_dense_terms *to);

/** Means of z dz.
 *
 *  Local.
 *  @param z, dz  [images][blocks][pixels][lanes]
 */
void skel_dense_f32_terms_product(skel_dense_extent extent, const float *z, const float *dz,
                                  const skel_dense_terms *to);

/** Means of z dz for z = slope (x - mean) + shift; then dz becomes dx = slope dz.
 *
 *  Local.
 *  @param dz  in: dz, out: dx
 *  @param to  NULL: no terms are wanted
 */
void skel_dense_f32_terms_affine(skel_dense_extent extent, const float *x,
                                 skel_dense_f32_norm_vectors vectors, float *dz,
                                 const skel_dense_terms *to);

#endif
