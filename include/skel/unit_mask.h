/** A mask of units, which moves as one of weights does.
 *
 *      SKEL_TRY(skel_unit_mask_open(units, mask, true, parameters, velocity, gradient, &of));
 *      ... of.parameters and the other vectors of `of` are put into `request` ...
 *      status = skel_evolve_mask(&of.mask, &request, &exchanged);
 *      skel_unit_mask_apply(&of, mask, parameters, velocity);
 *      skel_unit_mask_close(&of);
 */
#ifndef SKEL_UNIT_MASK_H
#define SKEL_UNIT_MASK_H

#include "skel/units.h"

/** The mask of a network's units, and for each unit what a change of the mask looks at: means over
 *  its weights of their magnitudes, so that a threshold for weights is one for units. Plain data.
 */
typedef struct skel_unit_mask {
    const skel_units *units; /**< borrowed */
    skel_mask mask;          /**< of units; `keep` is owned */
    skel_segment *segment;   /**< [mask.segments] of the mask; owned */
    const char **names;      /**< [mask.segments] of the mask; the texts are borrowed; owned */
    uint32_t *size;          /**< [mask.count] weights of each unit; owned */
    float *parameters;       /**< [mask.count] owned */
    float *velocity;         /**< [mask.count] NULL: none was given; owned */
    float *growth;           /**< [mask.count] of what lets units grow; NULL: nothing; owned */
} skel_unit_mask;

/** Makes the mask of units from one of weights.
 *
 *  Local.
 *  @param units    SKEL_UNIT_BLOCK, all of whose weights are kept or none is
 *  @param by_size  a tensor's smaller blocks, of its last output channels, are a segment of their
 *                  own: units that are exchanged within segments keep the number of each tensor's
 *                  weights
 *  @param mask     of weights
 *  @param velocity [mask->count] NULL: the mask does not move by skel_unit_mask_apply()
 *  @param growth   [mask->count] gradients or momenta; NULL: none
 *  @param out      *owned*: skel_unit_mask_close() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_unit_mask_open(const skel_units *units, const skel_mask *mask,
                                             bool by_size, const float parameters[],
                                             const float velocity[], const float growth[],
                                             skel_unit_mask *out);

/** Keeps the weights of the units that are kept. Weights that go and weights that come are set to
 *  0, and so is their momentum.
 *
 *  Local.
 *  @param mask  in and out, of weights
 */
void skel_unit_mask_apply(const skel_unit_mask *of, skel_mask *mask, float parameters[],
                          float velocity[]);

/** Frees what skel_unit_mask_open() took; accepts a mask of zeros.
 *
 *  Local.
 */
void skel_unit_mask_close(skel_unit_mask *of);

#endif
