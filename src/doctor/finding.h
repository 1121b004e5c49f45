/** Findings: what a check says of one rank. */
#ifndef SKEL_DOCTOR_FINDING_H
#define SKEL_DOCTOR_FINDING_H

#include "skel/doctor.h"

/** All is well.
 *
 *  Local.
 */
void skel_finding_ok(skel_finding *finding, const char *format, ...) SKEL_FORMAT(2, 3);

/** The check could not be done here.
 *
 *  Local.
 *  @param format  the reason
 */
void skel_finding_skip(skel_finding *finding, const char *format, ...) SKEL_FORMAT(2, 3);

/** Skel works, but not as well as it could.
 *
 *  Local.
 *  @param advice  what skel does about it, and what the user can do
 *  @param format  what was found
 */
void skel_finding_warn(skel_finding *finding, const char *advice, const char *format, ...)
    SKEL_FORMAT(3, 4);

/** Skel fails, or cannot be trusted.
 *
 *  Local.
 *  @param advice  what skel does about it, and what the user can do
 *  @param format  what was found
 */
void skel_finding_fail(skel_finding *finding, const char *advice, const char *format, ...)
    SKEL_FORMAT(3, 4);

/** Gives every rank the worst of the ranks' findings.
 *
 *  Collective. The text names rank and host if it is not the root's.
 *  @param hosts  [ranks][width] names
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_finding_merge(const skel_comm *comm, const char hosts[], size_t width,
                                            skel_finding *finding);

#endif
