/** Divisions of all ranks into groups that work on different runs at the same time. */
#ifndef SKEL_DIVISION_H
#define SKEL_DIVISION_H

#include "skel/comm.h"

/** Chooses the group of each rank.
 *
 *  Local. No group has ranks of two nodes if there are at least as many groups as nodes. With fewer
 *  groups than nodes, a group has whole nodes. Otherwise the groups are as equal as possible: on
 *  one node their sizes differ by at most 1.
 *  @param ranks   at least 1
 *  @param node    [ranks] number of each rank's node: the lowest rank on the node
 *  @param groups  from 1 to `ranks`
 *  @param group   out: [ranks] from 0 to groups - 1; each group has a rank, and rank 0 is in group
 *                 0
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_division_plan(size_t ranks, const int node[], size_t groups,
                                            size_t group[]);

/** Divides the ranks into groups and makes the communicator of this rank's group.
 *
 *  Collective over `all`. The root of `all` is the root of group 0.
 *  @param groups  from 1 to the size of `all`; the same on every rank
 *  @param number  out: of this rank's group
 *  @param out     *owned*: skel_comm_destroy() it
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_division_make(const skel_comm *all, size_t groups, size_t *number,
                                            skel_comm **out);

#endif
