/** Operations: the weights that an iteration keeps are updated for those that it removes.
 *
 *  SKEL_TRY(skel_operation_begin(in, &theta, mask, iteration, removals, progress, scratch,
 *  &operation)); scratch->gradient is the signal; the mask is chosen
 *  SKEL_TRY(skel_operation_finish(&operation, mask, parameters)); skel_operation_undo(&operation,
 *  parameters);            if the mask is put back skel_operation_end(&operation);
 */
#ifndef SKEL_RUN_OPERATION_H
#define SKEL_RUN_OPERATION_H

#include "phases.h"

#include "skel/layer_surgeon.h"
#include "skel/surgeon.h"

/** One iteration's operation. Zero bytes are none, for methods that do not operate. */
typedef struct skel_operation {
    skel_surgeon *surgeon;         /**< owned; NULL: by layers */
    skel_layer_surgeon *by_layers; /**< owned; NULL: not by layers */
    float *before;                 /**< [parameter_count] the parameters before the update; owned */
    double loss;                   /**< mean over the images */
    const char *engine;            /**< name of the one that has computed the signal */
} skel_operation;

/** Computes the method's signal from the images of an iteration.
 *
 *  Collective.
 *  @param iteration  from 1
 *  @param removals   weights that the iteration removes
 *  @param scratch    `gradient` out: the signal
 *  @param out        *owned*: skel_operation_end() it, also after an error
 *  Errors: as skel_surgeon_create() and skel_surgeon_inverse(), or skel_layer_surgeon_create() and
 *          skel_layer_surgeon_scores(); agreed on.
 */
SKEL_CHECKED skel_status skel_operation_begin(const skel_inputs *in, const skel_state *theta,
                                              const skel_mask *mask, size_t iteration,
                                              size_t removals, skel_progress *progress,
                                              skel_scratch *scratch, skel_operation *out);

/** Whether there is an operation to finish.
 *
 *  Local.
 */
bool skel_operation_is_on(const skel_operation *operation);

/** Updates the weights that the new mask keeps.
 *
 *  Collective.
 *  @param parameters  [parameter_count] in and out
 *  Errors: as skel_surgeon_operate() or skel_layer_surgeon_operate(); agreed on.
 */
SKEL_CHECKED skel_status skel_operation_finish(skel_operation *operation, const skel_mask *mask,
                                               float parameters[]);

/** Puts the parameters back to those before the update.
 *
 *  Local.
 */
void skel_operation_undo(const skel_operation *operation, size_t count, float parameters[]);

/** Frees what the operation holds.
 *
 *  Local.
 */
void skel_operation_end(skel_operation *operation);

#endif
