/** Makes a group of ranks from an MPI communicator. */
#ifndef SKEL_COMM_GROUP_H
#define SKEL_COMM_GROUP_H

#include "skel/comm.h"

#include <mpi.h>

/** Makes a group of the ranks of a communicator.
 *
 *  Local.
 *  @param comm  *taken*: skel_comm_destroy() frees it; MPI_COMM_NULL for one process without MPI
 *  @param out   *owned*: skel_comm_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_comm_wrap(MPI_Comm comm, skel_comm **out);

#endif
