/** Sums over microbatches, with the same bits for any assignment of microbatches to ranks.
 *
 *      SKEL_TRY(skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &reducer));
 *      SKEL_TRY(skel_reduce(reducer, microbatches, compute_gradient, &engine, sum, &loss));
 *      skel_reducer_destroy(&reducer);
 */
#ifndef SKEL_REDUCE_H
#define SKEL_REDUCE_H

#include "skel/comm.h"

/** How the values of all microbatches are added. */
typedef enum skel_reduction {
    SKEL_REDUCTION_EXACT, /**< 64-bit fixed point, the same bits on any number of ranks */
    SKEL_REDUCTION_FLOAT, /**< float32, half the bytes, bits depend on the number of ranks */
} skel_reduction;

/** Consecutive values that share one fixed-point scale, such as a parameter tensor. */
typedef struct skel_segment {
    size_t offset;
    size_t count;
} skel_segment;

/** The sizes of a reduction. Plain data. */
typedef struct skel_reduce_shape {
    size_t count;                    /**< float values per microbatch, e.g. all gradients */
    size_t segments;                 /**< they cover [0, count) in order without gaps */
    const skel_segment *segment;     /**< [segments], borrowed while the reducer lives */
    size_t scalars;                  /**< doubles per microbatch (loss, correct answers, ...) */
    size_t microbatches_max;         /**< most microbatches of one sum */
    const char *const *names;        /**< [segments] for messages, borrowed; NULL: numbers */
    const char *const *scalar_names; /**< [scalars] for messages, borrowed; may be NULL */
} skel_reduce_shape;

/** The part of an exact sum that is done between two microbatches. Plain data; the vectors belong
 *  to whoever made it. It does not depend on ranks: any number of them can go on. */
typedef struct skel_partial {
    size_t microbatches; /**< of the whole sum; 0: there is no such part */
    size_t count;        /**< values of a microbatch */
    size_t segments;
    size_t scalars;
    uint8_t *done;  /**< [microbatches] 1 where it is summed */
    int64_t *total; /**< [count] the sum, in fixed point */
    float *largest; /**< [segments] the magnitudes that gave the scales */
    double *rows;   /**< [microbatches][scalars]; 0 where it is not summed */
} skel_partial;

/** Who keeps the part of a sum that is done, and has kept one before. Borrowed. */
typedef struct skel_keeper {
    void *context;
    bool (*due)(void *context); /**< whether to save at the next border; only the root is asked */
    /** Saves the part. Collective; it is also called before a sum is left because of a stop.
     *  @param partial  borrowed during the call, the same on every rank */
    skel_status (*save)(void *context, const skel_partial *partial);
    const skel_partial *from; /**< the part to go on from, the same on every rank; one of another
                                   shape is ignored; NULL: none */
} skel_keeper;

/** The buffers of a reduction, made once per run. Opaque. */
typedef struct skel_reducer skel_reducer;

/** Computes the values of consecutive microbatches of this rank.
 *
 *  @param first    number of the first microbatch
 *  @param count    number of microbatches: 1, or in lock step all of the rank's, which may be 0
 *  @param values   out: [count] pointers to [shape.count] floats
 *  @param scalars  out: [count][shape.scalars]
 *  A second call for the same microbatches must write the same values.
 *  Outside lock step the function must be local, because the ranks call it different numbers of
 *  times. In lock step every rank calls it exactly once per sum, so it may be collective. Then its
 *  ranks must agree on a failure before they return: the reducer cannot wake a rank that waits
 *  inside the function for a rank that has left it.
 */
typedef skel_status (*skel_microbatch_fn)(void *context, size_t first, size_t count,
                                          float *const values[], double scalars[]);

/** Makes a reducer.
 *
 *  Local, with equal arguments on every rank. `*out` is *owned*; `comm` is borrowed.
 *  @param lockstep  false: `fn` is called for one microbatch at a time; true: `fn` is called once
 *                   on every rank, for all microbatches of the rank, so it may be collective
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reducer_create(const skel_comm *comm, skel_reduction reduction,
                                             const skel_reduce_shape *shape, bool lockstep,
                                             skel_reducer **out);

/** Prepares a reducer that is not in lock step for other segments, in the arrays that it borrows.
 *
 *  Local, with equal arguments on every rank.
 *  @param count     sum of the segments' counts
 *  @param segments  the new number of segments
 *  @return          false if the reducer was made for fewer values or segments: it is unchanged
 */
bool skel_reducer_reshape(skel_reducer *reducer, size_t count, size_t segments);

/** Frees the reducer; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_reducer_destroy(skel_reducer **reducer);

/** Sets who keeps the parts of the following sums; NULL: nobody.
 *
 *  Local, on every rank alike. Sums of floats and sums in lock step have no parts: their bits
 *  depend on the ranks, or their ranks are inside of one function.
 */
void skel_reducer_keep(skel_reducer *reducer, const skel_keeper *keeper);

/** The microbatches of one rank: consecutive, spread as evenly as possible, perhaps none.
 *
 *  Local.
 *  @param first, count  out: this rank's are first, ..., first + count - 1
 */
void skel_microbatches_of(size_t microbatches, int rank, int size, size_t *first, size_t *count);

/** Sums `fn`'s values over microbatches 0, ..., microbatches-1, spread over the ranks.
 *
 *  Collective. Exact: each value is multiplied by the scale of its segment, rounded to an integer
 *  (to nearest, ties to even), and the integers are summed. The scale is the power of two for which
 *  the largest magnitude of microbatch 0 in this segment becomes at least 2^40 and less than 2^41
 *  (2^44 if all its values are 0). A value is too large if `microbatches` values of its magnitude
 *  could overflow. Then all ranks start again, and the scales are chosen by the largest magnitudes
 *  of all microbatches. None of these choices depends on the number of ranks. The integer sum is
 *  converted to double, divided by the scale, and rounded to float.
 *  Float: each rank adds its microbatches in order, then the sums of the ranks are added.
 *  Between two microbatches, outside lock step, the ranks tell each other of a request to stop
 *  (skel_stop_check()) and of a failure: all leave within the next two microbatches, or within some
 *  milliseconds if microbatches are shorter. With a keeper the part that is done is saved before.
 *  @param sum      [shape.count] out: the sum over all microbatches, on every rank
 *  @param scalars  [shape.scalars] out: sums, added in the order of the microbatches, on every rank
 *  Errors: the lowest failing rank's, outputs then undefined; SKEL_ERR_NUMBER if a value, a scalar
 *          or a sum is not finite, naming segment, offset and microbatch; SKEL_ERR_CONFIG if there
 *          are no microbatches; SKEL_ERR_STOPPED; the keeper's.
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
