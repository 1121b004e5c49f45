/** Keys that change nothing in a run, because of the values of other keys. */
#ifndef SKEL_JOB_IDLE_H
#define SKEL_JOB_IDLE_H

#include "key.h"

/** With which values of other keys a key would change the job's run: "train.epochs above 0".
 *
 *  Local. Static storage; NULL if the key counts, or if the method does not read it.
 */
const char *skel_idle_needs(const skel_key *key, const skel_job *job);

#endif
