/** Defaults that depend on the pruning method: what an absent value (~) stands for. */
#ifndef SKEL_JOB_OWN_H
#define SKEL_JOB_OWN_H

#include "key.h"

/** Completes a job: keys that its method does not read get the table's default, so that equal runs
 *  are equal jobs; absent values get the method's own defaults.
 *
 *  Local.
 */
void skel_own_resolve(skel_job *job);

/** Describes the methods' defaults of a key: "~ is 100 for synflow; otherwise 60"; "" for a key
 *  whose default is the same for all methods because it is the table's.
 *
 *  Local.
 */
void skel_own_describe(const skel_key *key, char out[SKEL_KEY_TEXT]);

/** The name that a file has in jobs, tables and messages: the file's name without folders, fit for
 *  a name (other characters become "-").
 *
 *  Local.
 */
void skel_own_file_name(const char *file, char out[SKEL_JOB_TEXT]);

#endif
