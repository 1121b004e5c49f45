/** The value of a key, in a job. */
#ifndef SKEL_JOB_VALUE_H
#define SKEL_JOB_VALUE_H

#include "key.h"

/** Reads the value at a node into the key's member of the job.
 *
 *  Local. The member's unused bytes are zeroed; an error leaves the member as it was.
 *  Errors: SKEL_ERR_CONFIG at the node.
 */
SKEL_CHECKED skel_status skel_value_read(const skel_key *key, const skel_tree *tree, size_t at,
                                         skel_job *job);

/** Sets a job to the defaults, all bytes of it; required keys are empty.
 *
 *  Local.
 */
void skel_value_defaults(skel_job *job);

/** A job with the defaults, made once.
 *
 *  Local. Static storage.
 */
const skel_job *skel_value_default_job(void);

/** The same with the values that a run's identity leaves out (`unsaid` of skel_key).
 *
 *  Local. Static storage.
 */
const skel_job *skel_value_unsaid_job(void);

#endif
