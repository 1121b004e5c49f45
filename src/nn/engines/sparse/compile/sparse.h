/** The sparse engine: only the kept weights of convolutions and linear layers cost anything. */
#ifndef SKEL_NN_SPARSE_H
#define SKEL_NN_SPARSE_H

#include "../../../engine/engine_impl.h"
#include "../../../plan/buffers.h"
#include "../../../plan/graph.h"
#include "../kernels/norm_kernels.h"
#include "../kernels/pool_kernels.h"
#include "../kernels/rows.h"

/** Parameters of one step. */
typedef struct skel_sparse_work {
    /* convolution; a linear layer is one whose kernel is the whole input */
    size_t kernel_height;
    size_t kernel_width;
    size_t stride_height;
    size_t stride_width;
    size_t padding;
    skel_rows forward;
    skel_rows backward; /**< of the gradient to that of the input; no rows: not wanted */
    float *bias;        /**< [out channels]; NULL if there is none */
    size_t feeds;       /**< the batch norm that alone reads the output; SKEL_NONE: none */
    /* batch norm */
    skel_channel *channel; /**< [channels] of the pass under way */
    float *scale;          /**< [channels] */
    double *inverse;       /**< [channels] 1 / sqrt(variance + epsilon) of the pass under way */
    double *partials;      /**< [slots][blocks][channels][2] sums of blocks */
    double elements;       /**< per channel, of all microbatches that the statistics are over */
    size_t feeder; /**< the convolution whose output it alone reads, which leaves it the partials of
                        the forward pass and gets its weights' gradient done; SKEL_NONE: none */
} skel_sparse_work;

/** Memory of one batch. */
typedef struct skel_sparse_slot {
    size_t images;
    size_t blocks;
    float *image; /**< tensor 0 */
    float *data;  /**< all other values and gradients, by the plan of buffers */
} skel_sparse_slot;

typedef struct skel_sparse {
    struct skel_engine base;
    skel_graph graph;
    skel_buffers buffers;
    skel_planes *planes; /**< [tensors] */
    skel_sparse_work *work;
    size_t blocks; /**< of the largest batch */
    size_t slots;
    skel_sparse_slot *slot;
    bool dry; /**< nothing large is taken, only counted */
    size_t bytes;
    uint8_t *mask; /**< [parameter_count] that the rows were made for */
    bool has_rows;
    size_t entries; /**< capacity of the pool that all rows share */
    skel_entry *entry;
    uint32_t *source;
    size_t sums_held;
    double *sums;     /**< [sums_held] gradients of one layer's kept weights */
    size_t row_count; /**< weights of the longest row there may be */
    float *scratch;   /**< [threads][row_count][16] */
    float *logits;    /**< [microbatch][classes] and their gradient after them */
    double *rows;     /**< [slots][columns] of batch norm's statistics */
    double *total;    /**< [columns] */
} skel_sparse;

/** The sparse engine behind the common interface.
 *
 *  Local.
 */
static inline skel_sparse *skel_sparse_of(skel_engine *engine)
{
    return (skel_sparse *)(void *)engine;
}

/** Whether the gradient with respect to a step's input is wanted.
 *
 *  Local.
 */
static inline bool skel_sparse_goes_back(const skel_sparse *sparse, const skel_graph_step *step)
{
    return !sparse->base.options.inference &&
           sparse->graph.tensor[step->operand[SKEL_STEP_INPUT]].differentiable;
}

/** Takes memory, or in a dry run only counts it. A block that is there already is freed first.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_take(skel_sparse *sparse, size_t count, size_t size,
                                          void *out);

/** Chooses the ring of every tensor: what convolutions and their transposes read around it.
 *
 *  Local. Fills in `planes`, the work's kernels, and the graph's floats by block.
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_CONFIG for a tensor too large for 32-bit offsets.
 */
SKEL_CHECKED skel_status skel_sparse_planes_plan(skel_sparse *sparse);

/** Takes the memory of rows, and of entries as the density promises.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_rows_create(skel_sparse *sparse);

/** skel_engine_load(). Rows are made anew only if the mask is another.
 *
 *  Local. Errors: SKEL_ERR_MEMORY if the mask keeps more than was promised.
 */
SKEL_CHECKED skel_status skel_sparse_load(skel_engine *engine, const float parameters[],
                                          const uint8_t mask[]);

/** Takes the memory of batch norm.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_norm_create(skel_sparse *sparse);

/** A block of a buffer of a slot; NULL for SKEL_NONE.
 *
 *  Local.
 *  @param floats  of one block
 */
float *skel_sparse_block(const skel_sparse *sparse, size_t slot, size_t buffer, size_t block,
                         size_t floats);

/** A block of a tensor's values.
 *
 *  Local.
 */
float *skel_sparse_value(const skel_sparse *sparse, size_t slot, size_t tensor, size_t block);

/** Sums of one block and channel for a batch norm.
 *
 *  Local.
 */
double *skel_sparse_partial(const skel_sparse *sparse, size_t step, size_t slot, size_t block,
                            size_t channel);

/** Max-pooling's choices of one channel of a block; NULL if there is no way back.
 *
 *  Local.
 */
uint16_t *skel_sparse_choice(const skel_sparse *sparse, size_t step, size_t slot, size_t block,
                             size_t channel);

/** Convolution or linear layer of one slot.
 *
 *  Local.
 *  @param statistics  whether the batch norm behind it wants its sums
 */
void skel_sparse_layer_forward(skel_sparse *sparse, size_t step, size_t slot, bool statistics);

/** Clears the sums of a layer's kept weights.
 *
 *  Local.
 */
void skel_sparse_weights_start(skel_sparse *sparse, size_t step);

/** Adds one block's gradient of the weights of one row to the sums.
 *
 *  Local. By the same thread for all blocks of a row.
 *  @param dy  buffer
 */
void skel_sparse_row_weights(const skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                             size_t block, size_t row);

/** Hands the sums, and the bias' gradient, to the caller's vector.
 *
 *  Local.
 */
void skel_sparse_weights_finish(const skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                                float gradient[]);

/** Gradients of input, and unless a batch norm has done it of kept weights and bias, of one slot.
 *
 *  Local.
 *  @param dy        buffer; its ring is cleared
 *  @param gradient  [parameter_count]
 */
void skel_sparse_layer_backward(skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                                float gradient[]);

/** Adds up the sums of one slot's blocks, always in the same order.
 *
 *  Local. `first` and `second` are [channels].
 */
void skel_sparse_norm_reduce(const skel_sparse *sparse, size_t step, size_t slot, double first[],
                             double second[]);

/** Sums the rows of all slots, and of all ranks if they share statistics, into `total`.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_agree(skel_sparse *sparse, size_t count, size_t columns);

/** Forward pass of a batch norm step over all slots, on statistics of the batch.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_forward(skel_sparse *sparse, size_t step, size_t count,
                                                  const skel_pass passes[]);

/** Forward pass of a batch norm step on running averages.
 *
 *  Local.
 */
void skel_sparse_norm_evaluate(skel_sparse *sparse, size_t step, const float buffers[]);

/** Backward pass of a batch norm step over all slots.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_backward(skel_sparse *sparse, size_t step, size_t count,
                                                   const skel_pass passes[]);

/** skel_engine_gradient().
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_gradient(skel_engine *engine, size_t count,
                                              const skel_batch batches[], double scale,
                                              skel_pass passes[]);

/** skel_engine_forward().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_sparse_forward(skel_engine *engine, const skel_batch *batch,
                                             const float buffers[], float logits[]);

#endif
