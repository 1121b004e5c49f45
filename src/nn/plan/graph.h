/** The graph that engines execute: a network with fused operations and chosen layouts. */
#ifndef SKEL_NN_GRAPH_H
#define SKEL_NN_GRAPH_H

#include "skel/network.h"

/** Kinds of steps. */
typedef enum skel_step_kind {
    SKEL_STEP_CONV,
    SKEL_STEP_NORM, /**< batch norm, then `other` added if there is one, then ReLU if `relu`, with
                       an upper bound, or `activation` */
    SKEL_STEP_RELU,
    SKEL_STEP_ACTIVATION, /**< leaky ReLU, clip or sigmoid: op->kind says which. Its gradient and
                               its tangent follow from its output */
    SKEL_STEP_ADD,
    SKEL_STEP_MUL,
    SKEL_STEP_CONCAT,
    SKEL_STEP_MAXPOOL,
    SKEL_STEP_AVGPOOL,
    SKEL_STEP_LINEAR,
    SKEL_STEP_LAYOUT, /**< same values in another layout */
} skel_step_kind;

/** An activation tensor, [images][padded / block][height][width][block].
 *
 *  Channels are padded with zeros to a multiple of `block`; block 1 is the plain [n][c][h][w].
 */
typedef struct skel_graph_tensor {
    size_t channels;
    size_t height;
    size_t width;
    size_t block;
    size_t padded;       /**< channels rounded up to a multiple of `block` */
    size_t producer;     /**< step; SKEL_NONE for the image */
    size_t of;           /**< the network's tensor with these values; SKEL_NONE: a copy of another
                              one in another layout */
    bool kept;           /**< the backward pass reads its values, whatever steps read; set by an
                              engine before it plans buffers */
    bool differentiable; /**< it depends on a parameter: passes compute its gradient */
    size_t first_use;    /**< its uses are use[first_use .. first_use + uses) */
    size_t uses;
    size_t floats; /**< of one image, padding included. An engine with another unit of memory, such
                      as a block of images, sets the floats of its unit before it plans buffers */
    size_t gradient_floats; /**< of its gradient; `floats`, unless an engine sets another number */
} skel_graph_tensor;

enum { SKEL_STEP_INPUT, SKEL_STEP_OTHER, SKEL_STEP_OPERANDS };

/** One step. `op` holds kernel, stride, parameters and the name. */
typedef struct skel_graph_step {
    skel_step_kind kind;
    const skel_op *op;                  /**< borrowed from the network; NULL: LAYOUT */
    size_t operand[SKEL_STEP_OPERANDS]; /**< tensors; SKEL_NONE if there is no second */
    size_t output;                      /**< tensor */
    bool relu;
    float ceiling;             /**< the upper bound of `relu`: 6 of ReLU6, INFINITY of ReLU */
    const skel_op *activation; /**< NORM: leaky ReLU, clip or sigmoid behind it; or NULL */
    const skel_op
        *pool; /**< NORM: max-pooling behind its ReLU, every pixel in one window; or NULL */
} skel_graph_step;

/** Whether a step has a matrix of weights: a convolution or a linear layer.
 *
 *  Local.
 */
static inline bool skel_graph_has_weights(const skel_graph_step *step)
{
    return step->kind == SKEL_STEP_CONV || step->kind == SKEL_STEP_LINEAR;
}

/** A step that reads a tensor. */
typedef struct skel_graph_use {
    size_t step;
    size_t operand; /**< SKEL_STEP_INPUT or SKEL_STEP_OTHER */
} skel_graph_use;

typedef struct skel_graph {
    const skel_network *network; /**< borrowed */
    size_t block;                /**< channels of a block of the convolutions' layout */
    size_t tensors;
    skel_graph_tensor *tensor; /**< tensor[0] is the image, plain */
    size_t steps;
    skel_graph_step *step;
    skel_graph_use *use; /**< each tensor's uses together, last step first */
    size_t logits;       /**< tensor, plain */
} skel_graph;

/** Makes the graph: fuses batch norm with the operation after it, inserts changes of layout.
 *
 *  Local.
 *  @param block  channels of a block: 16, 8 or 1
 *  @param widely  whether leaky ReLU, clip, sigmoid and max-pooling may become part of a batch
 *                 norm, as its `activation` and its `pool`. ReLU always may. Where not `widely`,
 *                 a clip from 0 on may, too, as a ReLU with a ceiling
 *  @param graph  out; *owned*: skel_graph_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL for a network with an output that nothing reads.
 */
SKEL_CHECKED skel_status skel_graph_build(const skel_network *network, size_t block, bool widely,
                                          skel_graph *graph);

/** Frees what skel_graph_build() took.
 *
 *  Local.
 */
void skel_graph_clear(skel_graph *graph);

/** A pass's work on one step. */
typedef skel_status skel_graph_visit(const void *context, size_t step);

/** Visits every step whose output is differentiable, the last step first, until a visit fails.
 *
 *  Local, or collective if `visit` is.
 *  @param context  *borrowed*: for `visit`
 *  Errors: those of `visit`.
 */
SKEL_CHECKED skel_status skel_graph_visit_backward(const skel_graph *graph, skel_graph_visit *visit,
                                                   const void *context);

/** Whether a step's backward pass reads the step's output, to see where its ReLU was open.
 *
 *  Local. Batch norm without an addition computes this again from its input instead.
 */
bool skel_graph_keeps_output(const skel_graph_step *step);

#endif
