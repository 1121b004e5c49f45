/** The placement of buffers: an offset in the arena for every value and gradient of a pass. */
#ifndef SKEL_NN_PLACEMENT_H
#define SKEL_NN_PLACEMENT_H

#include "arena.h"
#include "graph.h"

/** Times of the passes: two for each step of a pass. At the first one a batch norm sums its
 *  statistics; at the second one it normalises, and every other step does all its work. */
static inline size_t skel_placement_forward_time(size_t step)
{
    return 2 * step + 1;
}

/** The time of the loss, which is between the passes.
 *
 *  Local.
 */
static inline size_t skel_placement_loss_time(const skel_graph *graph)
{
    return 2 * graph->steps;
}

/** The second time of a step of the backward pass.
 *
 *  Local.
 */
static inline size_t skel_placement_backward_time(const skel_graph *graph, size_t step)
{
    return 2 * (2 * graph->steps - step) + 1;
}

/** How many times both passes have.
 *
 *  Local.
 */
static inline size_t skel_placement_times(const skel_graph *graph)
{
    return 4 * graph->steps + 2;
}

/** Times that follow each other in which a pass can go through the units of memory window by
 *  window: all times with one window, then all with the next one. */
typedef struct skel_placement_segment {
    size_t first; /**< its times are [first, last) */
    size_t last;
    size_t units; /**< of a window */
} skel_placement_segment;

typedef struct skel_placement_segments {
    size_t count;
    skel_placement_segment *segment; /**< in the order of time */
    size_t *of;                      /**< [times] the segment of a time */
} skel_placement_segments;

/** The placement for a number of images, or of other units of memory. Buffers are numbers;
 *  SKEL_NONE: there is no buffer. */
typedef struct skel_placement {
    size_t count;
    skel_arena_buffer *buffer;
    size_t *window; /**< [count] units that a buffer holds, in the memory of windows; 0: all, in
                         the arena */
    size_t floats;  /**< of the arena */
    size_t window_floats; /**< of the memory of windows */
    size_t *value;        /**< [tensors]; none for the image */
    size_t *again;        /**< [tensors] the values that the backward pass reads: `value`, or those
                               that it computes again before the step that reads them */
    size_t *choice;       /**< [steps] max-pooling's chosen pixels, 16 bits each */
    size_t (*gradient)[SKEL_STEP_OPERANDS]; /**< [steps] the buffer into which the step's backward
                                                  pass writes its part of each operand's gradient */
    size_t loss;                            /**< gradient of the loss with respect to the logits */
} skel_placement;

/** Plans the memory of a forward pass and, unless `inference`, of a backward pass.
 *
 *  Local. A tensor's gradient is the sum of one part from each of its uses. A backward step that
 *  can work in place writes to the first of the parts that it reads.
 *  @param units     images, or other units of memory: those of the tensors' `floats`
 *  @param segments  *borrowed* for the call; NULL: every time works on all units. With segments, a
 *                   buffer that is in use within one segment alone holds one window, and the output
 *                   of a batch norm that layers alone read is computed again for the backward pass
 *  @param placement  out; *owned*: skel_placement_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_placement_plan(const skel_graph *graph, size_t units, bool inference,
                                             const skel_placement_segments *segments,
                                             skel_placement *placement);

/** Whether the gradient of a batch norm's input lives within one segment, so that one window of it
 *  is enough: then it is not written in place, which would need memory for all units.
 *
 *  Local.
 *  @param segments  *borrowed*; NULL: there are none
 *  @param norm      a batch norm step
 */
bool skel_placement_fits_window(const skel_graph *graph, const skel_placement_segments *segments,
                                size_t norm);

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
