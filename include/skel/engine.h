/** What executes a network: forward, backward, evaluation, on one process. */
#ifndef SKEL_ENGINE_H
#define SKEL_ENGINE_H

#include "skel/network.h"
#include "skel/version.h"

#include <stdint.h>

/** A compiled network with its memory. Opaque. Used by one thread. */
typedef struct skel_engine skel_engine;

/** Images and labels of one microbatch. Borrowed. */
typedef struct skel_batch {
    size_t count;          /**< images, 1 to the engine's `microbatch` */
    const float *images;   /**< [count][channels][height][width], normalised */
    const uint8_t *labels; /**< [count], below the network's `classes` */
} skel_batch;

typedef enum skel_loss {
    SKEL_LOSS_CROSS_ENTROPY, /**< softmax cross-entropy, natural logarithm */
    SKEL_LOSS_RAW_NLL,       /**< minus the label's raw logit: the authors' published code */
} skel_loss;

/** Sums batch-norm statistics over the microbatches of all ranks (`batchnorm: batch`).
 *
 *  Collective: every rank calls it the same number of times in the same order.
 *  @param rows     this rank's microbatches, maybe 0
 *  @param columns  the same on every rank
 *  @param values   [rows][columns] in: one row per local microbatch
 *  @param sum      [columns] out: sum over all microbatches of all ranks, the same bits everywhere
 */
typedef skel_status (*skel_statistics_sum_fn)(void *context, size_t rows, size_t columns,
                                              const double values[], double sum[]);

/** Density up to which "auto" takes the sparse engine. */
#define SKEL_ENGINE_SPARSE_DENSITY 0.05

/** What an engine is compiled for. Plain data; zeros are good defaults except `microbatch`. */
typedef struct skel_engine_options {
    size_t microbatch; /**< largest number of images in a batch */
    size_t slots;      /**< batches whose activations are held at once; 0 means 1 */
    bool inference;    /**< evaluation only: no memory for gradients */
    bool profile;      /**< measure the time of each kind of operation */
    int threads;       /**< of this process; 0 means 1. Bits may depend on it */
    bool kept_only;    /**< gradients of pruned weights are not wanted and may be 0 */
    double density;    /**< share of the prunable weights that masks keep, 0 to 1, a hint for "auto"
                            and for planning memory; 0: not known */
    skel_loss loss;
    double label_smoothing; /**< 0 to below 1; cross-entropy only */
    double temperature;     /**< divides the logits in the cross-entropy; 0 means 1 */
    bool second_order;      /**< memory for skel_engine_hessian(), too */
    bool curvature;         /**< memory for skel_engine_curvature(), too */
    skel_statistics_sum_fn statistics_sum; /**< NULL: statistics of each microbatch alone */
    void *statistics_context;
} skel_engine_options;

/** What one microbatch's forward and backward pass gives. */
typedef struct skel_pass {
    float *gradient;   /**< [parameter_count] out: of the loss summed over the images, times
                            `scale`; all prunable weights, pruned ones included unless the
                            engine was asked for `kept_only` */
    float *statistics; /**< [buffer_count] out: the batch's mean and unbiased variance, in the
                            layout of the buffers; NULL if not wanted */
    double loss;       /**< out: sum over the images, not scaled */
    size_t correct;    /**< out: images whose largest logit is the label's (the first of ties) */
} skel_pass;

/** Names of the engines, for messages: "reference", "dense", "sparse".
 *
 *  Local. Static storage.
 */
const char *const *skel_engine_names(size_t *count);

