/** The interface that an engine implements; engine.c checks arguments and dispatches.
 *
 *  An engine is one `skel_engine_type`, listed in engine.c, whose own struct begins with a
 *  `struct skel_engine`. The tests tests/unit/test_engine*.c run on every engine of that list.
 *
 *  member      needed?   if it is NULL
 *  name, size  required
 *  bytes       required
 *  set_up      required
 *  tear_down   required
 *  load        required
 *  gradient    required
 *  forward     required
 *  load_packed optional  parameters are unpacked and gradients packed: nn/engine/unpacked.h
 *  hessian     optional  skel_engine_hessian() fails with SKEL_ERR_CONFIG
 *  flow        optional  skel_engine_flow() fails with SKEL_ERR_CONFIG
 *  curvature   optional  skel_engine_curvature() fails with SKEL_ERR_CONFIG
 *  samples     optional  skel_engine_samples() calls gradient() on one image after the other
 *  terms       optional  skel_engine_terms() fails with SKEL_ERR_CONFIG
 *  activation  optional  skel_engine_activation() fails with SKEL_ERR_CONFIG
 *  layer       optional  skel_engine_profile_layer() returns false
 *  kernel      optional  skel_engine_kernel() is ""
 *
 *  skel_engine_can() tells callers which optional members an engine has.
 */
#ifndef SKEL_NN_ENGINE_IMPL_H
#define SKEL_NN_ENGINE_IMPL_H

#include "statistics.h"

#include "skel/engine.h"
#include "skel/progress.h"

struct skel_singles;

/** One way to execute networks. Static, immutable. */
typedef struct skel_engine_type {
    const char *name;  /**< "reference" */
    size_t size;       /**< bytes of the engine's own struct, which begins with a skel_engine */
    bool skips_pruned; /**< pruned weights take no time, but for their gradients */
    bool has_energy;   /**< gradient() knows options.energy */

    /** Bytes that set_up() would allocate, `size` not counted.
     *
     *  Local. Errors: as set_up().
     */
    skel_status (*bytes)(const skel_network *network, const skel_engine_options *options,
                         size_t *bytes);

    /** Compiles the network; plans and takes all memory.
     *
     *  Local. In: type, network and options are set (slots and threads at least 1), all else is
     *  zero. After an error tear_down() is called on the part that was set up.
     */
    skel_status (*set_up)(skel_engine *engine);

    /** Frees the memory of set_up(), also after set_up() failed half-way; not the struct itself.
     *
     *  Local.
     */
    void (*tear_down)(skel_engine *engine);

    /** skel_engine_load().
     *
     *  Local.
     */
    skel_status (*load)(skel_engine *engine, const float parameters[], const uint8_t mask[]);

    /** Loads packed parameters; `engine->packing`, never NULL here, says which they are. Optional.
     *
     *  Local. gradient() then writes packed gradients.
     */
    skel_status (*load_packed)(skel_engine *engine, const float parameters[]);

    /** skel_engine_gradient(), without the check that the losses are finite.
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

    /** skel_engine_hessian(), without the check that the losses are finite. Optional.
     *
     *  Local, or collective with `statistics_sum`. The arguments have been checked.
     */
    skel_status (*hessian)(skel_engine *engine, const float vector[], size_t count,
                           const skel_batch batches[], double scale, skel_pass passes[]);

    /** skel_engine_flow(). Optional.
     *
     *  Local.
     */
    skel_status (*flow)(skel_engine *engine, const float parameters[], const uint8_t mask[],
                        const float buffers[], const float shares[], float flow[],
                        double *logarithm);

    /** skel_engine_curvature(), without the check that the loss is finite. Optional.
     *
     *  Local. The arguments have been checked.
     */
    skel_status (*curvature)(skel_engine *engine, const float parameters[], const uint8_t mask[],
                             const float buffers[], const skel_batch *batch, double scale,
                             skel_pass *pass);

    /** skel_engine_samples(), without the check that the losses are finite. Optional.
     *
     *  Local. The arguments have been checked. skel_samples_*() take the results.
     */
    skel_status (*samples)(skel_engine *engine, const struct skel_singles *samples);

    /** skel_engine_terms(), without the check that the loss is finite. Optional.
     *
     *  Local. The arguments have been checked.
     */
    skel_status (*terms)(skel_engine *engine, const skel_batch *batch, const float buffers[],
                         float terms[], skel_pass *pass);

    /** skel_engine_activation(). Optional.
     *
     *  Local. @param images  of the latest batch that forward() had
     */
    void (*activation)(const skel_engine *engine, size_t tensor, size_t images, double out[]);

    /** skel_engine_profile_layer(). Optional.
     *
     *  Local.
     */
    skel_engine_layer_profile (*layer)(const skel_engine *engine, size_t op);

    /** skel_engine_kernel(). Optional.
     *
     *  Local. The arguments have been checked.
     */
    const char *(*kernel)(const skel_engine *engine, size_t op, size_t direction);
} skel_engine_type;

/** The part that all engines have in common; the first member of each engine's own struct. */
struct skel_engine {
    const skel_engine_type *type;
    const skel_network *network; /**< borrowed */
    skel_engine_options options;
    skel_engine_profile profile;    /**< the engine adds to it if options.profile */
    size_t images;                  /**< of the latest forward pass */
    const skel_packing *packing;    /**< of the loaded parameters, borrowed; NULL: they are flat */
    struct skel_unpacked *unpacked; /**< NULL if the engine reads packed vectors, or never gets any
                                     */
};

/** The first element of a tensor in vectors of the loaded form.
 *
 *  Local.
 *  @param parameter  number of the network's parameter tensor
 */
static inline size_t skel_engine_offset(const skel_engine *engine, size_t parameter)
{
    return engine->packing != NULL ? engine->packing->offset[parameter]
                                   : engine->network->parameter[parameter].offset;
}

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

#endif
