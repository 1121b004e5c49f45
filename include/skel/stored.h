/** What the files of earlier invocations say about their runs. */
#ifndef SKEL_STORED_H
#define SKEL_STORED_H

#include "skel/job.h"
#include "skel/reader.h"

/** A number among an object's attributes; 0 if there is none of that name.
 *
 *  Local.
 */
double skel_stored_number(skel_reader *reader, const char *object, const char *name);

/** The settings that a file was made with; keys that its release did not know have their defaults.
 *
 *  Local. Errors: SKEL_ERR_DATA if it has none, or none that can be understood;
 *  SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_stored_job(skel_reader *reader, skel_job *out);

/** Whether a file was made with a job's settings; how often checkpoints are due does not count.
 *
 *  Local. Errors: as skel_stored_job().
 */
SKEL_CHECKED skel_status skel_stored_job_is(skel_reader *reader, const skel_job *job, bool *same);

#endif
