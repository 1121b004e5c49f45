/** The state of a run: everything that changes during a run. A checkpoint holds all of it. */
#ifndef SKEL_RUN_CHECKPOINT_STATE_H
#define SKEL_RUN_CHECKPOINT_STATE_H

#include "inputs.h"
#include "tables.h"

#include "skel/leg.h"
#include "skel/reduce.h"

enum { SKEL_HISTORY = 4096 }; /**< bytes of the restart history */

/** The state of a run between two iterations, epochs or batches. The same on every rank. */
typedef struct skel_checkpoint_state {
    skel_position position;
    bool placed;          /**< the leg's first weights are in place */
    skel_epoch_part part; /**< of the epoch that goes on, behind position.epochs */
    skel_state weights;   /**< now; the vectors are borrowed from the run */
    skel_state rewound;   /**< copy that lottery tickets are put back to; its vectors are NULL if
                               tickets start from the initial weights or nothing is rewound */
    skel_epoch_part rewound_part; /**< of the epoch in which that copy was made, before it */
    skel_mask *mask;              /**< owned */
    uint8_t *first_keep; /**< [parameter_count] the mask before it moved; NULL: it never moves */
    float *growth;       /**< [parameter_count] momentum of the weights that may grow, in the steps
                              before a change of the mask; NULL: none grow by momentum */
    float *effective;    /**< [parameter_count] weights that are tested and written instead of
                              `weights.parameters`, which they are computed from; NULL: none */
    float *auxiliary[SKEL_AUXILIARIES]; /**< values of each quantity of a reparameterisation, tensor
                                             by tensor; NULL: none */
    float *moments;          /**< of the optimiser of auxiliary[0], tensor by tensor; NULL: none */
    uint8_t *lineage;        /**< [parameter_count] of the mask's weights */
    skel_partial partial;    /**< of the next iteration's sum, read from a checkpoint; owned */
    const skel_partial *now; /**< the part to write instead, NULL: none; borrowed */
    bool partial_is_saved;   /**< the latest checkpoint has a part of the iteration that goes on */
    skel_tables tables;
    skel_outcome outcome;       /**< of the phases so far; a checkpoint holds seconds and test */
    const char *prune_engine;   /**< "" if pruning needed none */
    const char *train_engine;   /**< "" if nothing was trained; not in a checkpoint */
    char history[SKEL_HISTORY]; /**< a line per resume */
    double saved; /**< when the latest checkpoint was written, or the run started; in no file */
    double
        took; /**< seconds that the latest checkpoint took, or the first one may take; in no file */
} skel_checkpoint_state;

/** Writes the state to a checkpoint.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_checkpoint_state_write(const skel_inputs *in,
                                                     const skel_checkpoint_state *state,
                                                     skel_file *file);

/** Writes the auxiliary values of a reparameterisation as /auxiliary/NAME; nothing if there are
 *  none.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_checkpoint_auxiliary_write(const skel_inputs *in,
                                                         const skel_checkpoint_state *state,
                                                         skel_file *file);

/** Gives every rank the state that the root reads from a checkpoint, and logs it.
 *
 *  Collective.
 *  @param path    of the checkpoint; the root's counts
 *  @param reader  the root's, open; ignored on the other ranks
 *  @param state   in: as prepared, out: as it was when the checkpoint was written
 *  Errors: SKEL_ERR_DATA, SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_state_read(const skel_inputs *in, const char *path,
                                                    skel_reader *reader,
                                                    skel_checkpoint_state *state);

#endif
