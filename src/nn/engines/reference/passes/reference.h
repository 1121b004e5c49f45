/** The reference engine's state, shared by its passes. */
#ifndef SKEL_NN_REFERENCE_H
#define SKEL_NN_REFERENCE_H

#include "../kernels/kernels.h"

#include "../../../engine/engine_impl.h"

/** One microbatch's activations. */
typedef struct skel_reference_slot {
    size_t images;
    double *activation; /**< all tensors, [images][c][h][w] each, at skel_reference.offset */
    double *gradient;   /**< the same for gradients; NULL if compiled for inference */
    double *norm;       /**< [buffer_count]: mean and 1 / sqrt(variance + epsilon) in use, at the
                             offsets of the buffers running_mean and running_var */
    double *elements;   /**< [ops]: per channel, what a batch norm's statistics are over */
    /* tangents along the vector of skel_engine_hessian(); NULL without `second_order` */
    double *activation_tangent; /**< the image's stays 0 */
    double *gradient_tangent;
    double *norm_tangent;
} skel_reference_slot;

/** The reference engine. */
typedef struct skel_reference {
    skel_engine base;
    size_t *offset;      /**< [tensors + 1]: of each tensor in a slot, in doubles */
    double *weights;     /**< [parameter_count]: parameters times mask */
    double *weight_grad; /**< [parameter_count]: what the latest pass gave for its last slot, before
                           it was rounded: the gradient, or the Hessian's product */
    double *rows;        /**< [slots][columns]: of the batch norm at work */
    double *sum;         /**< [columns]: of these rows, over all ranks */
    bool tangents;       /**< whether the pass under way takes the tangents along */
    double *vector;      /**< [parameter_count]: tangent of the weights */
    double *part; /**< [largest tensor or parameter]: the second term of a product's tangent */
    double *tangent_rows;      /**< as `rows` */
    double *tangent_sum;       /**< as `sum` */
    int *exponent;             /**< [2][tensors]: of values and gradients, of the flow under way */
    double *squares;           /**< [largest input of a layer], if options.curvature */
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

/** A parameter's part of a flat vector: weights, tangents, gradients; NULL for SKEL_NONE.
 *
 *  Local. Borrowed.
 */
static inline double *skel_reference_slice(const skel_reference *engine, double *flat,
                                           size_t parameter)
{
    return parameter == SKEL_NONE ? NULL : flat + engine->base.network->parameter[parameter].offset;
}

/** The loaded weights of a parameter; NULL for SKEL_NONE.
 *
 *  Local. Borrowed.
 */
static inline const double *skel_reference_weights(const skel_reference *engine, size_t parameter)
{
    return skel_reference_slice(engine, engine->weights, parameter);
}

/** The tangent of a parameter's weights; NULL for SKEL_NONE.
 *
 *  Local. Borrowed.
 */
static inline const double *skel_reference_vector(const skel_reference *engine, size_t parameter)
{
    return skel_reference_slice(engine, engine->vector, parameter);
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

/** Hands a parameter's finished part of `engine->weight_grad` to the caller, rounded to float.
 *
 *  Local.
 *  @param gradient  [parameter_count] out
 */
void skel_reference_round(const skel_reference *engine, size_t parameter, float gradient[]);

/** skel_engine_hessian().
 *
 *  Local, or collective with `statistics_sum`. Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_hessian(skel_engine *base, const float vector[],
                                                size_t count, const skel_batch batches[],
                                                double scale, skel_pass passes[]);

/** Puts a batch's images into a slot.
 *
 *  Local.
 */
void skel_reference_load_images(skel_reference_slot *slot, const skel_network *network,
                                const skel_batch *batch);

/** The loss of a slot's batch, and its gradient in place of the last tensor's.
 *
 *  Local.
 */
void skel_reference_score(const skel_reference *engine, size_t s, const skel_batch *batch,
                          double scale, skel_pass *pass);

/** Tangents of a batch norm's statistics, once the statistics are known.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param at     operation
 *  @param count  slots in use
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_tangent_statistics(skel_reference *engine, size_t at,
                                                           size_t count);

/** Tangent of an operation's output in a slot, once the operation has been executed.
 *
 *  Local.
 */
void skel_reference_tangent_forward(skel_reference *engine, size_t s, const skel_op *op);

/** Tangents of what an operation's backward step has left in a slot, and the product's part.
 *
 *  Local. Not for batch norm.
 *  @param gradient  [parameter_count] out: the product
 */
void skel_reference_tangent_backward(skel_reference *engine, size_t s, const skel_op *op,
                                     float gradient[]);

/** As skel_reference_tangent_backward(), for a batch norm in all slots; `rows` and `sum` are still
 *  those of its backward step.
 *
 *  Local, or collective with `statistics_sum`. Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_tangent_norm(skel_reference *engine, size_t at,
                                                     size_t count, skel_pass passes[]);

/** Adds the seconds since `*since` to a figure of the profile, if there is to be one.
 *
 *  Local. Also sets `*since` to now.
 */
void skel_reference_clock(skel_reference *engine, double *figure, double *since);

/** skel_engine_flow().
 *
 *  Local. Errors: SKEL_ERR_NUMBER.
 */
SKEL_CHECKED skel_status skel_reference_flow(skel_engine *base, const float parameters[],
                                             const uint8_t mask[], const float buffers[],
                                             float out[], double *logarithm);

/** skel_engine_curvature().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_reference_curvature(skel_engine *base, const float parameters[],
                                                  const uint8_t mask[], const float buffers[],
                                                  const skel_batch *batch, double scale,
                                                  skel_pass *pass);

/** skel_engine_load().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_reference_load(skel_engine *base, const float parameters[],
                                             const uint8_t mask[]);

/** Puts a batch's images into a slot.
 *
 *  Local.
 */
void skel_reference_load_images(skel_reference_slot *slot, const skel_network *network,
                                const skel_batch *batch);

#endif
