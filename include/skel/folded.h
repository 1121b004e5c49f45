/** A network in evaluation mode as a network without batch norm.
 *
 *  With running averages batch norm is y = a x + b for each channel. It is folded into the
 *  convolution or linear layer before it: weights times a, and a bias. Where there is none that it
 *  alone reads, as in networks that normalise before they convolve, it becomes a depthwise 1x1
 *  convolution of weights a, which are not prunable. The images of a batch do not meet in such a
 *  network, so the gradient of a microbatch of one image is that image's own.
 *
 *      SKEL_TRY(skel_folded_create(network, &folded));
 *      skel_folded_parameters(folded, parameters, buffers, out);
 *      ... an engine of folded->network, whose parameters are `out` ...
 *      skel_folded_destroy(&folded);
 */
#ifndef SKEL_FOLDED_H
#define SKEL_FOLDED_H

#include "skel/network.h"

/** A folded network, and how it came from the whole one. Plain data, not to be changed. */
typedef struct skel_folded {
    const skel_network *whole; /**< borrowed */
    skel_network *network;     /**< the same names; convolutions with biases, no batch norm */
    size_t *origin;            /**< [network->parameters] parameter of `whole` with the same weights
                                    or bias; SKEL_NONE for what only batch norm makes */
    size_t *norm;              /**< [network->parameters] operation of `whole` that is folded into
                                    this parameter; SKEL_NONE if there is none */
} skel_folded;

/** Folds every batch norm of a network.
 *
 *  Local.
 *  @param whole  borrowed while the folded network lives
 *  @param out    *owned*: skel_folded_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_folded_create(const skel_network *whole, skel_folded **out);

/** Frees the folded network; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_folded_destroy(skel_folded **folded);

/** Folds parameters and running averages.
 *
 *  Local.
 *  @param parameters  [whole->parameter_count]
 *  @param buffers     [whole->buffer_count]
 *  @param out         [network->parameter_count] out
 */
void skel_folded_parameters(const skel_folded *folded, const float parameters[],
                            const float buffers[], float out[]);

/** The mask of the folded network: that of the weights, and 1 for all biases.
 *
 *  Local.
 *  @param keep  [whole->parameter_count]
 *  @param out   [network->parameter_count] out
 */
void skel_folded_mask(const skel_folded *folded, const uint8_t keep[], uint8_t out[]);

/** The factor by which a weight of the whole network enters the folded one: batch norm's scale /
 *  sqrt(variance + eps), or 1. A gradient by the whole network's weight is the folded network's
 *  times this factor.
 *
 *  Local.
 *  @param parameter  weights of `network`
 *  @param channel    output channel, or output unit, of the weight
 */
double skel_folded_factor(const skel_folded *folded, size_t parameter, size_t channel,
                          const float parameters[], const float buffers[]);

#endif
