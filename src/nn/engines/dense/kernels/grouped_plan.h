/** What a call of a grouped convolution prepares: taps, padded planes, packed weights. */
#ifndef SKEL_NN_DENSE_GROUPED_PLAN_H
#define SKEL_NN_DENSE_GROUPED_PLAN_H

#include "grouped.h"

/** A tap that a phase's targets read. */
typedef struct skel_dense_f32_grouped_tap {
    size_t offset; /**< floats in the padded plane, from the place of the target's first pixel */
    size_t weight; /**< number of the tap */
} skel_dense_f32_grouped_tap;

/** Target pixels that read the same taps. Forward all pixels do; backward those that are a multiple
 *  of the stride apart. */
typedef struct skel_dense_f32_grouped_phase {
    size_t first[2]; /**< target pixel */
    size_t count[2]; /**< target pixels */
    size_t taps;
    skel_dense_f32_grouped_tap *tap;
} skel_dense_f32_grouped_phase;

/** One side of the convolution. */
typedef struct skel_dense_f32_grouped_side {
    size_t channels;
    size_t per_group;
    size_t blocks;
    size_t size[2];
} skel_dense_f32_grouped_side;

/** A call: a target pixel gathers from the source pixels that its taps read. The gradient of the
 *  weights has the sides of the forward pass. */
typedef struct skel_dense_f32_grouped_plan {
    size_t lanes;
    size_t images;
    bool depthwise;
    skel_dense_f32_grouped_side source;
    skel_dense_f32_grouped_side target;
    size_t most_blocks; /**< source blocks that a target block reads, at most */
    size_t range;       /**< source channels for which a target block has weights; depthwise: 1 */
    size_t taps;
    size_t source_step[2]; /**< source pixels from one target pixel of a phase to the next */
    size_t target_step[2];
    size_t origin[2]; /**< of the source in its padded plane */
    size_t padded[2];
    bool direct; /**< the source has room for all that is read: it is not copied */
    size_t row;  /**< pixels of a row of the plane that is read */
    size_t phases;
    skel_dense_f32_grouped_phase *phase;
    float *weights; /**< [target block][tap][range][lane], in `scratch` */
    double *sums;   /**< the same of the weights' gradient */
    float *planes;  /**< of the first thread */
    size_t plane_floats;
    size_t thread_floats; /**< from one thread's planes to the next's */
    size_t floats;        /**< of the scratch memory */
} skel_dense_f32_grouped_plan;

/** Plans a call; with scratch memory, fills the list of phases.
 *
 *  Local.
 *  @param scratch  NULL: only the memory is wanted
 */
skel_dense_f32_grouped_plan skel_dense_f32_grouped_plan_of(const skel_dense_f32_grouped *grouped,
                                                           skel_dense_direction direction,
                                                           float *scratch);

/** Packs the weights for the forward pass or for the gradient of the input.
 *
 *  Local.
 *  @param weights  [outputs][inputs / groups][tap]
 */
void skel_dense_f32_grouped_plan_pack(const skel_dense_f32_grouped_plan *plan,
                                      skel_dense_direction direction, const float *weights);

/** Takes the weights' gradient out of the sums.
 *
 *  Local.
 *  @param dweights  [outputs][inputs / groups][tap] out
 */
void skel_dense_f32_grouped_plan_unpack(const skel_dense_f32_grouped_plan *plan, float *dweights);

/** Source blocks that a target block reads: `*first` and the next ones. Returns their number.
 *
 *  Local.
 */
size_t skel_dense_f32_grouped_plan_blocks(const skel_dense_f32_grouped_plan *plan, size_t target,
                                          size_t *first);

/** The planes that a target block of an image reads, copied with zeros around where necessary.
 *
 *  Local.
 *  @param source  [images][blocks][height][width][lanes]
 *  @param planes  the thread's memory, zeros before its first use
 *  @return the first plane; the others are behind it
 */
const float *skel_dense_f32_grouped_plan_pad(const skel_dense_f32_grouped_plan *plan,
                                             const float *source, size_t image, size_t target,
                                             float *planes);

#endif
