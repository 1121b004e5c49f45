/** Checks of a job file as a whole. */
#ifndef SKEL_JOB_FILE_CHECK_H
#define SKEL_JOB_FILE_CHECK_H

#include "file.h"

/** Checks the file as a whole: required keys, the number of runs, values that make no sense
 *  together in a run, keys that no method of the job reads.
 *
 *  Local. Sets `file->runs`.
 *  @param stored  of a run file: keys that the method does not read are accepted
 *  Errors: SKEL_ERR_CONFIG with the place.
 */
SKEL_CHECKED skel_status skel_job_file_check(skel_job_file *file, bool stored);

#endif
