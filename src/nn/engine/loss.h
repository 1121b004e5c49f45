/** The losses and their gradients with respect to the logits, shared by all engines. */
#ifndef SKEL_NN_LOSS_H
#define SKEL_NN_LOSS_H

#include "skel/engine.h"

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
                       uint16_t label, double gradient[], bool *correct);

/** Sum of the squared distances between one image's logits and targets.
 *
 *  Local.
 *  @param logits    [classes]
 *  @param target    [classes]
 *  @param gradient  [classes] out; may be `logits` itself
 */
double skel_loss_squares(size_t classes, const double logits[], const float target[],
                         double gradient[]);

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

/** Tangent of the loss' gradient at one image's logits: the Hessian times the logits' tangent.
 *
 *  Local. The Hessian of the cross-entropy is (diag(p) - p p') / temperature^2, p being the softmax
 *  of logits / temperature, whatever the label and its smoothing; that of the raw logits' losses is
 *  0.
 *  @param logits   [classes]
 *  @param tangent  [classes] of the logits
 *  @param out      [classes]; may be `logits` or `tangent` itself
 */
void skel_loss_tangent_image(const skel_engine_options *options, size_t classes,
                             const double logits[], const double tangent[], double out[]);

/** As skel_loss_tangent_image(), for `images` images whose logits are floats, times `scale`;
 *  arithmetic in double.
 *
 *  Local. All [images][classes]; `out` may be `logits` or `tangent` itself.
 */
void skel_loss_tangent_batch(const skel_engine_options *options, size_t classes, size_t images,
                             const float logits[], const float tangent[], double scale,
                             float out[]);

/** Diagonal of one image's cross-entropy Hessian with respect to the logits: p_k (1 - p_k) / T^2
 *  with p = softmax(logits / T).
 *
 *  Local. It does not depend on the target, so not on label smoothing.
 *  @param logits     [classes]
 *  @param curvature  [classes] out
 */
void skel_loss_curvature_image(const skel_engine_options *options, size_t classes,
                               const double logits[], double curvature[]);

/** As skel_loss_curvature_image(), for a microbatch whose logits are floats; arithmetic in double.
 *
 *  Local.
 *  @param logits     [images][classes]
 *  @param scale      factor of all
 *  @param curvature  [images][classes] out; may be `logits` itself
 */
void skel_loss_curvature_batch(const skel_engine_options *options, size_t classes, size_t images,
                               const float logits[], double scale, float curvature[]);

#endif
