/** Plans: the network compiled for one batch size. */
#ifndef SKEL_NN_DENSE_PLAN_H
#define SKEL_NN_DENSE_PLAN_H

#include "../../../plan/placement.h"
#include "work.h"

typedef struct skel_dense skel_dense;

/** Offsets of all buffers in an arena, and the primitives of all steps. */
typedef struct skel_dense_plan {
    struct skel_dense_plan *next; /**< owned */
    size_t images;
    bool direct; /**< no Winograd convolutions */
    skel_placement placement;
    skel_dense_work *work; /**< [steps] */
} skel_dense_plan;

/** Finds the plan for a batch size, or compiles it.
 *
 *  Local.
 *  @param direct  no Winograd convolutions. Winograd's algorithm gives negative sums of terms that
 *                 are not negative, and its error is relative to the largest value nearby
 *  @param out     *borrowed*: the engine owns it
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_plan_find(skel_dense *dense, size_t images, bool direct,
                                              skel_dense_plan **out);

/** Frees all plans.
 *
 *  Local.
 */
void skel_dense_plan_clear(skel_dense *dense);

#endif
