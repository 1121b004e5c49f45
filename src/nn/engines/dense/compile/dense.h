/** The dense engine's struct. oneDNN computes convolutions and linear layers, the engine's own
 *  kernels all other operations.
 *
 *  compile/ fills the struct, one header per noun; passes/ read it.
 */
#ifndef SKEL_NN_DENSE_H
#define SKEL_NN_DENSE_H

#include "../../../engine/engine_impl.h"
#include "../../../plan/graph.h"
#include "arena.h"
#include "plan.h"
#include "weights.h"

/** One engine. All pointers are *owned*. */
struct skel_dense {
    struct skel_engine base;
    skel_onednn dnnl;
    skel_graph graph;
    skel_dense_weights *weights; /**< [steps] */
    skel_dense_plan *plan;       /**< list, the largest batch first */
    bool dry;                    /**< memory is counted, not taken */
    bool loaded;                 /**< whether the weights have values */
    size_t bytes;                /**< of all blocks that skel_dense_storage_take() gave */
    size_t slots;
    skel_dense_arena *arena; /**< [slots] */
    size_t scratch_bytes;    /**< largest scratchpad that any compiled primitive needs */
    size_t scratch_held;     /**< bytes of `scratch` */
    void *scratch;
    size_t staging_floats; /**< largest weights' gradient in any layout */
    size_t staging_held;   /**< floats of `staging` */
    float *staging;        /**< gradient of one layer's weights, before it is unloaded */
    size_t *hidden;        /**< [tensors] as skel_hidden_list(); NULL: no energy is wanted */
    /* batch norm: see skel_dense_norm_create() */
    double *partials; /**< sums by group of images */
    double *rows;     /**< [slots] rows of statistics */
    double *total;    /**< sum of the rows */
    /* products with the Hessian; NULL without `second_order` */
    size_t term_weights_held;
    float *term_weights; /**< second term of the product rule, of one layer's weights */
    size_t term_tensor_held;
    float *term_tensor;           /**< second term of the product rule, of one tensor */
    float *zeros;                 /**< bias of a layer's second term */
    float *means;                 /**< as skel_dense_f32_norm_tangent_means, of one batch norm */
    struct skel_dense_flow *flow; /**< NULL if compiled for inference */
    double (*seconds)[SKEL_DENSE_DIRECTIONS]; /**< [steps] of layers, if the profile is measured */
    float *squares; /**< of the largest input of a layer; NULL without options.curvature */
};

/** The dense engine behind the common interface.
 *
 *  Local.
 */
static inline skel_dense *skel_dense_of(skel_engine *engine)
{
    return (skel_dense *)(void *)engine;
}

/** Name of a step's layer for messages.
 *
 *  Local. Static storage or the network's.
 */
static inline const char *skel_dense_name(const skel_dense *dense, size_t step)
{
    const skel_op *op = dense->graph.step[step].op;

    return op != NULL ? op->name : "a change of layout";
}

#endif
