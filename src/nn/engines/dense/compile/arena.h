/** Arenas: the memory of the values and gradients of one microbatch. */
#ifndef SKEL_NN_DENSE_ARENA_H
#define SKEL_NN_DENSE_ARENA_H

#include "plan.h"

/** The two components of every value and gradient: itself, and its tangent for products with the
 *  Hessian. Both components of a buffer have the same offset, each in a block of its own. */
typedef enum skel_dense_side {
    SKEL_DENSE_VALUE,
    SKEL_DENSE_TANGENT, /**< only with `second_order` */
    SKEL_DENSE_SIDES,
} skel_dense_side;

/** The blocks of one slot. A slot is the place of one microbatch; there are several if batch norm
 *  takes its statistics over several microbatches. */
typedef struct skel_dense_arena {
    size_t held[SKEL_DENSE_SIDES]; /**< floats of `data` */
    float *data[SKEL_DENSE_SIDES]; /**< owned */
    skel_dense_plan *plan;         /**< borrowed: of the microbatch in the slot */
} skel_dense_arena;

#endif
