/** The kept weights that can change a network's logits: those on a path from image to logits. */
#ifndef SKEL_PATHS_H
#define SKEL_PATHS_H

#include "skel/network.h"

#include <stdint.h>

/** Counts of the paths through one prunable tensor. A linear layer's channels are its units. */
typedef struct skel_path_layer {
    size_t parameter;    /**< of the network */
    size_t kept;         /**< weights that the mask keeps */
    size_t on_path;      /**< kept weights on a path; 0: the layer has collapsed */
    size_t inputs;       /**< input channels */
    size_t live_inputs;  /**< input channels with a pixel that a path from the image reaches */
    size_t outputs;      /**< output channels */
    size_t live_outputs; /**< output channels with a pixel on a path from the image to a logit */
} skel_path_layer;

/** Counts of the paths through a network. */
typedef struct skel_paths {
    bool connected;         /**< a path leads from the image to a logit */
    size_t kept;            /**< over all layers */
    size_t on_path;         /**< over all layers */
    size_t collapsed;       /**< layers without a weight on a path */
    size_t layers;          /**< prunable tensors */
    skel_path_layer *layer; /**< [layers], owned, in the order of the parameters */
} skel_paths;

/** Finds the weights on a path from the image to a logit.
 *
 *  Local. A path goes from pixel to pixel: through kept weights, each from the input pixel that its
 *  kernel tap sees to the output pixel; through activations and pooling within a channel; through
 *  batch norm from any pixel of a channel to any other, by its statistics; through an addition or a
 *  concatenation from both operands; through a product from a factor if the other one can be other
 *  than 0: a path reaches it, or it comes from a sigmoid, or from a clip between bounds of one
 *  sign. A tap that reads only padding is on no path. Values play no part: biases count as 0 and
 *  start no path, an activation never closes one, and any pixel of a window may be its largest.
 *  Takes time for reading the mask and, for each kept weight, for the pixels of one channel; less
 *  where all pixels of a channel are on paths.
 *  @param mask     [parameter_count] 0 or 1; NULL: all ones. Read where prunable
 *  @param on_path  [parameter_count] out: 1 for kept weights on a path and for parameters that are
 *                  not prunable, else 0; not `mask` itself; NULL: not computed
 *  @param out      *owned*: skel_paths_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 *  Source: layer collapse is section 3 of Tanaka et al. 2020; effective sparsity is that of
 *          Vysogorets and Kempe 2023, here for single pixels.
 */
SKEL_CHECKED skel_status skel_paths_find(const skel_network *network, const uint8_t mask[],
                                         uint8_t on_path[], skel_paths *out);

/** Frees what skel_paths_find() took.
 *
 *  Local.
 */
void skel_paths_clear(skel_paths *paths);

#endif
