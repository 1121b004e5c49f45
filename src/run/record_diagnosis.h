/** The diagnosis of the final mask in the run file. */
#ifndef SKEL_RUN_RECORD_DIAGNOSIS_H
#define SKEL_RUN_RECORD_DIAGNOSIS_H

#include "diagnosis.h"
#include "inputs.h"

#include "skel/file.h"

/** Writes /metrics/layers.
 *
 *  Collective. Errors: as skel_file_write(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_record_diagnosis_layers(const skel_inputs *in,
                                                      const skel_diagnosis *diagnosis,
                                                      skel_file *file);

/** Writes the diagnosis' attributes of /summary.
 *
 *  Collective. Errors: as skel_file_set_text(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_record_diagnosis_summary(const skel_inputs *in, const skel_mask *mask,
                                                       const skel_diagnosis *found,
                                                       skel_file *file);

#endif
