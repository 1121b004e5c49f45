/** The reference engine's state, shared by its passes. */
#ifndef SKEL_NN_REFERENCE_H
#define SKEL_NN_REFERENCE_H

#include "kernels.h"

#include "../../engine_impl.h"

/** One microbatch's activations. */
typedef struct skel_reference_slot {
    size_t images;
    double *activation; /**< all tensors, [images][c][h][w] each, at skel_reference.offset */
    double *gradient;   /**< the same for gradients; NULL if compiled for inference */
    double *norm;       /**< [buffer_count]: mean and 1 / sqrt(variance + epsilon) in use, at the
                             offsets of the buffers running_mean and running_var */
    double *elements;   /**< [ops]: per channel, what a batch norm's statistics are over */
} skel_reference_slot;

/** The reference engine. */
typedef struct skel_reference {
    skel_engine base;
    size_t *offset;            /**< [tensors + 1]: of each tensor in a slot, in doubles */
    double *weights;           /**< [parameter_count]: parameters times mask */
    double *weight_grad;       /**< [largest parameter]: scratch */
    double *rows;              /**< [slots][columns]: of the batch norm at work */
    double *sum;               /**< [columns]: of these rows, over all ranks */
    skel_reference_slot *slot; /**< [slots] */
} skel_reference;

/** Elements of one image of a tensor.
 *
 *  Local.
 */
static inline size_t skel_reference_elements(skel_tensor shape)
{
    return shape.channels * shape.height * shape.width;
}

/** An operation as the kernels see it.
 *
 *  Local.
 */
static inline skel_window skel_reference_window(const skel_network *network, const skel_op *op,
                                                size_t images)
{
    return (skel_window){.images = images,
                         .in = network->tensor[op->input],
                         .out = network->tensor[op->output],
                         .kernel = op->kernel,
                         .stride = op->stride,
                         .padding = op->padding};
}

/** A tensor of a slot.
 *
 *  Local. Borrowed.
 */
static inline double *skel_reference_tensor(const skel_reference *engine, double *block,
                                            size_t tensor)
{
    return block + engine->offset[tensor];
}

/** Executes all operations on the loaded images of slots 0, ..., count - 1.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param buffers  [buffer_count]: running averages to normalise with; NULL: batch statistics
 *  @param passes   [count]: receive the batch statistics; NULL if `buffers` is given
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_forward(skel_reference *engine, size_t count,
                                                const float buffers[], skel_pass passes[]);

/** Takes the gradients of the logits, in the slots, back to all weights.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param passes  [count]: receive the gradients
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_backward(skel_reference *engine, size_t count,
                                                 skel_pass passes[]);

/** Adds the seconds since `*since` to a figure of the profile, if there is to be one.
 *
 *  Local. Also sets `*since` to now.
 */
void skel_reference_clock(skel_reference *engine, double *figure, double *since);

#endif