/** Compiles a network.
 *
 *  Local. All memory is taken here; no later call allocates, except for the first batch of a size
 *  not seen before, the first flow, and for a mask that keeps more than `density` said.
 *  @param kind     "reference" (naive loops in double), "dense" (oneDNN), "sparse" (only kept
 *                  weights cost anything; needs `kept_only` or `inference`), or "auto": sparse if
 *                  that is allowed and the density at most SKEL_ENGINE_SPARSE_DENSITY, else dense
 *  @param network  borrowed while the engine lives
 *  @param out      *owned*: skel_engine_destroy() it
 *  Errors: SKEL_ERR_CONFIG for an unknown kind, or sparse without `kept_only`; SKEL_ERR_MEMORY;
 *          SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_engine_create(const char *kind, const skel_network *network,
                                            const skel_engine_options *options, skel_engine **out);

/** Frees the engine; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_engine_destroy(skel_engine **engine);

/** The kind that skel_engine_create() compiles for a kind: never "auto".
 *
 *  Local. Another kind than "auto" is returned as it is; for "auto" the storage is static.
 */
const char *skel_engine_choose(const char *kind, const skel_engine_options *options);

/** The kind that was compiled: never "auto".
 *
 *  Local. Static storage.
 */
const char *skel_engine_kind(const skel_engine *engine);

/** Bytes that skel_engine_create() would take, without taking them.
 *
 *  Local. Errors: as skel_engine_create().
 */
SKEL_CHECKED skel_status skel_engine_bytes(const char *kind, const skel_network *network,
                                           const skel_engine_options *options, size_t *bytes);

/** Loads the weights that the next passes use: parameters times mask.
 *
 *  Local.
 *  @param parameters  [parameter_count], borrowed for the call only
 *  @param mask        [parameter_count], 0 or 1, 1 where not prunable; NULL: all ones
 *  Errors: SKEL_ERR_INTERNAL; SKEL_ERR_MEMORY for a mask that keeps more than `density` said.
 */
SKEL_CHECKED skel_status skel_engine_load(skel_engine *engine, const float parameters[],
                                          const uint8_t mask[]);

/** Forward and backward pass of `count` microbatches, batch norm on batch statistics.
 *
 *  Local; collective, in lock step, if the engine has `statistics_sum`: then `count` may be 0 and
 *  the gradient is that of the whole batch with respect to the weights, split by microbatch.
 *  @param count    at most `slots`
 *  @param batches  [count]
 *  @param scale    factor of every gradient, e.g. 1 / images of the whole batch
 *  @param passes   [count]; `gradient` and `statistics` point to the caller's memory
 *  Errors: SKEL_ERR_NUMBER if the loss is not finite; SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_engine_gradient(skel_engine *engine, size_t count,
                                              const skel_batch batches[], double scale,
                                              skel_pass passes[]);

/** Product of the loss' Hessian with a vector, batch norm on batch statistics.
 *
 *  Local; collective, in lock step, if the engine has `statistics_sum`, as skel_engine_gradient().
 *  Exact, by Pearlmutter's operator R{x} = d/dr x(theta + r vector) at r = 0 through every
 *  operation, the forward and the backward pass; ReLU and max-pooling are what they are between
 *  their kinks. Needs an engine with `second_order`; at the weights of the latest
 *  skel_engine_load(), the pruned ones' rows included.
 *  @param vector   [parameter_count] what the Hessian is multiplied with, taken as it is: where the
 *                  mask is 0, too
 *  @param count    at most `slots`
 *  @param batches  [count]
 *  @param scale    factor of every product, e.g. 1 / images of the whole batch
 *  @param passes   [count]; `gradient` receives the product, [parameter_count]; loss and correct
 *                  answers as of skel_engine_gradient(); `statistics` are written if wanted
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot; SKEL_ERR_NUMBER if the loss is not
 *          finite; SKEL_ERR_INTERNAL.
 *  Source: Pearlmutter 1994, Fast exact multiplication by the Hessian.
 */
SKEL_CHECKED skel_status skel_engine_hessian(skel_engine *engine, const float vector[],
                                             size_t count, const skel_batch batches[], double scale,
                                             skel_pass passes[]);

