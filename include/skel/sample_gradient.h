/** Gradients of single images by the kept weights, batch norm on running averages.
 *
 *      SKEL_TRY(skel_sample_gradient_create(network, &options, &gradients));
 *      for each skel_sample_gradient_batch() images
 *          SKEL_TRY(skel_sample_gradient_of(gradients, count, images, labels, rows));
 *      skel_sample_gradient_destroy(&gradients);
 */
#ifndef SKEL_SAMPLE_GRADIENT_H
#define SKEL_SAMPLE_GRADIENT_H

#include "skel/engine.h"

/** What the gradient is of. */
typedef enum skel_sample_output {
    SKEL_SAMPLE_LOSS,  /**< cross-entropy of the label */
    SKEL_SAMPLE_LOGIT, /**< the logit of a class */
    SKEL_SAMPLE_SUM,   /**< the sum of all logits */
} skel_sample_output;

/** The point at which gradients are taken. Plain data, borrowed for skel_sample_gradient_create()
 *  alone, but for the network. */
typedef struct skel_sample_gradient_options {
    const char *kind; /**< of engine: "auto", "dense", "sparse" or "reference" */
    int threads;
    size_t batch; /**< most images of one call; fewer if they would take much memory; 0: 1 */
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

/** Bytes that skel_sample_gradient_create() takes, and the rows of one call, about: those of the
 *  network before its batch norm is folded. Of the engines that "auto" may choose for a mask of so
 *  many weights, the one that takes most counts.
 *
 *  Local.
 *  @param batch  most images of one call
 *  @param kept   weights of the mask
 *  Errors: as skel_engine_bytes().
 */
SKEL_CHECKED skel_status skel_sample_gradient_bytes(const skel_network *network, const char *kind,
                                                    int threads, size_t batch, size_t kept,
                                                    size_t *bytes);

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

/** Images of one call, at most. The same for the same options, wherever they are computed.
 *
 *  Local.
 */
size_t skel_sample_gradient_batch(const skel_sample_gradient *gradients);

/** Floats from a row to the next: skel_sample_gradient_kept(), and room for what is not prunable.
 *
 *  Local.
 */
size_t skel_sample_gradient_stride(const skel_sample_gradient *gradients);

/** The gradients of single images' outputs, in one pass.
 *
 *  Local.
 *  @param count   1 to skel_sample_gradient_batch()
 *  @param images  [count][channels][height][width], normalised
 *  @param labels  [count] classes of the losses, or of the logits; a sum does not depend on it
 *  @param rows    [count][skel_sample_gradient_stride()] out: the first skel_sample_gradient_kept()
 *                 elements of each row; the others are scratch
 *  Errors: SKEL_ERR_NUMBER if an output is not finite; SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_sample_gradient_of(skel_sample_gradient *gradients, size_t count,
                                                 const float images[], const uint16_t labels[],
                                                 float rows[]);

/** The loss of an image of the latest skel_sample_gradient_of(): the engine's, of which a logit
 *  or a sum is the negative.
 *
 *  Local.
 *  @param image  its place in that call
 */
double skel_sample_gradient_loss(const skel_sample_gradient *gradients, size_t image);

/** The logits of images.
 *
 *  Local.
 *  @param count   1 to skel_sample_gradient_batch()
 *  @param logits  [count][classes] out
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_sample_gradient_logits(skel_sample_gradient *gradients, size_t count,
                                                     const float images[], float logits[]);

#endif
