/** Sums over microbatches whose bits do not depend on which rank did which microbatch. */
#ifndef SKEL_REDUCE_H
#define SKEL_REDUCE_H

#include "skel/comm.h"

/** How the values of all microbatches are added. */
typedef enum skel_reduction {
    SKEL_REDUCTION_EXACT, /**< 64-bit fixed point, the same bits on any number of ranks */
    SKEL_REDUCTION_FLOAT, /**< float32, half the bytes, bits depend on the number of ranks */
} skel_reduction;

/** A run of consecutive values that share one fixed-point scale, such as a parameter tensor. */
typedef struct skel_segment {
    size_t offset;
    size_t count;
} skel_segment;

/** What a reduction is over. Plain data. */
typedef struct skel_reduce_shape {
    size_t count;                /**< float values per microbatch, e.g. all gradients */
    size_t segments;             /**< they cover [0, count) in order without gaps */
    const skel_segment *segment; /**< [segments], borrowed while the reducer lives */
    size_t scalars;              /**< doubles per microbatch (loss, correct answers, ...) */
    size_t microbatches_max;     /**< the most microbatches that one sum is over */
    const char *const *names;    /**< [segments] for messages, borrowed likewise; NULL: numbers */
    const char *const *scalar_names; /**< [scalars] for messages, borrowed likewise; may be NULL */
} skel_reduce_shape;

/** The buffers of a reduction, made once per run. Opaque. */
typedef struct skel_reducer skel_reducer;

/** Computes the values of consecutive microbatches of this rank.
 *
 *  @param first    number of the first microbatch
 *  @param count    how many; in lock step this is all of the rank's, and may be 0
 *  @param values   [count] pointers to [shape.count] floats, to be written
 *  @param scalars  [count][shape.scalars], to be written
 *  It may be called again for the same microbatches and must then write the same values.
 *  Outside lock step it must not be collective: ranks call it a different number of times. In lock
 *  step it is called exactly once per sum on every rank, and where it is collective, its ranks must
 *  agree on a failure among themselves before they return: the reducer cannot wake a rank that
 *  waits inside `fn` for one that has left it.
 */
typedef skel_status (*skel_microbatch_fn)(void *context, size_t first, size_t count,
                                          float *const values[], double scalars[]);

/** Makes a reducer.
 *
 *  Local, with equal arguments on every rank. `*out` is *owned*; `comm` is borrowed.
 *  @param lockstep  false: `fn` is called for one microbatch at a time; true: once, for all of the
 *                   rank's microbatches together, on every rank, so that it may be collective
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reducer_create(const skel_comm *comm, skel_reduction reduction,
                                             const skel_reduce_shape *shape, bool lockstep,
                                             skel_reducer **out);

/** Frees the reducer; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_reducer_destroy(skel_reducer **reducer);

/** The microbatches that a rank works on: consecutive, spread as evenly as possible, maybe none.
 *
 *  Local.
 *  @param first, count  out: this rank's are first, ..., first + count - 1
 */
void skel_microbatches_of(size_t microbatches, int rank, int size, size_t *first, size_t *count);

/** Sums `fn`'s values over microbatches 0, ..., microbatches-1, spread over the ranks.
 *
 *  Collective. Exact: each value is rounded (to nearest, ties to even) to a multiple of its
 *  segment's step and the integers are summed. The step is the power of two that makes microbatch
 *  0's largest magnitude in that segment at least 2^40 and below 2^41 steps (2^-44 if all are 0).
 *  If a value of any microbatch exceeds what `microbatches` equal ones could sum to without
 *  overflow, all ranks start again with the steps that the largest magnitudes of all microbatches
 *  ask for; nothing of this depends on the number of ranks. The integer sum becomes a double, then
 *  a float: two roundings, the same everywhere. Float: microbatches are added in order on each
 *  rank, then the ranks' sums.
 *  @param sum      [shape.count] out: the sum over all microbatches, on every rank
 *  @param scalars  [shape.scalars] out: sums, added in the order of the microbatches, on every rank
 *  Errors: the lowest failing rank's, outputs then undefined; SKEL_ERR_NUMBER if a value, a scalar
 *          or a sum is not finite, naming segment, offset and microbatch; SKEL_ERR_CONFIG if there
 *          are no microbatches.
 */
SKEL_CHECKED skel_status skel_reduce(skel_reducer *reducer, size_t microbatches,
                                     skel_microbatch_fn fn, void *context, float sum[],
                                     double scalars[]);

/** Bytes that a reducer of this shape allocates on one rank of a group of `size`.
 *
 *  Local. For `skel plan`.
 */
size_t skel_reducer_bytes(const skel_reduce_shape *shape, skel_reduction reduction, bool lockstep,
                          int size);

#endif
