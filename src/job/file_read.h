/** Reading a job file from memory, for opening, for parsing and for the tests. */
#ifndef SKEL_JOB_FILE_READ_H
#define SKEL_JOB_FILE_READ_H

#include "skel/job.h"

/** Reads and checks the text of a job file; skel_job_file_open() without the file.
 *
 *  Local.
 *  @param label  name of the text in messages
 *  @param stem   name of a job that gives none; must be fit for a folder's name
 *  @param stored  of a run file: keys that the method does not read are accepted
 *  @param text   [bytes], any content
 *  @param out    *owned*: skel_job_file_close() it
 *  Errors: as skel_job_file_open(), but for SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_job_file_read(const char *label, const char *stem, bool stored,
                                            size_t bytes, const char text[], size_t count,
                                            const char *const overrides[], skel_job_file **out);

#endif
