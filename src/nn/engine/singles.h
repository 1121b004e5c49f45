/** The gradients of single images that a call of skel_engine_samples() wants. */
#ifndef SKEL_NN_SINGLES_H
#define SKEL_NN_SINGLES_H

#include "engine_impl.h"

/** Images, and the places of their results. All is *borrowed*. */
typedef struct skel_singles {
    const skel_batch *batch;
    size_t stride;
    float *rows;    /**< [batch->count][stride] gradients in the loaded form */
    double *losses; /**< [batch->count] */
} skel_singles;

/** One image of the batch, as a batch.
 *
 *  Local. Borrowed.
 */
skel_batch skel_singles_image(const skel_engine *engine, const skel_singles *samples, size_t image);

/** The losses of all images, and their gradients by the logits.
 *
 *  Local.
 *  @param logits    [images][classes]
 *  @param gradient  [images][classes] out; may be `logits` itself
 */
void skel_singles_score(const skel_engine *engine, const skel_singles *samples,
                        const float logits[], float gradient[]);

/** The flat vector that an engine without packed vectors writes an image's gradients to: the
 *  image's row, or one from which skel_singles_pack() packs them.
 *
 *  Local. Borrowed: [parameter_count].
 */
float *skel_singles_flat(const skel_engine *engine, const skel_singles *samples, size_t image);

/** Packs the gradients of one parameter that are in skel_singles_flat() into the image's row; does
 *  nothing if vectors are flat.
 *
 *  Local.
 */
void skel_singles_pack(const skel_engine *engine, const skel_singles *samples, size_t image,
                       size_t parameter);

#endif
