/** Second moments of the inputs of all convolutions and linear layers. */
#ifndef SKEL_SPECTRA_LAYER_MOMENTS_H
#define SKEL_SPECTRA_LAYER_MOMENTS_H

#include "skel/ntk.h"
#include "skel/progress.h"

/** The engine that computes the inputs, in double. */
#define SKEL_LAYER_MOMENTS_ENGINE "reference"

/** Those of one group of a layer's rows. Plain data. */
typedef struct skel_layer_moment {
    size_t op;      /**< of the network */
    size_t group;   /**< of its groups, skel_patches_groups() */
    size_t order;   /**< inputs of a row, one more for a bias */
    double *matrix; /**< [order][order], damped; owned */
} skel_layer_moment;

/** All layers' groups. Zero bytes are none. Plain data. */
typedef struct skel_layer_moments {
    size_t layers;            /**< groups of all layers */
    skel_layer_moment *layer; /**< [layers], owned, those of an operation one after another */
} skel_layer_moments;

/** Computes them, with SKEL_LAYER_MOMENTS_ENGINE.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param damping   added to the diagonals
 *  @param progress  shows how many images are done; NULL: none is shown
 *  @param loss      out: mean loss of the images
 *  @param out       *owned*: skel_layer_moments_free() it, also after an error
 *  Errors: as skel_layer_surgeon_create(); agreed on.
 */
SKEL_CHECKED skel_status skel_layer_moments_make(const skel_comm *comm, const skel_ntk_point *point,
                                                 const skel_ntk_images *images, double damping,
                                                 skel_progress *progress, double *loss,
                                                 skel_layer_moments *out);

/** Frees the matrices.
 *
 *  Local.
 */
void skel_layer_moments_free(skel_layer_moments *moments);

/** Bytes that they take on a rank, with those of the rows' work.
 *
 *  Local. Errors: as skel_engine_bytes().
 */
SKEL_CHECKED skel_status skel_layer_moments_bytes(const skel_network *network, size_t *bytes);

#endif
