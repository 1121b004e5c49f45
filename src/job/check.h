/** Whether the values of a job go together, as far as that can be said without any data. */
#ifndef SKEL_JOB_CHECK_H
#define SKEL_JOB_CHECK_H

#include "skel/job.h"

enum { SKEL_OBJECTION_TEXT = 1024 };

/** What is wrong with a job. Plain data. */
typedef struct skel_objection {
    const char *path; /**< the key that is to blame; static storage */
    char text[SKEL_OBJECTION_TEXT];
} skel_objection;

/** Whether the values go together; if not, why.
 *
 *  Local.
 *  @param objection  written only if they do not
 */
bool skel_job_is_sound(const skel_job *job, skel_objection *objection);

#endif
