/** Whether the values of one run contradict each other. */
#ifndef SKEL_JOB_CHECK_H
#define SKEL_JOB_CHECK_H

#include "skel/job.h"

enum { SKEL_OBJECTION_TEXT = 1024 };

/** The fault of a job. Plain data. */
typedef struct skel_objection {
    const char *path; /**< the key that is to blame; static storage */
    char text[SKEL_OBJECTION_TEXT];
} skel_objection;

/** Whether the values of a run make sense together.
 *
 *  Local.
 *  @param objection  out: the fault; written only if there is one
 */
bool skel_job_is_sound(const skel_job *job, skel_objection *objection);

#endif
