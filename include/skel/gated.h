/** A network that weighs the active paths of another one's images.
 *
 *  A path goes from a pixel of the image to a logit, through one weight of each layer. On an image
 *  it is active if each ReLU on it lets its value pass. The gated network has two branches: the
 *  whole network as far as its last ReLU, and a branch without biases and batch norm whose weights
 *  are 1 where the mask keeps the whole network's and 0 elsewhere, and whose image is squared. A
 *  ReLU of the second branch passes a value where that of the first one passes its own. So its
 *  logit k is the sum over the active paths to logit k of the squared pixel that each begins at.
 *
 *  Paths are too many for floats. Each layer of the second branch is divided by a power of two that
 *  the mask alone decides: the number of paths that are expected, half of them through each ReLU.
 *  All logits of all images have the same factor.
 *
 *      SKEL_TRY(skel_gated_create(network, &gated));
 *      SKEL_TRY(skel_gated_fill(gated, parameters, keep, buffers, out, averages));
 *      ... logits of gated->network, by an engine in evaluation mode ...
 *      skel_gated_destroy(&gated);
 */
#ifndef SKEL_GATED_H
#define SKEL_GATED_H

#include "skel/network.h"

/** A gated network, and how it came from the whole one. Plain data, not to be changed. */
typedef struct skel_gated {
    const skel_network *whole; /**< borrowed */
    skel_network *network;
    size_t *origin; /**< [network->ops] operation of `whole`; SKEL_NONE: the image's square */
    uint8_t *role;  /**< [network->ops] what it is for: gated.c has the list */
} skel_gated;

/** Whether the paths of a network can be weighed.
 *
 *  Local. Errors: SKEL_ERR_CONFIG for a sigmoid, a product, or a clip whose lower bound is not 0:
 *          such an operation neither passes a value nor stops it.
 */
SKEL_CHECKED skel_status skel_gated_check(const skel_network *network);

/** Makes the gated network of a whole one.
 *
 *  Local.
 *  @param whole  borrowed while the gated network lives
 *  @param out    *owned*: skel_gated_destroy() it
 *  Errors: as skel_gated_check(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_gated_create(const skel_network *whole, skel_gated **out);

/** Frees the gated network; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_gated_destroy(skel_gated **gated);

/** Computes the gated network's parameters and running averages.
 *
 *  Local. Depends on its arguments alone.
 *  @param parameters  [whole->parameter_count]
 *  @param keep        [whole->parameter_count] mask
 *  @param buffers     [whole->buffer_count]
 *  @param out         [network->parameter_count] out
 *  @param averages    [network->buffer_count] out
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_gated_fill(const skel_gated *gated, const float parameters[],
                                         const uint8_t keep[], const float buffers[], float out[],
                                         float averages[]);

#endif
