/** Which values and gradients a pass over one batch holds, and where in the arena. */
#ifndef SKEL_NN_DENSE_BUFFERS_H
#define SKEL_NN_DENSE_BUFFERS_H

#include "arena.h"
#include "graph.h"

/** The arena's layout for a number of images. Buffers are numbers; SKEL_NONE: there is none. */
typedef struct skel_dense_buffers {
    size_t count;
    skel_arena_buffer *buffer;
    size_t floats;  /**< of the arena */
    size_t *value;  /**< [tensors]; none for the image */
    size_t *choice; /**< [steps] max-pooling's chosen pixels, 16 bits each */
    size_t (*gradient)[SKEL_DENSE_OPERANDS]; /**< [steps] where the step's backward pass leaves its
                                                  part of each operand's gradient */
    size_t loss;                             /**< the loss' gradient with respect to the logits */
} skel_dense_buffers;

/** Plans the memory of forward, and backward unless `inference`, of `images` images.
 *
 *  Local. A tensor's gradient is the sum of the parts that its uses leave; a step's backward pass
 *  reuses the first of the parts it reads wherever it can work in place.
 *  @param buffers  out; *owned*: skel_dense_buffers_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_buffers_plan(const skel_dense_graph *graph, size_t images,
                                                 bool inference, skel_dense_buffers *buffers);

/** Frees what skel_dense_buffers_plan() took.
 *
 *  Local.
 */
void skel_dense_buffers_clear(skel_dense_buffers *buffers);

/** The n-th part of the gradient with respect to a tensor, SKEL_NONE if there are no more.
 *
 *  Local. Parts are in the order in which the backward pass writes them.
 */
size_t skel_dense_gradient_part(const skel_dense_graph *graph, const skel_dense_buffers *buffers,
                                size_t tensor, size_t n);

#endif
