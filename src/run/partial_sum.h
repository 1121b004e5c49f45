/** The part of a pruning iteration's sum in a checkpoint. */
#ifndef SKEL_RUN_PARTIAL_SUM_H
#define SKEL_RUN_PARTIAL_SUM_H

#include "inputs.h"

#include "skel/reader.h"
#include "skel/reduce.h"
#include "skel/run_file.h"

/** Writes the part to a checkpoint, unless there is none.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_partial_sum_write(const skel_partial *partial, skel_file *file);

/** Gives every rank the part that the root reads from a checkpoint.
 *
 *  Collective.
 *  @param reader  the root's, open; ignored on the other ranks
 *  @param out     *owned*: skel_partial_sum_free() it; empty if the checkpoint has none
 *  Errors: SKEL_ERR_DATA if the part cannot be of a sum of this run; SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_partial_sum_read(const skel_inputs *in, skel_reader *reader,
                                               skel_partial *out);

/** Frees the vectors of a part; it is empty then.
 *
 *  Local.
 */
void skel_partial_sum_free(skel_partial *partial);

/** Microbatches that are done.
 *
 *  Local.
 */
size_t skel_partial_sum_done(const skel_partial *partial);

#endif
