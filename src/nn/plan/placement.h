/** The placement of buffers: an offset in the arena for every value and gradient of a pass. */
#ifndef SKEL_NN_PLACEMENT_H
#define SKEL_NN_PLACEMENT_H

#include "arena.h"
#include "graph.h"

/** The placement for a number of images, or of other units of memory. Buffers are numbers;
 *  SKEL_NONE: there is no buffer. */
typedef struct skel_placement {
    size_t count;
    skel_arena_buffer *buffer;
    size_t floats;  /**< of the arena */
    size_t *value;  /**< [tensors]; none for the image */
    size_t *choice; /**< [steps] max-pooling's chosen pixels, 16 bits each */
    size_t (*gradient)[SKEL_STEP_OPERANDS]; /**< [steps] the buffer into which the step's backward
                                                  pass writes its part of each operand's gradient */
    size_t loss;                            /**< gradient of the loss with respect to the logits */
} skel_placement;

/** Plans the memory of a forward pass and, unless `inference`, of a backward pass.
 *
 *  Local. A tensor's gradient is the sum of one part from each of its uses. A backward step that
 *  can work in place writes to the first of the parts that it reads.
 *  @param units    images, or other units of memory: those of the tensors' `floats`
 *  @param placement  out; *owned*: skel_placement_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_placement_plan(const skel_graph *graph, size_t units, bool inference,
                                             skel_placement *placement);

/** Frees what skel_placement_plan() took.
 *
 *  Local.
 */
void skel_placement_clear(skel_placement *placement);

/** The n-th part of the gradient with respect to a tensor; SKEL_NONE if it has fewer parts.
 *
 *  Local. Parts are in the order in which the backward pass writes them.
 */
size_t skel_placement_gradient_part(const skel_graph *graph, const skel_placement *placement,
                                    size_t tensor, size_t n);

#endif
