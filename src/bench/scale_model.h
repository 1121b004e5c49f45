/** A model of the time of one step on many ranks: compute, sum on the node, sum over the network.
 */
#ifndef SKEL_BENCH_SCALE_MODEL_H
#define SKEL_BENCH_SCALE_MODEL_H

#include <stddef.h>

/** The machine. Seconds, bytes a second. Plain data. */
typedef struct skel_scale_machine {
    size_t ranks_per_node;
    double latency;      /**< of one message between two nodes */
    double bandwidth;    /**< of one leader, in one direction */
    double node_latency; /**< of one message between two ranks of a node */
    double chunk;        /**< bytes that the leaders sum at once */
} skel_scale_machine;

/** One step, without the network: measured on one node. Seconds, bytes. Plain data. */
typedef struct skel_scale_work {
    double compute;   /**< the rank's microbatch, and on the root the choice of a mask */
    double node;      /**< conversion to fixed point and back, and the sum on the node */
    double summed;    /**< bytes of the vector that is summed over the ranks */
    double broadcast; /**< bytes that the root sends to all ranks: a mask's bits */
    double per_rank;  /**< bytes of each rank's row in a table that is summed: loss, ... */
    size_t small;     /**< collectives of a few bytes: agreement, scales */
} skel_scale_work;

/** The predicted time of one step. Seconds. Plain data. */
typedef struct skel_scale_step {
    double compute;
    double node;
    double network; /**< sum of the leaders, and broadcast */
    double small;   /**< small collectives, and the table of rows */
} skel_scale_step;

/** Predicts a step on `ranks` ranks, with one microbatch a rank.
 *
 *  Local. Numbers of ranks and nodes enter as ceil(log2), and as the nodes' (m - 1) / m.
 *  Source: allreduce by reduce-scatter and allgather, 2 log2(m) messages and 2 (m - 1) / m of the
 *  bytes: Thakur, Rabenseifner, Gropp 2005, section 4.5; broadcast by scatter and allgather:
 *  section 4.2.
 */
skel_scale_step skel_scale_predict(const skel_scale_machine *machine, const skel_scale_work *work,
                                   size_t ranks);

/** Sum of the parts.
 *
 *  Local. Unit: seconds.
 */
double skel_scale_total(const skel_scale_step *step);

/** Share of the total that is not `compute`.
 *
 *  Local.
 */
double skel_scale_share(const skel_scale_step *step);

#endif
