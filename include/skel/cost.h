/** The cost of a run, computed before the run: images, arithmetic, memory. */
#ifndef SKEL_COST_H
#define SKEL_COST_H

#include "skel/leg.h"

/** The cost of one run. Plain data. */
typedef struct skel_cost {
    double gradient_images; /**< images of forward and backward passes, in pruning and training */
    double dense_images;    /**< of the training's gradient_images those whose gradients are of all
                                 weights, or computed by an engine to which pruned weights are as
                                 much work as others */
    double forward_images;  /**< images of forward passes alone: tests and validation */
    double flop;            /**< floating-point operations of convolutions and linear layers: 2 for
                                 each multiply-add; a forward pass has the network's
                                 multiply-adds, a backward pass twice as many; and of linear
                                 algebra */
    double linalg_flop;     /**< of `flop` those of linear algebra, which is in double precision */
    size_t bytes;           /**< peak resident memory of one rank */
} skel_cost;

/** Networks and memory of the runs so far: what runs have in common is computed once. Opaque. */
typedef struct skel_costs skel_costs;

/** Starts with none.
 *
 *  Local. `*out` is *owned*: skel_costs_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_costs_create(skel_costs **out);

/** Frees all; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_costs_destroy(skel_costs **costs);

/** Computes the cost of a run.
 *
 *  Local, without MPI.
 *  @param costs  of the runs before it
 *  @param ranks  on one node: they share the data set and, with `batchnorm: batch`, a batch
 *  Errors: SKEL_ERR_CONFIG as skel_settings_resolve() and skel_settings_network().
 */
SKEL_CHECKED skel_status skel_cost_of(skel_costs *costs, const skel_job *job, int ranks,
                                      skel_cost *out);

/** Computes the cost of what is left of a run. Its memory is that of the whole run.
 *
 *  Local, without MPI. An epoch that is not done counts as a whole, and so does the diagnosis.
 *  @param ranks     as of skel_cost_of()
 *  @param position  how far the run is, as skel_leg_position() has it
 *  Errors: as skel_cost_of().
 */
SKEL_CHECKED skel_status skel_cost_left(skel_costs *costs, const skel_job *job, int ranks,
                                        skel_position position, skel_cost *out);

enum { SKEL_COST_IDLE = 224 }; /**< bytes that skel_cost_idle() needs */

/** Describes the ranks that have no microbatch of a batch to work on.
 *
 *  Local.
 *  @param ranks  of the whole run
 *  @param out    out: a sentence, with the microbatch that would give work to more ranks if there
 *                is one; "" if all ranks have work
 */
void skel_cost_idle(const skel_job *job, size_t ranks, char out[SKEL_COST_IDLE]);

#endif
