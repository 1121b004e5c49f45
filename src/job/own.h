/** Defaults that depend on the pruning method: what an absent value (~) stands for. */
#ifndef SKEL_JOB_OWN_H
#define SKEL_JOB_OWN_H

#include "key.h"

/** Gives absent values that the job's method reads the method's own defaults.
 *
 *  Local.
 */
void skel_own_fill(skel_job *job);

/** Describes the methods' defaults of a key: "~ is 100 for synflow; otherwise 60"; "" for a key
 *  whose default is the same for all methods because it is the table's.
 *
 *  Local.
 */
void skel_own_describe(const skel_key *key, char out[SKEL_KEY_TEXT]);

#endif
