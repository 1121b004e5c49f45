/** One change of a moving mask: what moves, how much, and by which values. */
#ifndef SKEL_RUN_MASK_CHANGE_H
#define SKEL_RUN_MASK_CHANGE_H

#include "evolution.h"

/** Weights, or units, that the mask of the last change keeps.
 *
 *  Local.
 */
size_t skel_mask_change_asked(const skel_inputs *in, const skel_mask *mask);

/** Changes the mask of a run, and sets weights and momenta that go or come to 0.
 *
 *  Local, with equal results on all ranks. Warns once of a threshold that is above all of a layer.
 *  @param gradient   [parameters] by which weights grow; NULL: by momentum or at random
 *  @param exchanged  out: weights, or units, that went
 *  @param threshold  out: below which they went; NaN: there is none
 *  Errors: those of skel_evolve_mask() and skel_reallocate_mask().
 */
SKEL_CHECKED skel_status skel_mask_change(skel_evolution *evolution, size_t step,
                                          const skel_state *weights, const float gradient[],
                                          size_t *exchanged, double *threshold);

#endif
