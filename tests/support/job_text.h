/** Jobs from a few lines of text. */
#ifndef SKEL_TESTS_JOB_TEXT_H
#define SKEL_TESTS_JOB_TEXT_H

#include "skel/job.h"
#include "skel/status.h"

/** Reads the first run of a job of LeNet-5 on MNIST.
 *
 *  Local.
 *  @param epochs  of training
 *  @param rest  more lines of the job file, which must not name `data`, `model` and `train`
 *  Errors: those of skel_job_file_read().
 */
SKEL_CHECKED skel_status skel_job_text_read(unsigned epochs, const char *rest, skel_job *out);

#endif
