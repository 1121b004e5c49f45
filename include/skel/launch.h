/** What a launcher's environment says about this process before MPI is started. */
#ifndef SKEL_LAUNCH_H
#define SKEL_LAUNCH_H

#include "skel/status.h"

/** Whether a launcher has started this process as one of the ranks of an MPI program.
 *
 *  Local. mpirun and the PMI of srun say so in the environment.
 */
bool skel_launch_has_ranks(void);

/** Whether this process is the first one that its launcher has started, or the only one.
 *
 *  Local. Also right under srun without PMI, where each process believes that it is alone.
 */
bool skel_launch_is_first(void);

/** Looks whether the ranks that srun has started can find each other.
 *
 *  Local. Warns of one rank in a Slurm job of several tasks.
 *  @param size  ranks that MPI has found; 0 before MPI is started
 *  Errors: SKEL_ERR_MISSING if srun has not given MPI what it needs, PMIx as a rule, or if the
 *          launcher is another MPI's.
 */
SKEL_CHECKED skel_status skel_launch_check(int size);

#endif
