/** Optimal Brain Surgeon on a network: which weights can go, and how the others take over.
 *
 *      SKEL_TRY(skel_surgeon_create(comm, &point, &images, damping, progress, &surgeon));
 *      SKEL_TRY(skel_surgeon_inverse(surgeon, inverse));       scores: theta_i^2 / (2 inverse_i)
 *      a mask that keeps fewer weights is chosen;
 *      SKEL_TRY(skel_surgeon_operate(surgeon, keep, parameters));
 *      skel_surgeon_destroy(&surgeon);
 *
 *  The matrix is the empirical Fisher matrix of all kept weights together (fisher.h), batch norm on
 *  running averages. Source: Hassibi and Stork 1993.
 */
#ifndef SKEL_SURGEON_H
#define SKEL_SURGEON_H

#include "skel/ntk.h"
#include "skel/progress.h"

/** The gradients of some images, spread over the ranks. Opaque. */
typedef struct skel_surgeon skel_surgeon;

/** Computes the gradients of the images' losses by the kept weights.
 *
 *  Collective. Refuses what the memory of a node cannot hold, before it takes any of it.
 *  @param point     borrowed for the call; the mask is copied
 *  @param images    borrowed for the call
 *  @param damping   above 0
 *  @param progress  shows how many images are done; NULL: none is shown
 *  @param loss      out: mean loss of the images, the same on every rank
 *  @param out       *owned*: skel_surgeon_destroy() it
 *  Errors: as skel_sample_gradient_create() and skel_fisher_create(); SKEL_ERR_MEMORY with the
 *          bytes that are needed; SKEL_ERR_NUMBER if a gradient is not finite, naming image and
 *          weight; SKEL_ERR_STOPPED. Agreed on.
 */
SKEL_CHECKED skel_status skel_surgeon_create(const skel_comm *comm, const skel_ntk_point *point,
                                             const skel_ntk_images *images, double damping,
                                             skel_progress *progress, double *loss,
                                             skel_surgeon **out);

/** Frees the gradients; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_surgeon_destroy(skel_surgeon **surgeon);

/** Name of the engine that has computed the gradients.
 *
 *  Local. Static storage.
 */
const char *skel_surgeon_engine(const skel_surgeon *surgeon);

/** The diagonal of the inverse of the Fisher matrix.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param inverse  [parameter_count] out, above 0; 1 for parameters that are pruned or not prunable
 *  Errors: as skel_fisher_diagonal().
 */
SKEL_CHECKED skel_status skel_surgeon_inverse(skel_surgeon *surgeon, float inverse[]);

/** Adds the joint update after a smaller mask was chosen.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param keep        [parameter_count] the new mask: of the weights that were kept, some are not
 *  @param parameters  [parameter_count] in: those of the gradients; out: kept weights updated,
 *                     removed ones 0
 *  Errors: as skel_fisher_update(). The parameters are then unchanged.
 */
SKEL_CHECKED skel_status skel_surgeon_operate(skel_surgeon *surgeon, const uint8_t keep[],
                                              float parameters[]);

/** Bytes that a surgeon takes on the rank that needs most.
 *
 *  Local.
 *  @param kept  weights of the mask
 *  Errors: as skel_engine_bytes(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_surgeon_bytes(const skel_network *network, const char *kind,
                                            int threads, size_t samples, size_t kept, int ranks,
                                            size_t *bytes);

#endif
