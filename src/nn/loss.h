/** The losses and their gradients with respect to the logits, shared by all engines. */
#ifndef SKEL_NN_LOSS_H
#define SKEL_NN_LOSS_H

#include "skel/engine.h"

enum { SKEL_CLASSES_MAX = 256 }; /**< labels are bytes */

/** Loss of one image.
 *
 *  Local. Cross-entropy with label smoothing e has the target (1 - e) [k = label] + e / classes; a
 *  temperature divides the logits first.
 *  @param logits    [classes]
 *  @param gradient  [classes] out: d loss / d logits; NULL if not wanted; may be `logits` itself
 *  @param correct   out: whether the first of the largest logits is the label's
 *  Source: Szegedy et al. 2016, section 7; the same as torch.nn.functional.cross_entropy.
 */
double skel_loss_image(const skel_engine_options *options, size_t classes, const double logits[],
                       uint8_t label, double gradient[], bool *correct);

/** Loss of a microbatch whose logits are floats; arithmetic in double.
 *
 *  Local.
 *  @param logits    [batch->count][classes]
 *  @param scale     factor of the gradient
 *  @param gradient  [batch->count][classes] out: scale * d loss / d logits; NULL if not wanted;
 *                   may be `logits` itself
 *  @param loss      out: sum over the images, not scaled
 *  @param correct   out: images whose largest logit is the label's
 */
void skel_loss_batch(const skel_engine_options *options, size_t classes, const skel_batch *batch,
                     const float logits[], double scale, float gradient[], double *loss,
                     size_t *correct);

#endif
