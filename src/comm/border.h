/** Borders: places between two microbatches of a sum where the ranks tell each other to leave it.
 *
 *      skel_border_open(comm, stride, least, &border);
 *      for each microbatch i of this rank
 *          if (skel_border_is_at(&border, i))
 *              all = skel_border_pass(&border, mine);
 *      skel_border_close(&border);
 *
 *  A border tells what the ranks have said at the border before it, so that nobody waits there for
 *  a rank that is slower by less than the microbatches between two borders.
 */
#ifndef SKEL_COMM_BORDER_H
#define SKEL_COMM_BORDER_H

#include "group.h"

#include <mpi.h>

/** What ranks say at a border: each is true for all if it is true for one. */
enum {
    SKEL_BORDER_STOP,   /**< the user has asked to stop */
    SKEL_BORDER_FAILED, /**< a microbatch has failed */
    SKEL_BORDER_SAVE,   /**< a checkpoint is due */
    SKEL_BORDER_FLAGS,
};

/** The borders of one sum. Plain data. */
typedef struct skel_border {
    MPI_Comm comm; /**< MPI_COMM_NULL for one rank */
    size_t stride; /**< microbatches between two borders */
    size_t end;    /**< no border from here on: every rank has so many microbatches */
    MPI_Request request;
    int mine[SKEL_BORDER_FLAGS]; /**< as sent */
    int all[SKEL_BORDER_FLAGS];  /**< as they come in */
    int seen[SKEL_BORDER_FLAGS]; /**< those of the border before */
} skel_border;

/** Opens the borders of a sum.
 *
 *  Local, with equal arguments on every rank.
 *  @param stride  microbatches between two borders, at least 1
 *  @param least   microbatches that every rank has, or more
 */
void skel_border_open(const skel_comm *comm, size_t stride, size_t least, skel_border *out);

/** Whether there is a border before this rank's microbatch `i`; the same on every rank.
 *
 *  Local.
 */
bool skel_border_is_at(const skel_border *border, size_t i);

/** Whether another border follows the one before microbatch `i`; the same on every rank.
 *
 *  Local.
 */
bool skel_border_follows(const skel_border *border, size_t i);

/** Tells the other ranks the flags of this rank, and returns those of the border before, of all.
 *
 *  Collective.
 *  @param mine  [SKEL_BORDER_FLAGS]
 *  @return [SKEL_BORDER_FLAGS], borrowed until the next call
 */
const int *skel_border_pass(skel_border *border, const bool mine[]);

/** Waits for the last flags; nobody reads them.
 *
 *  Collective.
 */
void skel_border_close(skel_border *border);

#endif
