/** The phases of a run: each takes the inputs, the state and the memory that it works in.
 *
 *      skel_phase_prepare(&assignment, &prepared);
 *      skel_phase_prune(&inputs, &state, &scratch);     once, or once before each leg of training
 *      skel_phase_train(&inputs, &state, &scratch);     one leg
 *      skel_phase_diagnose(&inputs, state.mask, &scratch, &diagnosis);
 *      skel_phase_release(&prepared);
 */
#ifndef SKEL_RUN_PHASES_H
#define SKEL_RUN_PHASES_H

#include "checkpoint_state.h"
#include "diagnosis.h"

#include "skel/vectors.h"

/** Memory that phases work in, taken once for all of them. */
typedef struct skel_scratch {
    float *gradient;   /**< [parameter_count] a gradient, or the flow or curvature in its place */
    float *product;    /**< [parameter_count] a Hessian product; NULL if no phase needs one */
    float *trajectory; /**< [steps + 1][parameter_count]; NULL if the signal does not look ahead */
    uint32_t *order;   /**< [images of a pruning iteration] */
    skel_progress progress; /**< of the training, all legs of it */
} skel_scratch;

/** A run that is prepared. The vectors of its members belong to `vectors`. */
typedef struct skel_prepared {
    skel_inputs inputs;
    skel_checkpoint_state state;
    skel_scratch scratch;
    skel_vectors vectors;
} skel_prepared;

/** Makes network, samples, initial weights and a mask of ones: all before the first iteration.
 *
 *  Collective.
 *  @param assignment  borrowed while the run is prepared
 *  @param out         *owned*: skel_phase_release() it, also after an error
 *  Errors: as skel_inputs_make() and skel_weight_file_read(); agreed on.
 */
SKEL_CHECKED skel_status skel_phase_prepare(const skel_assignment *assignment, skel_prepared *out);

/** Frees what skel_phase_prepare() made.
 *
 *  Local.
 */
void skel_phase_release(skel_prepared *prepared);

/** Does all pruning iterations that are due before the next leg of training.
 *
 *  Collective. Checkpoints are written when due.
 *  Errors: agreed on, naming the iteration.
 */
SKEL_CHECKED skel_status skel_phase_prune(const skel_inputs *in, skel_checkpoint_state *state,
                                          skel_scratch *scratch);

/** Trains one leg, testing as the job says, and fills the outcome's test figures.
 *
 *  Collective. Checkpoints are written when due.
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_phase_train(const skel_inputs *in, skel_checkpoint_state *state,
                                          skel_scratch *scratch);

/** Diagnoses a mask at the initial weights, on the images of the first pruning iteration.
 *
 *  Collective. Depends on (job, mask) alone, so a run that was resumed finds the same.
 *  @param scratch  `gradient` out: at the initial weights times the mask
 *  @param out      *owned*: skel_diagnosis_clear() it, also after an error
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_phase_diagnose(const skel_inputs *in, const skel_mask *mask,
                                             skel_scratch *scratch, skel_diagnosis *out);

#endif
