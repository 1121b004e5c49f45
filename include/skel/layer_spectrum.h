/** Singular values of one layer: of its weights, or of its mask as a bipartite graph.
 *
 *  A layer's weights [outputs][inputs][k][k] are a matrix of `outputs` rows and inputs * k * k
 *  columns. In the graph of its mask each kept weight is an edge between an output channel and an
 *  element of the input's patch.
 */
#ifndef SKEL_LAYER_SPECTRUM_H
#define SKEL_LAYER_SPECTRUM_H

#include "skel/network.h"
#include "skel/spectrum.h"

/** What a layer's matrix holds. */
typedef enum skel_layer_matrix {
    SKEL_LAYER_WEIGHTS, /**< all weights */
    SKEL_LAYER_MASKED,  /**< the weights times the mask */
    SKEL_LAYER_MASK,    /**< the mask: 0 and 1 */
} skel_layer_matrix;

/** Computes the singular values of a layer.
 *
 *  Collective.
 *  @param parameter   a prunable one
 *  @param parameters  [parameter_count], the same on every rank
 *  @param keep        [parameter_count] mask, the same on every rank
 *  @param out         out, the same on every rank; skel_spectrum_clear() it
 *  Errors: as skel_singular_values().
 */
SKEL_CHECKED skel_status skel_layer_spectrum(const skel_grid *grid, const skel_network *network,
                                             size_t parameter, const float parameters[],
                                             const uint8_t keep[], skel_layer_matrix what,
                                             skel_spectrum *out);

#endif
