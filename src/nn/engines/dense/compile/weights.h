/** The parameters of the steps, in the layouts that the passes read. */
#ifndef SKEL_NN_DENSE_WEIGHTS_H
#define SKEL_NN_DENSE_WEIGHTS_H

#include "onednn.h"

typedef struct skel_dense skel_dense;

/** Most layouts of one layer's weights: Winograd's and the direct algorithm's, each forward and
 *  backward, and the direct algorithm's layouts for other batch sizes. */
enum { SKEL_DENSE_PACKED = 8 };

/** Packed weights: a copy of one layer's weights in a layout that a primitive reads. */
typedef struct skel_dense_packed {
    skel_onednn_layout layout; /**< owned */
    float *data;               /**< owned */
    float *tangent;            /**< owned: tangent of `data`; NULL without `second_order` */
    skel_onednn_call load;     /**< copies from the flat layout */
} skel_dense_packed;

/** Tangents of a batch norm's vectors, each [padded] with zeros behind the channels. */
typedef struct skel_dense_tangents {
    float *vectors; /**< owned: all of the following; NULL without `second_order` */
    float *scale;
    float *shift;
    float *mean;
    float *slope;
    float *log_inverse; /**< tangent of `inverse`, divided by `inverse` */
} skel_dense_tangents;

/** Parameters of one step: a layer's weights and bias, or a batch norm's vectors. */
typedef struct skel_dense_weights {
    skel_onednn_layout flat; /**< owned: GOIHW, OIHW or OI */
    float *values;           /**< owned: masked, in the flat layout */
    size_t packings;         /**< in use of `packed` */
    skel_dense_packed packed[SKEL_DENSE_PACKED];
    float *bias; /**< [out channels], owned; NULL: none */
    /* batch norm, each [padded] with zeros behind the channels */
    float *vectors; /**< owned: all of the following */
    float *scale;
    float *shift;
    float *mean;     /**< in the running pass */
    float *inverse;  /**< 1 / sqrt(variance + epsilon) in the running pass */
    float *slope;    /**< scale * inverse */
    double elements; /**< per channel, of all microbatches that share the statistics */
    skel_dense_tangents tangents;
} skel_dense_weights;

/** Describes the parameters of all steps and takes their memory, but for packed weights.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_weights_create(skel_dense *dense);

/** Frees all parameters.
 *
 *  Local.
 */
void skel_dense_weights_clear(skel_dense *dense);

#endif
