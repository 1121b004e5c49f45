/** The columns of /metrics/layers, for those who write them and those who show them. */
#ifndef SKEL_LAYER_COLUMNS_H
#define SKEL_LAYER_COLUMNS_H

#include "skel/metrics.h"

/** A figure of a layer, of the final mask. */
enum {
    SKEL_LAYER_LAYER, /**< its place in the network: the dimension scale of the others */
    SKEL_LAYER_SIZE,
    SKEL_LAYER_KEPT,
    SKEL_LAYER_FLOPS_DENSE,
    SKEL_LAYER_FLOPS_KEPT,
    SKEL_LAYER_DENSITY,
    SKEL_LAYER_LIVE_INPUTS,
    SKEL_LAYER_INPUTS,
    SKEL_LAYER_LIVE_OUTPUTS,
    SKEL_LAYER_OUTPUTS,
    SKEL_LAYER_NO_PATH,
    SKEL_LAYER_NO_GRADIENT,
    SKEL_LAYER_EFFECTIVE,
    SKEL_LAYER_MACS_DENSE,
    SKEL_LAYER_MACS_KEPT,
    SKEL_LAYER_COLUMNS,
};

/** Their names and units. */
extern const skel_column skel_layer_columns[SKEL_LAYER_COLUMNS + 1];

#endif
