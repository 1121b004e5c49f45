/** The dense engine: oneDNN's convolutions and products, own loops for all other operations. */
#ifndef SKEL_NN_DENSE_H
#define SKEL_NN_DENSE_H

#include "../../../engine/engine_impl.h"
#include "../../../plan/buffers.h"
#include "../../../plan/graph.h"
#include "onednn.h"

/** Layouts of one layer's weights at most: Winograd's and the direct algorithm's, each forward and
 *  backward, and what the direct one prefers for other batch sizes. */
enum { SKEL_DENSE_FORMS = 8 };

/** The weights of one convolution or linear layer in a layout that some primitive reads. */
typedef struct skel_dense_form {
    dnnl_memory_desc_t layout;
    float *data;         /**< owned */
    float *tangent;      /**< owned: of `data`, with `second_order` */
    skel_dnnl_call load; /**< from the flat vector's layout */
} skel_dense_form;

/** Tangents of a batch norm's vectors, each [padded] with zeros behind the channels. */
typedef struct skel_dense_tangents {
    float *vectors; /**< owned: all of the following; NULL without `second_order` */
    float *scale;
    float *shift;
    float *mean;
    float *slope;
    float *log_inverse; /**< R inverse / inverse */
} skel_dense_tangents;

/** Parameters of one step: weights in all forms that are read, or batch norm's vectors. */
typedef struct skel_dense_weights {
    dnnl_memory_desc_t flat; /**< OIHW or OI */
    float *values;           /**< owned: masked, in the flat layout, for forms that come later */
    size_t forms;
    skel_dense_form form[SKEL_DENSE_FORMS];
    float *bias; /**< [out channels]; NULL if there is none */
    /* batch norm, each [padded] with zeros behind the channels */
    float *vectors; /**< owned: all of the following */
    float *scale;
    float *shift;
    float *mean;     /**< of the pass under way */
    float *inverse;  /**< 1 / sqrt(variance + epsilon) of the pass under way */
    float *slope;    /**< scale * inverse */
    double elements; /**< per channel, of all microbatches that the statistics are over */
    skel_dense_tangents tangents;
} skel_dense_weights;

/** Compiled primitives of one step for one batch size. */
typedef struct skel_dense_work {
    skel_dnnl_call forward;
    skel_dnnl_call backward_data;
    skel_dnnl_call backward_weights;
    skel_dnnl_call unload; /**< gradient of the weights to the flat vector's layout */
    size_t forward_form;   /**< weights' form that `forward` reads */
    size_t backward_form;  /**< and `backward_data` */
    size_t weights_floats; /**< that `backward_weights` leaves */
    bool unloads;          /**< whether `backward_weights` leaves another layout than the flat */
} skel_dense_work;

/** Everything compiled for one batch size. */
typedef struct skel_dense_plan {
    struct skel_dense_plan *next;
    size_t images;
    bool direct; /**< no Winograd convolutions */
    skel_buffers buffers;
    skel_dense_work *work; /**< [steps] */
} skel_dense_plan;

/** Values and gradients themselves, and their tangents: in the same places of two blocks. */
typedef enum skel_dense_side {
    SKEL_DENSE_VALUE,
    SKEL_DENSE_TANGENT, /**< only with `second_order` */
    SKEL_DENSE_SIDES,
} skel_dense_side;

/** Memory of one batch's values and gradients. */
typedef struct skel_dense_arena {
    size_t held[SKEL_DENSE_SIDES]; /**< floats */
    float *data[SKEL_DENSE_SIDES];
    skel_dense_plan *plan; /**< of the batch that is in it */
} skel_dense_arena;

typedef struct skel_dense {
    struct skel_engine base;
    skel_dnnl dnnl;
    skel_graph graph;
    skel_dense_weights *weights; /**< [steps] */
    skel_dense_plan *plan;       /**< the largest first */
    bool dry;                    /**< nothing is taken, only counted */
    bool loaded;
    size_t bytes;
    size_t slots;
    skel_dense_arena *arena; /**< [slots] */
    size_t scratch_bytes;    /**< largest scratchpad that any compiled primitive needs */
    size_t scratch_held;
    void *scratch;
    size_t staging_floats; /**< largest weights in any form */
    size_t staging_held;
    float *staging;   /**< gradient of one layer's weights, on its way out */
    double *partials; /**< sums of batch norm by group of images */
    double *rows;     /**< [slots] rows of batch norm's statistics */
    double *total;    /**< their sum */
    /* for products with the Hessian; NULL without `second_order` */
    size_t second_held;
    float *second; /**< as `staging`: the other term of one layer's product */
    size_t part_held;
    float *part;  /**< the other term of one tensor's tangent */
    float *zeros; /**< a bias that has no tangent */
    float *means; /**< of a batch norm's backward pass: see skel_dense_f32_norm_tangent_means */
    struct skel_dense_flow *flow; /**< see flow.h; NULL if compiled for inference */
    float *squares; /**< of the largest input of a layer; NULL without options.curvature */
} skel_dense;

