/** Locks on files that are being made: two programs never make the same file at the same time. */
#ifndef SKEL_LOCK_H
#define SKEL_LOCK_H

#include "skel/comm.h"

/** A lock that is held. Opaque. */
typedef struct skel_lock skel_lock;

/** Locks PATH by a file "PATH.lock" beside it, until it is released or the root's process ends.
 *
 *  Collective. The root alone holds the lock. Missing folders are made, so that a folder without
 *  write permission is an error before any work is done. The lock file of a killed process is taken
 *  over. On a file system without flock() a file "PATH.lock.owner" is the lock: it names host,
 *  process and job, and is renewed as a sign of life.
 *  @param out  *owned*: skel_lock_release() it
 *  Errors: SKEL_ERR_IO if another process holds it, or the reason why the file cannot be made;
 *          SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_lock_take(const skel_comm *comm, const char *path, skel_lock **out);

/** As skel_lock_take(), of the list of a report's files: the error names the folder instead.
 *
 *  Collective.
 *  @param folder  that the report is written to
 *  Errors: as skel_lock_take().
 */
SKEL_CHECKED skel_status skel_lock_take_report(const skel_comm *comm, const char *path,
                                               const char *folder, skel_lock **out);

/** Removes the lock's file and frees the lock; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_lock_release(skel_lock **lock);

#endif
