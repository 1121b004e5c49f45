/** The ranks of one node, and memory that they share. */
#ifndef SKEL_COMM_NODE_H
#define SKEL_COMM_NODE_H

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Sizes of the shared memory. */
enum {
    SKEL_NODE_RANKS = 512,          /**< most ranks of a node that share memory */
    SKEL_NODE_HALF = 1 << 19,       /**< bytes of one half of a rank's segment, at most */
    SKEL_NODE_HALF_LEAST = 1 << 14, /**< with less than this, nothing is shared */
    SKEL_NODE_HEAD = 1 << 12,       /**< bytes before the halves, a page */
};

/** The barrier of a node, in the leader's segment. */
typedef struct skel_node_gate {
    _Atomic uint32_t arrived; /* ranks that wait */
    _Atomic uint32_t opened;  /* times that all ranks have arrived */
} skel_node_gate;

/** This rank's node. A segment has two halves, which successive chunks of a sum use in turn. */
typedef struct skel_node {
    MPI_Comm all;     /* borrowed */
    MPI_Comm ranks;   /* of this node */
    MPI_Comm leaders; /* rank 0 of every node; MPI_COMM_NULL on other ranks */
    int rank;         /* in `ranks` */
    int size;
    int nodes;
    bool opened;                    /* whether skel_node_open() was called */
    size_t half;                    /* bytes; 0 if there are no segments */
    char *segment[SKEL_NODE_RANKS]; /* of each rank: [2][half], after SKEL_NODE_HEAD bytes */
    skel_node_gate *gate;
} skel_node;

/** The number of this rank's node: the lowest rank on the node.
 *
 *  Collective over `all`. SKEL_DEBUG_NODES acts as in skel_node_open().
 */
int skel_node_number(MPI_Comm all);

/** Opens the shared memory at its first call.
 *
 *  Collective over `node->all`. Every rank of a node has a segment of its own, which the others
 *  map. SKEL_DEBUG_NODES=N in the environment divides each node into N, by rank modulo N.
 *  @param node  in: `all` set, all else zero at the first call
 *  @return whether every rank has the segments of its node; the same on every rank
 */
bool skel_node_open(skel_node *node);

/** Waits until all ranks of the node have called it; their writes before it are then visible.
 *
 *  Collective over `node->ranks`; the node is open.
 */
void skel_node_meet(const skel_node *node);

/** Unmaps the segments and frees the communicators.
 *
 *  Collective over `node->all`.
 */
void skel_node_close(skel_node *node);

#endif
