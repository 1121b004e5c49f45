/** Ranks: groups of them, agreement before collectives, sums, broadcasts, memory of a node.
 *
 *      SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
 *      status = read_the_file(comm);                       // local work on each rank
 *      SKEL_TRY(skel_comm_agree(comm, status));            // all ranks go on, or none
 *      skel_comm_broadcast(comm, sizeof settings, &settings);
 *      skel_comm_destroy(&comm);                           // at `done:`, after all that borrows it
 *      skel_comm_stop();
 */
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
 *  Collective over all processes. A failed assertion from here on ends every rank.
 *  @param out  *owned*: skel_comm_destroy() it, before skel_comm_stop()
 *  Errors: SKEL_ERR_MISSING if srun started the ranks without PMIx; SKEL_ERR_INTERNAL;
 *          SKEL_ERR_MEMORY. `*out` may be there all the same.
 */
SKEL_CHECKED skel_status skel_comm_start(int *argc, char ***argv, skel_comm **out);

/** Ends MPI; the counterpart of skel_comm_start().
 *
 *  Collective over all processes.
 */
void skel_comm_stop(void);

/** Makes a group of this process alone, without MPI, for commands and tests of one process.
 *
 *  Local. `*out` is *owned*: skel_comm_destroy() it. Errors: SKEL_ERR_MEMORY.
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

/** Whether this is rank 0, the root, which scores weights, reads small files and prints.
 *
 *  Local.
 */
bool skel_comm_is_root(const skel_comm *comm);

/** The group's MPI_Comm, for the layer that borrows it (linalg).
 *
 *  Local. Points to an MPI_Comm, borrowed while `comm` lives; NULL for a group without MPI.
 */
const void *skel_comm_mpi(const skel_comm *comm);

/** Makes all ranks return the same status: the lowest failing rank's, with its message.
 *
 *  Collective. Call it before every other collective, with the status of the local work.
 *  @param local  this rank's status; its message is that of the last error
 *  Errors: the lowest failing rank's.
 */
SKEL_CHECKED skel_status skel_comm_agree(const skel_comm *comm, skel_status local);

/** Waits until every rank has called it.
 *
 *  Collective.
 */
void skel_comm_barrier(const skel_comm *comm);

/** Waits as skel_comm_barrier(), but sleeps meanwhile: for waits of minutes and hours, during which
 *  other processes need the processor.
 *
 *  Collective.
 */
void skel_comm_rest(const skel_comm *comm);

/** Waits as skel_comm_rest(), and between two naps calls a function.
 *
 *  Collective.
 *  @param meanwhile  NULL: none; it must not be collective
 */
void skel_comm_rest_while(const skel_comm *comm, void (*meanwhile)(void *context), void *context);

/** Copies the root's block to every rank; it may have more than 2^31 bytes.
 *
 *  Collective. `bytes` is the same on every rank.
 */
void skel_comm_broadcast(const skel_comm *comm, size_t bytes, void *block);

/** Returns the root's value on every rank.
 *
 *  Collective. A decision that depends on time is made with this value, because the clocks of the
 *  ranks differ.
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

/** Sums 64-bit integers over the ranks, in place, exactly.
 *
 *  Collective. `count` is the same on every rank. The ranks of a node add large vectors in shared
 *  memory, and one rank of each node takes part in MPI_Allreduce. If some rank cannot have the
 *  shared memory (/dev/shm is full), all ranks take part in MPI_Allreduce.
 */
void skel_comm_sum_i64(const skel_comm *comm, size_t count, int64_t values[]);

/** Sums as skel_comm_sum_i64(), but always by MPI_Allreduce: for comparison in `skel bench`.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_allreduce_i64(const skel_comm *comm, size_t count, int64_t values[]);

/** Sums floats over the ranks, in place; the rounding depends on the number of ranks.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_sum_f32(const skel_comm *comm, size_t count, float values[]);

/** Sums doubles over the ranks, in place; exact if at most one rank's value is not 0.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_sum_f64(const skel_comm *comm, size_t count, double values[]);

/** Replaces each value by its largest over the ranks.
 *
 *  Collective. `count` is the same on every rank.
 */
void skel_comm_max_f64(const skel_comm *comm, size_t count, double values[]);

/** Time of one message between the root and another rank, measured as half of a ping-pong.
 *
 *  Collective. The other ranks wait.
 *  @param other   the rank, the same on every rank; 0: nothing is measured
 *  @param bytes   of the message, below 2^31
 *  @param block   [bytes] sent and overwritten
 *  @param repeat  ping-pongs
 *  @return the mean in seconds, the same on every rank; 0 on one rank
 */
double skel_comm_message_seconds(const skel_comm *comm, int other, size_t bytes, void *block,
                                 int repeat);

/** Nodes that the ranks are on, as the sums through shared memory see them.
 *
 *  Collective.
 */
int skel_comm_nodes(const skel_comm *comm);

/** Bytes that each rank of this rank's node can still take, if all take as much.
 *
 *  Collective. Nodes are taken to have equally many ranks.
 */
double skel_comm_memory(const skel_comm *comm);

/** Copies one text of every rank to every rank, in the order of the ranks.
 *
 *  Collective. Each text is cut to `width - 1` bytes.
 *  @param out  [size][width], zero-terminated rows
 */
void skel_comm_gather_text(const skel_comm *comm, const char *text, size_t width, char out[]);

/** Allocates a block that the ranks of one node share, zeroed, aligned to 64 bytes.
 *
 *  Collective. One rank of each node fills it: see skel_shared_is_owner().
 *  @param bytes  more than 0, the same on every rank
 *  @param out    *owned*: skel_shared_destroy() it
 *  Errors: SKEL_ERR_MEMORY if /dev/shm of a node has no room for it, agreed on.
 */
SKEL_CHECKED skel_status skel_shared_create(const skel_comm *comm, size_t bytes, skel_shared **out);

/** As skel_shared_create(), but each rank has a block of its own, and fills it.
 *
 *  Collective. For systems where ranks cannot share memory.
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_shared_create_copies(const skel_comm *comm, size_t bytes,
                                                   skel_shared **out);

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

/** Whether this rank fills the block of its node.
 *
 *  Local.
 */
bool skel_shared_is_owner(const skel_shared *shared);

/** Makes the owner's writes visible to the other ranks of its node.
 *
 *  Collective.
 */
void skel_shared_publish(const skel_shared *shared);

/** Names the MPI library and its version: "Open MPI 4.1.4".
 *
 *  Local. The version in use may be newer than the version at build time.
 */
void skel_comm_libraries(char out[SKEL_LIBRARIES]);

#endif
