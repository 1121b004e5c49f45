/** Layers with weights: from chosen primitives to compiled work. */
#ifndef SKEL_NN_DENSE_LAYER_H
#define SKEL_NN_DENSE_LAYER_H

#include "dense.h"

/** What was chosen for a layer with weights: in each direction a primitive or the engine's own. */
typedef struct skel_dense_layer_choice {
    dnnl_primitive_desc_t forward;
    dnnl_primitive_desc_t backward_data;    /**< NULL: not wanted */
    dnnl_primitive_desc_t backward_weights; /**< NULL: not wanted */
    skel_dense_f32_tiles tiles;             /**< of a convolution without groups; else 0 images */
    skel_dense_f32_grouped grouped;         /**< of a convolution in groups; else 0 images */
    bool own[SKEL_DENSE_DIRECTIONS]; /**< the engine's own convolution replaces the primitive */
    skel_dense_algorithm algorithm[SKEL_DENSE_DIRECTIONS]; /**< of `own` with `tiles` */
} skel_dense_layer_choice;

/** Compiles what was chosen, finds the packed weights that they read, and frees the choice.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_layer_compile(skel_dense *dense, size_t step,
                                                  skel_dense_layer_choice *choice,
                                                  skel_dense_work *work);

/** Frees the primitives that a choice still has.
 *
 *  Local.
 */
void skel_dense_layer_clear(skel_dense_layer_choice *choice);

#endif
