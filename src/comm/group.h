/** A group of ranks: made from an MPI communicator, and sums that only this room needs. */
#ifndef SKEL_COMM_GROUP_H
#define SKEL_COMM_GROUP_H

#include "pieces.h"

#include "skel/comm.h"

#include <mpi.h>

/** Gives a group the ranks of a communicator. It cannot fail: a communicator is made after all
 *  ranks have their group, so that none of them has one that the others would have to free with it.
 *
 *  Local.
 *  @param group  as skel_comm_create_self() makes it
 *  @param comm   *taken*: skel_comm_destroy() frees it
 */
void skel_comm_adopt(skel_comm *group, MPI_Comm comm);

/** Sums integers over the ranks through the memory that those of a node share.
 *
 *  Collective.
 *  @return  false, the same on every rank, if they share none, or if it does not pay: nothing was
 *           called
 */
bool skel_comm_sum_pieces(const skel_comm *comm, size_t count, const skel_pieces *pieces);

#endif
