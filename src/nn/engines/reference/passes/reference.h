/** The reference engine's state, and its passes.
 *
 *  Every function begins with the name of its file: skel_reference_forward_step() is in forward.c.
 *  A file calls only files before it in this list: weights.c, batch.c, forward.c, backward.c,
 *  tangent.c, tangent_backward.c, energy.c, then one file for each kind of pass: gradient.c,
 *  hessian.c, curvature.c, terms.c, flow.c. The arithmetic of flow.c's tensors is in scaled.c,
 *  which knows no engine.
 */
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
    double *elements;   /**< [ops]: elements per channel in a batch norm's statistics */
    /* tangents along the vector of skel_engine_hessian(); NULL without `second_order` */
    double *activation_tangent; /**< the image's stays 0 */
    double *gradient_tangent;
    double *norm_tangent;
} skel_reference_slot;

/** The reference engine. */
typedef struct skel_reference {
    skel_engine base;
    size_t *offset;        /**< [tensors + 1]: of each tensor in a slot, in doubles */
    size_t *hidden;        /**< [tensors]: as skel_hidden_list() */
    double *weights;       /**< [parameter_count]: parameters times mask */
    double *weight_grad;   /**< [parameter_count]: result of the latest backward step before it is
                                rounded: the gradient, or the product with the Hessian */
    double *rows;          /**< [slots][columns]: of the batch norm at work */
    double *total;         /**< [columns]: of the rows, over all ranks */
    double *vector;        /**< [parameter_count]: tangent of the weights */
    double *part;          /**< [largest tensor or parameter]: second term of a product's tangent */
    double *tangent_total; /**< [columns]: total of the tangents' rows */
    int *exponent;         /**< [2][tensors]: of values and gradients, of the flow under way */
    double *squares;       /**< [largest input of a layer or product], if options.curvature */
    size_t slots;
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
static inline skel_reference_window skel_reference_window_of(const skel_network *network,
                                                             const skel_op *op, size_t images)
{
    return (skel_reference_window){.images = images,
                                   .in = network->tensor[op->input],
                                   .out = network->tensor[op->output],
                                   .window = op->window,
                                   .groups = op->groups,
                                   .counts_padding = op->counts_padding};
}

/** An activation as the kernels see it.
 *
 *  Local.
 */
static inline skel_reference_activation skel_reference_activation_of(const skel_op *op)
{
    return (skel_reference_activation){
        .kind = op->kind, .slope = op->slope, .low = op->low, .high = op->high};
}

/** The factors of a product as the kernels see them.
 *
 *  Local.
 */
static inline skel_reference_factors skel_reference_factors_of(const skel_network *network,
                                                               const skel_op *op, size_t images)
{
    const skel_tensor *other = &network->tensor[op->other];

    return (skel_reference_factors){.images = images,
                                    .shape = network->tensor[op->input],
                                    .is_one_pixel = other->height == 1 && other->width == 1};
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

/** The vectors of a batch norm that a slot uses.
 *
 *  Local. Borrowed.
 */
static inline skel_reference_norm_vectors skel_reference_vectors_of(const skel_reference *engine,
                                                                    const skel_reference_slot *slot,
                                                                    const skel_op *op)
{
    const skel_buffer *buffer = engine->base.network->buffer;

    return (skel_reference_norm_vectors){.mean = slot->norm + buffer[op->mean].offset,
                                         .inverse = slot->norm + buffer[op->variance].offset,
                                         .gamma = skel_reference_weights(engine, op->weight),
                                         .beta = skel_reference_weights(engine, op->bias)};
}

/** The tangents of skel_reference_vectors_of().
 *
 *  Local. Borrowed.
 */
static inline skel_reference_norm_vectors
skel_reference_vector_tangents_of(const skel_reference *engine, const skel_reference_slot *slot,
                                  const skel_op *op)
{
    const skel_buffer *buffer = engine->base.network->buffer;

    return (skel_reference_norm_vectors){.mean = slot->norm_tangent + buffer[op->mean].offset,
                                         .inverse =
                                             slot->norm_tangent + buffer[op->variance].offset,
                                         .gamma = skel_reference_vector(engine, op->weight),
                                         .beta = skel_reference_vector(engine, op->bias)};
}

/** The backward step of an operation in one slot: its operands and results. All is *borrowed*. */
typedef struct skel_reference_operands {
    const skel_op *op;
    skel_reference_window window;
    const double *x;
    const double *dy;
    double *dx;          /**< added to; the image has one, too, although nobody reads it */
    const double *other; /**< values of the second operand; NULL: there is none */
    double *dother;      /**< added to; NULL: there is no second operand */
    float *gradient;     /**< [parameter_count] out */
} skel_reference_operands;

/** The operands of slot `s`.
 *
 *  Local. Borrowed.
 */
static inline skel_reference_operands skel_reference_operands_of(const skel_reference *engine,
                                                                 size_t s, const skel_op *op,
                                                                 float gradient[])
{
    const skel_reference_slot *slot = &engine->slot[s];

    return (skel_reference_operands){
        .op = op,
        .window = skel_reference_window_of(engine->base.network, op, slot->images),
        .x = skel_reference_tensor(engine, slot->activation, op->input),
        .dy = skel_reference_tensor(engine, slot->gradient, op->output),
        .dx = skel_reference_tensor(engine, slot->gradient, op->input),
        .other = op->other == SKEL_NONE
                     ? NULL
                     : skel_reference_tensor(engine, slot->activation, op->other),
        .dother = op->other == SKEL_NONE ? NULL
                                         : skel_reference_tensor(engine, slot->gradient, op->other),
        .gradient = gradient,
    };
}

/** Adds the seconds since `*since` to a figure, if the engine measures; sets `*since` to now.
 *
 *  Local.
 */
static inline void skel_reference_clock(const skel_reference *engine, double *figure, double *since)
{
    double now = skel_engine_clock(&engine->base);

    *figure += now - *since;
    *since = now;
}

/** skel_engine_load().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_reference_weights_load(skel_engine *base, const float parameters[],
                                                     const uint8_t mask[]);

/** Hands a parameter's finished part of `engine->weight_grad` to the caller, rounded to float.
 *
 *  Local.
 *  @param gradient  [parameter_count] out
 */
void skel_reference_weights_round(const skel_reference *engine, size_t parameter, float gradient[]);

/** Puts a batch's images into a slot.
 *
 *  Local.
 */
void skel_reference_batch_load(skel_reference *engine, size_t s, const skel_batch *batch);

/** The loss of a slot's batch; its gradient goes to the last tensor of the slot's gradients.
 *
 *  Local.
 */
void skel_reference_batch_score(const skel_reference *engine, size_t s, const skel_batch *batch,
                                double scale, skel_pass *pass);

/** Executes operation `at` on slots 0, ..., count - 1.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param buffers  [buffer_count]: running averages to normalise with; NULL: batch statistics
 *  @param passes   [count]: receive the batch statistics; NULL if `buffers` is given
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_forward_step(skel_reference *engine, size_t at,
                                                     size_t count, const float buffers[],
                                                     const skel_pass passes[]);

/** Executes all operations: skel_reference_forward_step() on each in its order.
 *
 *  Local, or collective with `statistics_sum`. Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_forward(skel_reference *engine, size_t count,
                                                const float buffers[], const skel_pass passes[]);

/** Sets the gradients of all tensors to 0, except the last, which has the gradient of the loss.
 *
 *  Local.
 *  @param gradient  a slot's `gradient` or `gradient_tangent`
 */
void skel_reference_backward_start(const skel_reference *engine, double gradient[]);

/** Gradients of the operands of an operation without parameters.
 *
 *  Local. A linear map of `dy`: tangents of gradients can stand in the place of gradients.
 */
void skel_reference_backward_plain(const skel_network *network, const skel_reference_operands *t);

/** Gradients of an operation's operands, and of its weights, in slots 0, ..., count - 1.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param passes  [count]: receive the gradients of the weights
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_backward_step(skel_reference *engine, size_t at,
                                                      size_t count, const skel_pass passes[]);

/** Tangent of an operation's output, after skel_reference_forward_step() on it.
 *
 *  Local, or collective with `statistics_sum`. Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_tangent_step(skel_reference *engine, size_t at,
                                                     size_t count);

/** Tangents of an operation's gradients, after skel_reference_backward_step() on it, whose `total`
 *  it reads.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param passes  [count]: receive the products with the Hessian, in place of the gradients
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_tangent_backward_step(skel_reference *engine, size_t at,
                                                              size_t count,
                                                              const skel_pass passes[]);

/** Adds the slope of the energies of hidden units to the gradient of the tensor that holds them.
 *
 *  Local. Does nothing for another tensor, or without the option `energy`.
 *  @param scale  as of skel_engine_gradient()
 */
void skel_reference_energy_add(const skel_reference *engine, size_t slot, size_t tensor,
                               double scale);

/** skel_engine_terms() of SKEL_TERM_ENERGY, behind a forward pass in slot 0.
 *
 *  Local.
 */
void skel_reference_energy_write(const skel_reference *engine, float terms[]);

/** skel_engine_gradient().
 *
 *  Local, or collective with `statistics_sum`. Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_gradient(skel_engine *base, size_t count,
                                                 const skel_batch batches[], double scale,
                                                 skel_pass passes[]);

/** skel_engine_hessian().
 *
 *  Local, or collective with `statistics_sum`. Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_reference_hessian(skel_engine *base, const float vector[],
                                                size_t count, const skel_batch batches[],
                                                double scale, skel_pass passes[]);

/** skel_engine_flow().
 *
 *  Local. Errors: SKEL_ERR_NUMBER.
 */
SKEL_CHECKED skel_status skel_reference_flow(skel_engine *base, const float parameters[],
                                             const uint8_t mask[], const float buffers[],
                                             const float shares[], float out[], double *logarithm);

/** skel_engine_curvature().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_reference_curvature(skel_engine *base, const float parameters[],
                                                  const uint8_t mask[], const float buffers[],
                                                  const skel_batch *batch, double scale,
                                                  skel_pass *pass);

/** skel_engine_terms().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_reference_terms(skel_engine *base, const skel_batch *batch,
                                              const float buffers[], float terms[],
                                              skel_pass *pass);

#endif
