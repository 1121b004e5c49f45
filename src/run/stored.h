/** What the files of earlier invocations say about their runs. */
#ifndef SKEL_RUN_STORED_H
#define SKEL_RUN_STORED_H

#include "skel/job.h"
#include "skel/reader.h"

/** A number among an object's attributes; 0 if there is none of that name.
 *
 *  Local.
 */
double skel_stored_number(skel_reader *reader, const char *object, const char *name);

/** Whether a file was made with a job's settings; how often checkpoints are due does not count.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_stored_job_is(skel_reader *reader, const skel_job *job, bool *same);

#endif
