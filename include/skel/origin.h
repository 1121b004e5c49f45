/** Origins: how a finished run was computed, beside what it computes. */
#ifndef SKEL_ORIGIN_H
#define SKEL_ORIGIN_H

#include "skel/job.h"

enum { SKEL_ORIGIN = 512 }; /**< bytes of a description */

/** Says in which parts of its provenance a finished run differs from one that would be done now:
 *  instruction set, revision, engine, threads, number of ranks.
 *
 *  Local, without MPI.
 *  @param path   of the run's file
 *  @param job    of the run now
 *  @param ranks  that would do it now; 0: not known, and not compared
 *  @param out    out: "instruction set avx2, here avx512; ..."; "" if nothing differs
 *  Errors: SKEL_ERR_IO or SKEL_ERR_DATA for a file that cannot be read.
 */
SKEL_CHECKED skel_status skel_origin_differs(const char *path, const skel_job *job, int ranks,
                                             char out[SKEL_ORIGIN]);

#endif
