/** `skel doctor`: what this machine, its MPI, file system and libraries are known to get wrong. */
#ifndef SKEL_DOCTOR_H
#define SKEL_DOCTOR_H

#include "skel/comm.h"

enum { SKEL_FINDING_TEXT = 640 }; /**< bytes of a finding's texts */

/** What a check ends with, from the best. */
typedef enum skel_verdict {
    SKEL_VERDICT_OK,
    SKEL_VERDICT_SKIPPED, /**< could not be checked here */
    SKEL_VERDICT_WARNING, /**< skel works, but slower, or with less than it could have */
    SKEL_VERDICT_FAILURE, /**< skel fails, or cannot be trusted, before this is mended */
} skel_verdict;

/** The result of one check. Plain data. */
typedef struct skel_finding {
    const char *check; /**< one or two words; static storage */
    skel_verdict verdict;
    char found[SKEL_FINDING_TEXT];
    char advice[SKEL_FINDING_TEXT]; /**< what skel does about it, and what the user can do; "" if
                                       all is well */
} skel_finding;

/** Hears of a finding as soon as its check ends. */
typedef void (*skel_doctor_hear)(void *context, const skel_finding *finding);

/** Sets the time within which the next part must end; else the process ends, with words, with 74.
 *
 *  Local. Called before MPI is started, which may hang already; skel_doctor_run() calls it for each
 *  check.
 *  @param words     name of the part
 *  @param patience  seconds; 0: no limit any more
 */
void skel_doctor_limit(const char *words, unsigned patience);

/** Does all checks, in the order of src/doctor/checks.h.
 *
 *  Collective. Of the ranks' findings the worst one counts, of equal ones that of the lowest rank.
 *  A check that does not end in time ends the process with words and exit status 74.
 *  @param dir      folder whose file system is checked; nothing stays there
 *  @param patience  seconds of one check
 *  @param hear     called on every rank, with the same finding
 *  @param context  borrowed, handed to `hear`
 *  @param worst    out: the worst verdict, the same on every rank
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_doctor_run(const skel_comm *comm, const char *dir, unsigned patience,
                                         skel_doctor_hear hear, void *context, skel_verdict *worst);

/** The word for a verdict: "ok", "skipped", "warning", "failure".
 *
 *  Local. Static storage.
 */
const char *skel_doctor_word(skel_verdict verdict);

#endif
