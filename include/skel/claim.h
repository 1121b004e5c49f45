/** Claims: locks on file systems without flock(), as some network file systems are.
 *
 *  A claim is a file with the owner's host, process and job, which exactly one process can link to
 *  its name. The owner renews its time of change as a sign of life.
 */
#ifndef SKEL_CLAIM_H
#define SKEL_CLAIM_H

#include "skel/status.h"

/** A claim that is held. Opaque. */
typedef struct skel_claim skel_claim;

/** Claims PATH by a file "PATH.lock.owner".
 *
 *  Local. The claim of a process that no longer exists is taken over: at once on its own machine,
 *  from another one after three minutes without a sign of life. A thread gives the signs of life;
 *  if it finds that another process has taken the claim over, it ends this process with exit status
 *  74.
 *  @param work  that the claim is for, in messages: "making" PATH
 *  @param out   *owned*: skel_claim_release() it
 *  Errors: SKEL_ERR_IO if another process holds it, naming that; the reason why the file cannot be
 *          made; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_claim_take(const char *path, const char *work, skel_claim **out);

/** Removes the claim's file and frees the claim; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_claim_release(skel_claim **claim);

#endif
