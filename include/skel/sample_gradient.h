/** Gradients of single images by the kept weights, batch norm on running averages.
 *
 *      SKEL_TRY(skel_sample_gradient_create(network, &options, &gradients));
 *      for each image
 *          SKEL_TRY(skel_sample_gradient_of(gradients, image, label, row));
 *      skel_sample_gradient_destroy(&gradients);
 */
#ifndef SKEL_SAMPLE_GRADIENT_H
#define SKEL_SAMPLE_GRADIENT_H

#include "skel/engine.h"

/** What the gradient is of. */
typedef enum skel_sample_output {
    SKEL_SAMPLE_LOSS,  /**< cross-entropy of the label */
    SKEL_SAMPLE_LOGIT, /**< the logit of a class */
} skel_sample_output;

/** The point at which gradients are taken. Plain data, borrowed for skel_sample_gradient_create()
 *  alone, but for the network. */
typedef struct skel_sample_gradient_options {
    const char *kind; /**< of engine: "auto", "dense", "sparse" or "reference" */
    int threads;
    skel_sample_output output;
    const float *parameters; /**< [network->parameter_count] */
    const float *buffers;    /**< [network->buffer_count] running averages */
    const uint8_t *keep;     /**< [network->parameter_count] mask; NULL: all ones */
} skel_sample_gradient_options;

/** An engine for single images. Opaque. */
typedef struct skel_sample_gradient skel_sample_gradient;

/** Compiles an engine of the network with its batch norm folded, and loads the parameters.
 *
 *  Local.
 *  @param network  borrowed while the gradients live
 *  @param out      *owned*: skel_sample_gradient_destroy() it
 *  Errors: as skel_folded_create() and skel_engine_create(); SKEL_ERR_CONFIG if the mask keeps no
 *          weight.
 */
SKEL_CHECKED skel_status skel_sample_gradient_create(const skel_network *network,
                                                     const skel_sample_gradient_options *options,
                                                     skel_sample_gradient **out);

/** Frees the engine; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_sample_gradient_destroy(skel_sample_gradient **gradients);

/** Bytes that skel_sample_gradient_create() takes, about: those of the network before its batch
 * norm is folded.
 *
 *  Local.
 *  @param kept  weights of the mask
 *  Errors: as skel_engine_bytes().
 */
SKEL_CHECKED skel_status skel_sample_gradient_bytes(const skel_network *network, const char *kind,
                                                    int threads, size_t kept, size_t *bytes);

/** Elements of a row: the kept prunable weights, in the order of the flat vector.
 *
 *  Local.
 */
size_t skel_sample_gradient_kept(const skel_sample_gradient *gradients);

/** The engine in use, never "auto".
 *
 *  Local. Static storage.
 */
const char *skel_sample_gradient_engine(const skel_sample_gradient *gradients);

/** The gradient of one image's output.
 *
 *  Local.
 *  @param image  [channels][height][width], normalised
 *  @param label  class of the loss, or of the logit
 *  @param row    [skel_sample_gradient_kept()] out
 *  Errors: SKEL_ERR_NUMBER if the output is not finite; SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_sample_gradient_of(skel_sample_gradient *gradients,
                                                 const float image[], uint16_t label, float row[]);

/** The loss of the image of the latest skel_sample_gradient_of(): the engine's, of which a logit is
 *  the negative.
 *
 *  Local.
 */
double skel_sample_gradient_loss(const skel_sample_gradient *gradients);

/** The logits of one image.
 *
 *  Local. @param logits  [classes] out
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_sample_gradient_logits(skel_sample_gradient *gradients,
                                                     const float image[], float logits[]);

#endif
