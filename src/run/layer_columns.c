/* The columns of the table of layers. */
#include "skel/layer_columns.h"

const skel_column skel_layer_columns[SKEL_LAYER_COLUMNS + 1] = {
    [SKEL_LAYER_LAYER] = {"layer", NULL, true},
    [SKEL_LAYER_SIZE] = {"size", "weights", true},
    [SKEL_LAYER_KEPT] = {"kept", "weights", true},
    [SKEL_LAYER_FLOPS_DENSE] = {"flops_dense", "FLOP/image", false},
    [SKEL_LAYER_FLOPS_KEPT] = {"flops_kept", "FLOP/image", false},
    [SKEL_LAYER_DENSITY] = {"density", NULL, false},
    [SKEL_LAYER_LIVE_INPUTS] = {"live_inputs", "channels", true},
    [SKEL_LAYER_INPUTS] = {"inputs", "channels", true},
    [SKEL_LAYER_LIVE_OUTPUTS] = {"live_outputs", "channels", true},
    [SKEL_LAYER_OUTPUTS] = {"outputs", "channels", true},
    [SKEL_LAYER_NO_PATH] = {"no_path", "weights", true},
    [SKEL_LAYER_NO_GRADIENT] = {"no_gradient", "weights", true},
    [SKEL_LAYER_EFFECTIVE] = {"effective", "weights", true},
    [SKEL_LAYER_MACS_DENSE] = {"macs_dense", "MAC/image", false},
    [SKEL_LAYER_MACS_KEPT] = {"macs_kept", "MAC/image", false},
};
