/** Ranks: who takes part, agreement before collectives, and the few collectives that we use. */
#ifndef SKEL_COMM_H
#define SKEL_COMM_H

#include "skel/status.h"
#include "skel/version.h"

#include <stddef.h>
#include <stdint.h>

/** A group of ranks. Opaque. */
typedef struct skel_comm skel_comm;

/** A block of memory that the ranks of one node share. Opaque. */
typedef struct skel_shared skel_shared;

/** Starts MPI with the safe settings and wraps all ranks.
 *
 *  Collective over all processes. Sets OMPI_MCA_fcoll=individual before MPI_Init unless the user
 *  has set it; a failed assertion from here on ends every rank.
 *  @param out  *owned*: skel_comm_destroy() it, before skel_comm_stop()
 *  Errors: SKEL_ERR_INTERNAL, SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_comm_start(int *argc, char ***argv, skel_comm **out);

/** Ends MPI; the counterpart of skel_comm_start().
 *
 *  Collective over all processes.
 */
void skel_comm_stop(void);

/** A group of this process alone, without MPI: for tools and for tests of one process.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_comm_create_self(skel_comm **out);

/** Frees the group; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_comm_destroy(skel_comm **comm);

/** This process's number in the group, from 0.
 *
 *  Local.
 */
int skel_comm_rank(const skel_comm *comm);

/** Processes in the group.
 *
 *  Local.
 */
int skel_comm_size(const skel_comm *comm);

/** Whether this is rank 0, the one that scores, reads small files and speaks.
 *
 *  Local.
 */
bool skel_comm_is_root(const skel_comm *comm);

/** The group's MPI_Comm, for the layers that borrow it (store, spectra).
 *
 *  Local. Points to an MPI_Comm, borrowed while `comm` lives; NULL for a group without MPI.
 */
const void *skel_comm_mpi(const skel_comm *comm);

/** Makes all ranks return the same status: the lowest failing rank's, with its message.
 *
 *  Collective. To be called before every other collective, with what local work has returned.
 *  @param local  this rank's status; its message is the last error's
 *  Errors: the lowest failing rank's.
 */
SKEL_CHECKED skel_status skel_comm_agree(const skel_comm *comm, skel_status local);

/** Waits until every rank has called it.
 *
 *  Collective.
 */
void skel_comm_barrier(const skel_comm *comm);

/** Copies `bytes` bytes of the root's block to every rank; any size.
 *
 *  Collective. `bytes` is the same on every rank.
 */
void skel_comm_broadcast(const skel_comm *comm, size_t bytes, void *block);

/** The root's value on every rank: for clocks, which differ.
 *
 *  Collective.
 */
double skel_comm_roots(const skel_comm *comm, double local);

/** Copies the root's zero-terminated text to every rank.
 *
 *  Collective.
 *  @param text  in: the root's text (ignored elsewhere)
 *  @param out   every rank's own copy, *owned*
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_comm_broadcast_text(const skel_comm *comm, const char *text,
                                                  char **out);

/** Sums 64-bit integers over the ranks, in place; exact, any count.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_sum_i64(const skel_comm *comm, size_t count, int64_t values[]);

/** Sums floats over the ranks, in place; the bits depend on the number of ranks.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_sum_f32(const skel_comm *comm, size_t count, float values[]);

/** Sums doubles over the ranks, in place; exact where at most one rank's value is not 0.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_sum_f64(const skel_comm *comm, size_t count, double values[]);

/** The largest of each value over the ranks, in place.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_max_f64(const skel_comm *comm, size_t count, double values[]);

/** Collects one text of every rank on every rank, in rank order.
 *
 *  Collective. Each text is cut to `width - 1` bytes.
 *  @param out  [size][width], zero-terminated rows
 */
void skel_comm_gather_text(const skel_comm *comm, const char *text, size_t width, char out[]);

/** Allocates a block that the ranks of one node share, zeroed, aligned to 64 bytes.
 *
 *  Collective. One rank of each node (see skel_shared_is_owner()) is meant to fill it.
 *  @param bytes  the same on every rank
 *  @param out    *owned*: skel_shared_destroy() it
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_shared_create(const skel_comm *comm, size_t bytes, skel_shared **out);

/** Frees the block; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_shared_destroy(skel_shared **shared);

/** The block's memory.
 *
 *  Local. Borrowed while `shared` lives.
 */
void *skel_shared_data(const skel_shared *shared);

/** Whether this rank is the one of its node that fills the block.
 *
 *  Local.
 */
bool skel_shared_is_owner(const skel_shared *shared);

/** Makes what the owner wrote visible to the node's other ranks.
 *
 *  Collective.
 */
void skel_shared_publish(const skel_shared *shared);

/** Names the libraries of this layer: "Open MPI 4.1.4".
 *
 *  Local. Those that are in use, which may be newer than those it was built with.
 */
void skel_comm_libraries(char out[SKEL_LIBRARIES]);

#endif
