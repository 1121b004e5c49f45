/** A group of ranks: made from an MPI communicator, and sums that only this room needs. */
#ifndef SKEL_COMM_GROUP_H
#define SKEL_COMM_GROUP_H

#include "pieces.h"

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

/** Sums integers over the ranks through the memory that those of a node share.
 *
 *  Collective.
 *  @return  false, the same on every rank, if they share none, or if it does not pay: nothing was
 * called
 */
bool skel_comm_sum_pieces(const skel_comm *comm, size_t count, const skel_pieces *pieces);

#endif
