/** The Jacobian of the logits by the image. */
#ifndef SKEL_JACOBIAN_H
#define SKEL_JACOBIAN_H

#include "skel/ntk.h"
#include "skel/spectrum.h"

/** Singular values of the Jacobians of single images, averaged over the images.
 *
 *  Collective. The Jacobian of an image is [classes][pixels of all channels], by the normalised
 *  pixels, batch norm on running averages. Value k is the mean, over the images, of their k-th
 *  largest singular values. They are the roots of the eigenvalues of J J', so a value below 1e-8
 *  of the largest is rounding.
 *  @param out  [the smaller of classes and pixels] values, the same on every rank;
 *              skel_spectrum_clear() it
 *  Errors: as skel_folded_create(), skel_imaged_create() and skel_engine_create(); SKEL_ERR_NUMBER
 *          for an element that is not finite. Agreed on.
 */
SKEL_CHECKED skel_status skel_jacobian_spectrum(const skel_grid *grid, const skel_ntk_point *point,
                                                const skel_ntk_images *images, skel_spectrum *out);

#endif
