/** Which values and gradients a pass over one batch holds, and where in the arena. */
#ifndef SKEL_NN_BUFFERS_H
#define SKEL_NN_BUFFERS_H

#include "arena.h"
#include "graph.h"

/** The arena's layout for a number of images, or of other units that tensors are counted in.
 * Buffers are numbers; SKEL_NONE: there is none. */
typedef struct skel_buffers {
    size_t count;
    skel_arena_buffer *buffer;
    size_t floats;  /**< of the arena */
    size_t *value;  /**< [tensors]; none for the image */
    size_t *choice; /**< [steps] max-pooling's chosen pixels, 16 bits each */
    size_t (*gradient)[SKEL_STEP_OPERANDS]; /**< [steps] where the step's backward pass leaves its
                                                  part of each operand's gradient */
    size_t loss;                            /**< the loss' gradient with respect to the logits */
} skel_buffers;

/** Plans the memory of forward, and backward unless `inference`, of `units` images,
 *  or of other units that the tensors' `floats` are of.
 *
 *  Local. A tensor's gradient is the sum of the parts that its uses leave; a step's backward pass
 *  reuses the first of the parts it reads wherever it can work in place.
 *  @param buffers  out; *owned*: skel_buffers_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_buffers_plan(const skel_graph *graph, size_t units, bool inference,
                                           skel_buffers *buffers);

/** Frees what skel_buffers_plan() took.
 *
 *  Local.
 */
void skel_buffers_clear(skel_buffers *buffers);

/** The n-th part of the gradient with respect to a tensor, SKEL_NONE if there are no more.
 *
 *  Local. Parts are in the order in which the backward pass writes them.
 */
size_t skel_buffers_gradient_part(const skel_graph *graph, const skel_buffers *buffers,
                                  size_t tensor, size_t n);

#endif
