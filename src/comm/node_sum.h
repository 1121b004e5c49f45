/** Sums over all ranks through the shared memory of each node. */
#ifndef SKEL_COMM_NODE_SUM_H
#define SKEL_COMM_NODE_SUM_H

#include "node.h"
#include "pieces.h"

#include <stdint.h>

/** Least bytes of a vector for which shared memory is faster than MPI_Allreduce. */
enum { SKEL_NODE_SUM_LEAST = 1 << 15 };

/** Sums 64-bit integers over the ranks, in place.
 *
 *  Collective over `node->all`; the node is open. Chunk by chunk, each rank writes its values to
 *  its segment and adds one slice of all segments of its node; the leaders sum over the nodes by
 *  MPI_Allreduce; every rank reads the result. Exact, so no order of the additions matters.
 */
void skel_node_sum_i64(const skel_node *node, size_t count, int64_t values[]);

/** Sums floats over the ranks, in place, as skel_node_sum_i64(); same bits on every rank.
 *
 *  Collective over `node->all`; the node is open.
 */
void skel_node_sum_f32(const skel_node *node, size_t count, float values[]);

/** Sums 64-bit integers that are made where they are added.
 *
 *  Collective over `node->all`; the node is open.
 */
void skel_node_sum_pieces(const skel_node *node, size_t count, const skel_pieces *pieces);

#endif
