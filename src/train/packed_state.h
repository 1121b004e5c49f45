/** A training's parameters and velocity in the packed form that its steps work on.
 *
 *      skel_packed_state_open(packing, &state, &packed);   packs
 *      steps change packed.parameters and packed.velocity
 *      skel_packed_state_unpack(&packed);                  the flat vectors are right again
 *      skel_packed_state_pack(&packed);                    after a change of the flat vectors
 *      skel_packed_state_close(&packed);
 */
#ifndef SKEL_TRAIN_PACKED_STATE_H
#define SKEL_TRAIN_PACKED_STATE_H

#include "skel/trainer.h"

/** The packed vectors beside the flat ones. Plain data. */
typedef struct skel_packed_state {
    const skel_packing *packing; /**< borrowed */
    skel_state flat;             /**< borrowed; `parameters` and `velocity` are out of date between
                                    a step and skel_packed_state_unpack() */
    float *parameters;           /**< [packing->count]; those of `flat` if all are kept */
    float *velocity;             /**< [packing->count], likewise */
} skel_packed_state;

/** Takes the memory and packs the flat vectors.
 *
 *  Local.
 *  @param out  *owned*: skel_packed_state_close() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_packed_state_open(const skel_packing *packing, const skel_state *flat,
                                                skel_packed_state *out);

/** Copies the kept elements of the flat vectors, by the packing as it is now.
 *
 *  Local.
 */
void skel_packed_state_pack(const skel_packed_state *state);

/** Brings the flat vectors up to date: exactly 0 where nothing is kept.
 *
 *  Local. For all that reads or changes them: a checkpoint, a test, a file, a change of the mask.
 */
void skel_packed_state_unpack(const skel_packed_state *state);

/** Frees the packed vectors, which are lost unless they were unpacked.
 *
 *  Local.
 */
void skel_packed_state_close(skel_packed_state *state);

#endif