/** The dense engine behind the common interface.
 *
 *  Local.
 */
static inline skel_dense *skel_dense_of(skel_engine *engine)
{
    return (skel_dense *)(void *)engine;
}

/** Takes memory, or in a dry run only counts it. A block that is there already is freed first.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_take(skel_dense *dense, size_t count, size_t size, void *out);

/** Finds, or compiles, the plan for a batch size.
 *
 *  Local.
 *  @param direct  no Winograd convolutions: of what is not negative they give sums that are, and
 *                 small values only to the precision of the largest around them
 *  @param out     *borrowed*: the engine owns it
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_plan_for(skel_dense *dense, size_t images, bool direct,
                                             skel_dense_plan **out);

/** Frees all plans.
 *
 *  Local.
 */
void skel_dense_plans_clear(skel_dense *dense);

/** Compiles the step's primitives: convolution, linear, change of layout; nothing for others.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_convolution_compile(skel_dense *dense,
                                                        const skel_dense_plan *plan, size_t step,
                                                        skel_dense_work *work);

/** As skel_dense_convolution_compile(), for a linear layer.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_linear_compile(skel_dense *dense, size_t images, size_t step,
                                                   skel_dense_work *work);

/** The primitives of a layer with weights, already chosen; handed to skel_dense_layer_compile(). */
typedef struct skel_dense_choice {
    dnnl_primitive_desc_t forward;
    dnnl_primitive_desc_t backward_data;    /**< NULL: not wanted */
    dnnl_primitive_desc_t backward_weights; /**< NULL: not wanted */
} skel_dense_choice;

/** Turns chosen primitives into calls, finds the forms of the weights they read; frees the choice.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_layer_compile(skel_dense *dense, size_t step,
                                                  skel_dense_choice *choice, skel_dense_work *work);

/** Frees what is left of a choice.
 *
 *  Local.
 */
void skel_dense_choice_clear(skel_dense_choice *choice);

/** Describes the parameters of all steps and takes the memory of vectors.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_weights_create(skel_dense *dense);

/** Frees all parameters.
 *
 *  Local.
 */
void skel_dense_weights_clear(skel_dense *dense);

/** Number of the form of a step's weights with that layout, made (and filled) if it is new.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_form_for(skel_dense *dense, size_t step,
                                             const dnnl_memory_desc_t *layout, size_t *form);

/** Fills the forms of a layer's weights that a plan's work reads, from `values`.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_forms_load(skel_dense *dense, size_t step,
                                               const skel_dense_work *work);

/** skel_engine_load(): all forms of all weights.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_load(skel_engine *engine, const float parameters[],
                                         const uint8_t mask[]);

/** Runs a call with the engine's scratchpad and adds its time to `*seconds`.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_run(skel_dense *dense, skel_dnnl_call *call,
                                        const void *const data[], size_t step, double *seconds);

/** Name of a step's layer for messages.
 *
 *  Local. Static storage or the network's.
 */
const char *skel_dense_name(const skel_dense *dense, size_t step);

/** A buffer of a slot's batch, by its number in the slot's plan.
 *
 *  Local.
 */
float *skel_dense_data(const skel_dense *dense, size_t slot, size_t buffer);

/** The same, or its tangent.
 *
 *  Local.
 */
float *skel_dense_side_data(const skel_dense *dense, skel_dense_side side, size_t slot,
                            size_t buffer);

/** Values of a tensor of a slot's batch.
 *
 *  Local.
 *  @param images  of the batch: what tensor 0 is
 */
const float *skel_dense_value(const skel_dense *dense, size_t slot, size_t tensor,
                              const float *images);

/** Forward pass of a batch norm step over all slots, on statistics of the batch.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param count    slots in use
 *  @param batches  [count]
 *  @param passes   [count]; statistics out
 *  Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_forward(skel_dense *dense, size_t step, size_t count,
                                                 const skel_batch batches[],
                                                 const skel_pass passes[]);

/** Forward pass of a batch norm step on running averages.
 *
 *  Local.
 *  @param buffers  [buffer_count]
 */
void skel_dense_norm_evaluate(skel_dense *dense, size_t step, const skel_batch *batch,
                              const float buffers[]);

/** Backward pass of a batch norm step over all slots.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_backward(skel_dense *dense, size_t step, size_t count,
                                                  const skel_batch batches[],
                                                  const skel_pass passes[]);

/** Floats of `partials` and columns of `rows` that the graph's batch norms need.
 *
 *  Local.
 */
void skel_dense_norm_sizes(const skel_dense *dense, size_t *partials, size_t *columns);

/** skel_engine_gradient().
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_gradient(skel_engine *engine, size_t count,
                                             const skel_batch batches[], double scale,
                                             skel_pass passes[]);

/** skel_engine_forward().
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_forward(skel_engine *engine, const skel_batch *batch,
                                            const float buffers[], float logits[]);

#endif
