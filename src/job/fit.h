/** Which keys a pruning method has a use for, and the defaults that depend on the method. */
#ifndef SKEL_JOB_FIT_H
#define SKEL_JOB_FIT_H

#include "key.h"

/** Whether a method reads a key; true for keys that do not depend on the method.
 *
 *  Local.
 */
bool skel_fit_uses(const skel_key *key, const char *method);

/** Writes the methods that read a key: "force, iter-snip, grasp-it".
 *
 *  Local.
 */
void skel_fit_users(const skel_key *key, char out[SKEL_KEY_TEXT]);

/** Fills in what the job's method has defaults of its own for; what it has no use for goes back to
 *  the key's default, so that equal runs are equal jobs.
 *
 *  Local.
 */
void skel_fit_resolve(skel_job *job);

#endif
