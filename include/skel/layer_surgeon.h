/** Optimal Brain Surgeon layer by layer: each layer keeps its own output as well as it can.
 *
 *      skel_layer_surgeon_create(comm, &point, &images, damping, progress, &loss, &surgeon);
 *      skel_layer_surgeon_scores(surgeon, parameters, removals, scores);
 *      ... a mask that keeps fewer weights is chosen ...
 *      skel_layer_surgeon_operate(surgeon, keep, parameters);
 *      skel_layer_surgeon_destroy(&surgeon);
 *
 *  The second moments of a layer's inputs (over the images and all places of the window, one more
 *  input for a bias) are shared by its rows, the output channels (elimination.h). The rows are
 *  dealt out to the ranks. All layers see the inputs that they had before anything was removed.
 *
 *  The inverse of a layer's moments of order n is made by LAPACK on each rank, for layers of every
 *  size. A distributed inverse (pdpotrf, pdpotri) does not pay, and its bits, so also the masks,
 *  would depend on the number of ranks. The removal of the weights of a single row takes about as
 *  long as the inverse, of which ScaLAPACK on two ranks would save less than a third. Only layers
 *  with fewer rows than ranks could gain much. analysis/obs.md has the figures.
 *
 *  Source: Dong, Chen and Pan 2017, Learning to prune deep neural networks via layer-wise optimal
 *          brain surgeon.
 */
#ifndef SKEL_LAYER_SURGEON_H
#define SKEL_LAYER_SURGEON_H

#include "skel/ntk.h"
#include "skel/progress.h"

/** The second moments of all layers' inputs. Opaque. */
typedef struct skel_layer_surgeon skel_layer_surgeon;

/** Computes the second moments, with the engine "reference".
 *
 *  Collective; the same bits on any number of ranks. Refuses what the memory of a node cannot hold,
 *  before it takes any of it.
 *  @param point     borrowed for the call; the mask is copied
 *  @param images    borrowed for the call
 *  @param damping   above 0
 *  @param progress  shows how many images are done; NULL: none is shown
 *  @param loss      out: mean loss of the images, the same on every rank
 *  @param out       *owned*: skel_layer_surgeon_destroy() it
 *  Errors: as skel_engine_create() and skel_moments_create(); SKEL_ERR_MEMORY; SKEL_ERR_NUMBER if
 *          an input is not finite; SKEL_ERR_STOPPED. Agreed on.
 */
SKEL_CHECKED skel_status skel_layer_surgeon_create(const skel_comm *comm,
                                                   const skel_ntk_point *point,
                                                   const skel_ntk_images *images, double damping,
                                                   skel_progress *progress, double *loss,
                                                   skel_layer_surgeon **out);

/** Name of the engine that computes the inputs of layers.
 *
 *  Local. Static storage.
 */
const char *skel_layer_surgeon_engine(void);

/** Frees the moments; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_layer_surgeon_destroy(skel_layer_surgeon **surgeon);

/** Scores all weights.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param parameters  [parameter_count]
 *  @param removals    weights that will be removed in all
 *  @param scores      [parameter_count] out; 0 for parameters that are pruned or not prunable
 *  Errors: as skel_elimination_scores(); agreed on.
 */
SKEL_CHECKED skel_status skel_layer_surgeon_scores(const skel_layer_surgeon *surgeon,
                                                   const float parameters[], size_t removals,
                                                   float scores[]);

/** Updates the weights and biases of all layers after a smaller mask was chosen.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param keep        [parameter_count] the new mask
 *  @param parameters  [parameter_count] in and out; undefined after an error
 *  Errors: as skel_elimination_update(); agreed on.
 */
SKEL_CHECKED skel_status skel_layer_surgeon_operate(const skel_layer_surgeon *surgeon,
                                                    const uint8_t keep[], float parameters[]);

/** Bytes that a surgeon takes on one rank.
 *
 *  Local. Errors: as skel_engine_bytes().
 */
SKEL_CHECKED skel_status skel_layer_surgeon_bytes(const skel_network *network, size_t *bytes);

#endif
