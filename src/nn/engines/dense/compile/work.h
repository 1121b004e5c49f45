/** The compiled calls of one step of the graph, for one batch size. */
#ifndef SKEL_NN_DENSE_WORK_H
#define SKEL_NN_DENSE_WORK_H

#include "../kernels/grouped.h"
#include "../kernels/tiles.h"
#include "onednn.h"

/** How the engine itself computes a convolution without groups. */
typedef enum skel_dense_algorithm {
    SKEL_DENSE_TILES,    /**< kernels/tiles.h */
    SKEL_DENSE_WINOGRAD, /**< kernels/winograd.h */
    SKEL_DENSE_MATMUL,   /**< kernels/matmul.h */
    SKEL_DENSE_SPANS,    /**< kernels/spans.h */
} skel_dense_algorithm;

/** One direction of a step: a primitive of oneDNN, or one of the engine's own convolutions. */
typedef struct skel_dense_call {
    skel_onednn_call primitive;
    skel_dense_f32_tiles tiles;     /**< 0 images: not these */
    skel_dense_f32_grouped grouped; /**< 0 images: not this */
    skel_dense_direction direction;
    skel_dense_algorithm algorithm; /**< of a convolution with the shape of `tiles` */
} skel_dense_call;

/** Whether the engine's own convolution is called, not a primitive.
 *
 *  Local.
 */
static inline bool skel_dense_call_is_own(const skel_dense_call *call)
{
    return call->tiles.images > 0 || call->grouped.images > 0;
}

/** Calls of a convolution, a linear layer or a change of layout; other steps have none. */
typedef struct skel_dense_work {
    skel_dense_call forward;
    skel_dense_call backward_data;
    skel_dense_call backward_weights;
    skel_onednn_call unload; /**< weights' gradient, from the primitive's layout to the flat one */
    size_t forward_packed;   /**< number of the packed weights that `forward` reads */
    size_t backward_packed;  /**< number of the packed weights that `backward_data` reads */
    size_t weights_floats;   /**< floats that `backward_weights` writes */
    bool unloads;            /**< whether `backward_weights` writes another layout than the flat */
} skel_dense_work;

#endif
