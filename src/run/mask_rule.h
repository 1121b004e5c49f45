/** Masks that a rule of the method changes after steps of a reparameterised training, weight by
 *  weight or block by block. */
#ifndef SKEL_RUN_MASK_RULE_H
#define SKEL_RUN_MASK_RULE_H

#include "inputs.h"

#include "skel/mask.h"
#include "skel/reparameterisation.h"

/** Sets the auxiliary values that a method's start() makes from the first mask.
 *
 *  Local. With prune.unit block start() sees blocks in place of weights: in `stored` the means over
 *  their weights of the magnitudes, and in `keep` which blocks the mask keeps.
 *  @param tensor  [in->layers] with their weights and masks
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_mask_rule_start(const skel_inputs *in,
                                              const skel_reparameterised tensor[],
                                              const skel_mask *mask, const float stored[]);

/** Changes the mask by a method's refresh(), which sees what start() sees. A layer of
 *  prune.keep-layers stays as it is.
 *
 *  Local, with equal results on all ranks.
 *  @param mask  in and out; its memory is that of the tensors' masks
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_mask_rule_refresh(const skel_inputs *in,
                                                const skel_reparameterised tensor[],
                                                skel_mask *mask, const float stored[]);

#endif
