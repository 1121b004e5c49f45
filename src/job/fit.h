/** Which keys a pruning method reads, by the traits of the method. */
#ifndef SKEL_JOB_FIT_H
#define SKEL_JOB_FIT_H

#include "key.h"

/** Finds the method of a job that has been checked.
 *
 *  Local. Static storage. A name that is not in the table is a broken invariant.
 */
const skel_method *skel_fit_method(const char *name);

/** Whether a method reads a key; true for keys that every method reads.
 *
 *  Local.
 */
bool skel_fit_reads(const skel_method *method, const skel_key *key);

/** The same, of a method by its name.
 *
 *  Local.
 */
bool skel_fit_uses(const skel_key *key, const char *method);

/** Lists the methods that read a key, or those that do not: "force, iter-snip, grasp-it".
 *
 *  Local. Returns how many they are.
 */
size_t skel_fit_users(const skel_key *key, bool reads, char out[SKEL_KEY_TEXT]);

#endif
