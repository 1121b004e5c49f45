/** The run file: all results of a run. */
#ifndef SKEL_RUN_RECORD_H
#define SKEL_RUN_RECORD_H

#include "checkpoint_state.h"
#include "diagnosis.h"

/** Writes the run file and publishes it.
 *
 *  Collective. Errors: as skel_file_publish().
 */
SKEL_CHECKED skel_status skel_record_write(const skel_inputs *in,
                                           const skel_checkpoint_state *state,
                                           const skel_diagnosis *diagnosis);

/** Sets the checksum of each file of the data set as an attribute of /provenance.
 *
 *  Collective. Errors: as skel_file_set_text().
 */
SKEL_CHECKED skel_status skel_record_data(const skel_inputs *in, skel_file *file);

/** Sets the root's attributes of a file: schema, program, date.
 *
 *  Collective. Errors: as skel_file_set_text().
 */
SKEL_CHECKED skel_status skel_record_stamp(const skel_comm *comm, skel_file *file,
                                           const char *schema);

#endif
