/** A network as the dense engine executes it: operations fused, layouts chosen. */
#ifndef SKEL_NN_DENSE_GRAPH_H
#define SKEL_NN_DENSE_GRAPH_H

#include "skel/network.h"

/** One step's work. */
typedef enum skel_dense_kind {
    SKEL_DENSE_CONV,
    SKEL_DENSE_NORM, /**< batch norm, then `other` added if there is one, then ReLU if `relu` */
    SKEL_DENSE_RELU,
    SKEL_DENSE_ADD,
    SKEL_DENSE_MAXPOOL,
    SKEL_DENSE_AVGPOOL,
    SKEL_DENSE_LINEAR,
    SKEL_DENSE_LAYOUT, /**< same values in another layout */
} skel_dense_kind;

/** An activation tensor, [images][padded / block][height][width][block].
 *
 *  Channels are padded with zeros to a multiple of `block`; block 1 is the plain [n][c][h][w].
 */
typedef struct skel_dense_tensor {
    size_t channels;
    size_t height;
    size_t width;
    size_t block;
    size_t padded;       /**< channels rounded up to a multiple of `block` */
    size_t producer;     /**< step; SKEL_NONE for the image */
    bool differentiable; /**< a parameter lies upstream: its gradient is wanted */
    size_t first_use;    /**< its uses are use[first_use .. first_use + uses) */
    size_t uses;
} skel_dense_tensor;

enum { SKEL_DENSE_INPUT, SKEL_DENSE_OTHER, SKEL_DENSE_OPERANDS };

/** One step. `op` holds kernel, stride, parameters and the name. */
typedef struct skel_dense_step {
    skel_dense_kind kind;
    const skel_op *op;                   /**< borrowed from the network; NULL: LAYOUT */
    size_t operand[SKEL_DENSE_OPERANDS]; /**< tensors; SKEL_NONE if there is no second */
    size_t output;                       /**< tensor */
    bool relu;
} skel_dense_step;

/** Where a tensor is read. */
typedef struct skel_dense_use {
    size_t step;
    size_t operand; /**< SKEL_DENSE_INPUT or SKEL_DENSE_OTHER */
} skel_dense_use;

typedef struct skel_dense_graph {
    const skel_network *network; /**< borrowed */
    size_t block;                /**< channels of a block of the convolutions' layout */
    size_t tensors;
    skel_dense_tensor *tensor; /**< tensor[0] is the image, plain */
    size_t steps;
    skel_dense_step *step;
    skel_dense_use *use; /**< each tensor's uses together, last step first */
    size_t logits;       /**< tensor, plain */
} skel_dense_graph;

/** Fuses batch norm with what follows it and puts changes of layout where they are needed.
 *
 *  Local.
 *  @param block  channels of a block: 16, 8 or 1
 *  @param graph  out; *owned*: skel_dense_graph_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL for a network with an output that nothing reads.
 */
SKEL_CHECKED skel_status skel_dense_graph_build(const skel_network *network, size_t block,
                                                skel_dense_graph *graph);

/** Frees what skel_dense_graph_build() took.
 *
 *  Local.
 */
void skel_dense_graph_clear(skel_dense_graph *graph);

/** Floats of one image of a tensor, padding included.
 *
 *  Local.
 */
size_t skel_dense_floats(const skel_dense_tensor *tensor);

/** Whether a step's backward pass takes the ReLU's mask from the output, kept until then.
 *
 *  Local. Batch norm without an addition computes it again from its input instead.
 */
bool skel_dense_keeps_output(const skel_dense_step *step);

#endif
