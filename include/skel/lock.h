/** A lock on a file that is being made: two invocations never make the same one at a time. */
#ifndef SKEL_LOCK_H
#define SKEL_LOCK_H

#include "skel/comm.h"

/** A lock that is held. Opaque. */
typedef struct skel_lock skel_lock;

/** Locks PATH by a file "PATH.lock" beside it, until it is released or the root's process ends.
 *
 *  Collective; the root alone holds the lock. Missing folders are made, so that a folder that
 * cannot be written to is met before any work is done. What a killed process has left is taken
 * over. Where the file system has no locks, it goes on without.
 *  @param out  *owned*: skel_lock_release() it
 *  Errors: SKEL_ERR_IO if another process holds it, or the reason why the file cannot be made;
 *          SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_lock_take(const skel_comm *comm, const char *path, skel_lock **out);

/** Removes the lock's file and frees the lock; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_lock_release(skel_lock **lock);

#endif