/** Synaptic flow: gradient of ln R with respect to the weights' magnitudes, where R is the sum of
 *  all logits of the network with all parameters and buffers in absolute value, on one image of
 *  ones; batch norm is |scale| (x - |mean|) / sqrt(|variance| + eps) + |shift|.
 *
 *  Local. What skel_engine_load() has loaded is lost. The logarithm divides R out of the gradient
 *  of R, which orders weights alike: theta times it is the weight's share of the flow, and sums to
 *  1 over a layer where nothing but the layer's weights carries flow. No network is too deep:
 *  tensors are held with an exponent of their own.
 *  @param parameters  [parameter_count], of any sign
 *  @param mask        [parameter_count]; NULL: all ones
 *  @param buffers     [buffer_count] running means and variances
 *  @param flow        [parameter_count] out: of the prunable weights, pruned ones included, at
 *                     least 0 where each layer's input is, as behind a ReLU, and at most FLT_MAX;
 *                     undefined for all other parameters. All 0 if R is 0
 *  @param logarithm   out: ln R; minus infinity if R is 0
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot; SKEL_ERR_NUMBER if a parameter, a buffer
 *          or R is not finite, or R negative; SKEL_ERR_INTERNAL.
 *  Source: Tanaka et al. 2020, algorithm 1 and equation 7.
 */
SKEL_CHECKED skel_status skel_engine_flow(skel_engine *engine, const float parameters[],
                                          const uint8_t mask[], const float buffers[], float flow[],
                                          double *logarithm);

/** Diagonal of the Hessian as Optimal Brain Damage estimates it, batch norm on running averages.
 *
 *  Local. What skel_engine_load() has loaded is lost. One backward pass with squared weights and
 *  inputs: h(x_i) = f'(a)^2 sum_l w_li^2 h(a_l), h(w_ij) = h(a_i) x_j^2, over all places that share
 *  a weight; at the logits the diagonal p_k (1 - p_k) of the softmax cross-entropy's Hessian. The
 *  terms with f'' and those off the diagonal are left out (Gauss-Newton, Levenberg-Marquardt), so
 *  nothing is negative. Needs an engine with `curvature`.
 *  @param buffers  [buffer_count] running means and variances
 *  @param scale    factor of all, e.g. 1 / images of the whole batch
 *  @param pass     `gradient` receives the diagonal, [parameter_count], of the prunable weights,
 *                  pruned ones included, the other parameters' undefined; loss and correct answers
 *                  as of testing; `statistics` is not written
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot, or for another loss than cross-entropy;
 *          SKEL_ERR_NUMBER if the loss is not finite; SKEL_ERR_INTERNAL.
 *  Source: LeCun, Denker and Solla 1990, equations 7 to 10.
 */
SKEL_CHECKED skel_status skel_engine_curvature(skel_engine *engine, const float parameters[],
                                               const uint8_t mask[], const float buffers[],
                                               const skel_batch *batch, double scale,
                                               skel_pass *pass);

/** Forward pass with the running averages, as in testing.
 *
 *  Local, also with `statistics_sum`.
 *  @param buffers  [buffer_count]: running means and variances
 *  @param logits   [batch->count][classes] out
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_engine_forward(skel_engine *engine, const skel_batch *batch,
                                             const float buffers[], float logits[]);

/** Loss and correct answers of given logits, by the engine's loss without label smoothing.
 *
 *  Local.
 *  @param loss     out: sum over the images
 *  @param correct  out: images whose largest logit is the label's
 */
void skel_engine_score(const skel_engine *engine, const skel_batch *batch, const float logits[],
                       double *loss, size_t *correct);

/** Time spent per kind of work since the engine was made, if `profile` was asked for. */
typedef struct skel_engine_profile {
    double convolution_forward; /**< seconds */
    double convolution_backward_data;
    double convolution_backward_weights;
    double linear;
    double elementwise; /**< batch norm, ReLU, addition */
    double pooling;
    double reorder; /**< changes of layout, weights and images */
    double other;
} skel_engine_profile;

/** The profile so far.
 *
 *  Local. Unit: seconds. All 0 without `profile`.
 */
skel_engine_profile skel_engine_profile_get(const skel_engine *engine);

/** Names the libraries of this layer: "oneDNN 2.6.3".
 *
 *  Local. Those that are in use, which may be newer than those it was built with.
 */
void skel_engine_libraries(char out[SKEL_LIBRARIES]);

#endif
