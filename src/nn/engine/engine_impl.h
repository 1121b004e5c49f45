/** What an engine is to src/nn/engine/engine.c, which checks arguments and dispatches.
 *
 *  An engine is one `skel_engine_type`, listed in engine.c, whose own struct begins with a
 *  `struct skel_engine`. tests/unit/test_engine*.c hold the tests that every engine must pass.
 */
#ifndef SKEL_NN_ENGINE_IMPL_H
#define SKEL_NN_ENGINE_IMPL_H

#include "skel/engine.h"
#include "skel/progress.h"

/** One way to execute networks. Static, immutable. */
typedef struct skel_engine_type {
    const char *name; /**< "reference" */
    size_t size;      /**< bytes of the engine's own struct, which begins with a skel_engine */

    /** Bytes that set_up() would allocate, `size` not counted.
     *
     *  Local. Errors: as set_up().
     */
    skel_status (*bytes)(const skel_network *network, const skel_engine_options *options,
                         size_t *bytes);

    /** Compiles the network; plans and takes all memory.
     *
     *  Local. In: type, network and options are set (slots and threads at least 1), all else is
     *  zero. On an error tear_down() is called on what there is.
     */
    skel_status (*set_up)(skel_engine *engine);

    /** Frees what set_up() took, also after it stopped half-way; not the struct itself.
     *
     *  Local.
     */
    void (*tear_down)(skel_engine *engine);

    /** skel_engine_load().
     *
     *  Local.
     */
    skel_status (*load)(skel_engine *engine, const float parameters[], const uint8_t mask[]);

    /** skel_engine_gradient(), but for the check that the losses are finite.
     *
     *  Local, or collective with `statistics_sum`. The arguments have been checked.
     */
    skel_status (*gradient)(skel_engine *engine, size_t count, const skel_batch batches[],
                            double scale, skel_pass passes[]);

    /** skel_engine_forward().
     *
     *  Local. The arguments have been checked.
     */
    skel_status (*forward)(skel_engine *engine, const skel_batch *batch, const float buffers[],
                           float logits[]);

    /** skel_engine_hessian(), but for the check that the losses are finite; NULL: cannot.
     *
     *  Local, or collective with `statistics_sum`. The arguments have been checked.
     */
    skel_status (*hessian)(skel_engine *engine, const float vector[], size_t count,
                           const skel_batch batches[], double scale, skel_pass passes[]);

    /** skel_engine_flow(); NULL: cannot.
     *
     *  Local.
     */
    skel_status (*flow)(skel_engine *engine, const float parameters[], const uint8_t mask[],
                        const float buffers[], float flow[], double *logarithm);

    /** skel_engine_curvature(), but for the check that the loss is finite; NULL: cannot.
     *
     *  Local. The arguments have been checked.
     */
    skel_status (*curvature)(skel_engine *engine, const float parameters[], const uint8_t mask[],
                             const float buffers[], const skel_batch *batch, double scale,
                             skel_pass *pass);
} skel_engine_type;

/** What all engines have in common; the first member of each engine's own struct. */
struct skel_engine {
    const skel_engine_type *type;
    const skel_network *network; /**< borrowed */
    skel_engine_options options;
    skel_engine_profile profile; /**< the engine adds to it if options.profile */
};

/** Seconds now if the engine measures its parts, else 0.
 *
 *  Local.
 */
static inline double skel_engine_clock(const skel_engine *engine)
{
    return engine->options.profile ? skel_seconds() : 0;
}

extern const skel_engine_type skel_engine_reference;
extern const skel_engine_type skel_engine_dense;
extern const skel_engine_type skel_engine_sparse;

/* Rows that batch norm passes to `statistics_sum`, one per microbatch, in the order of the slots.
 * Each batch-norm operation with C channels makes, in the order of the operations, one call in the
 * forward pass and, in the reverse order, one in the backward pass:
 *   forward   1 + 2 C columns: elements per channel (images * height * width),
 *             sum of x [C], sum of x^2 [C]
 *   backward      2 C columns: sum of dy [C], sum of dy * xhat [C]
 * A pass of skel_engine_hessian() makes one more call behind each of these, in either direction of
 *                2 C columns
 *   forward      sum of Rx [C], sum of Rx * xhat [C]
 *   backward     sum of Rdy [C], sum of R(dy * xhat) [C]
 * where R is the tangent along the vector. No row is wider than a forward one.
 * All in double, so that mean^2 - E[x^2] loses nothing that float had. */

/** Columns of a forward row.
 *
 *  Local.
 */
static inline size_t skel_norm_forward_columns(size_t channels)
{
    return 1 + 2 * channels;
}

/** Columns of a backward row.
 *
 *  Local.
 */
static inline size_t skel_norm_backward_columns(size_t channels)
{
    return 2 * channels;
}

/** Epsilon of every batch norm, added to the variance. */
#define SKEL_NORM_EPSILON 1e-5

#endif
