/** Engines execute a network on one process: gradients, products with the Hessian, logits.
 *
 *  The calls, in their order:
 *    skel_engine_create("auto", network, &options, &engine);    once: takes all memory
 *    skel_engine_load(engine, parameters, mask);                after every change of either;
 *                                                               or skel_engine_load_packed()
 *    skel_engine_gradient(engine, n, batches, scale, passes);   any number of times
 *    skel_engine_forward(engine, &batch, buffers, logits);      any number of times
 *    skel_engine_evaluate(engine, &batch, logits, &loss, &n);   loss of these logits
 *    skel_engine_destroy(&engine);
 *  skel_engine_flow() and skel_engine_curvature() load their own parameters: after them comes
 *  skel_engine_load() again.
 */
#ifndef SKEL_ENGINE_H
#define SKEL_ENGINE_H

#include "skel/engine_options.h"
#include "skel/network.h"
#include "skel/packing.h"
#include "skel/version.h"

#include <stdint.h>

/** A compiled network with its memory. Opaque. Used by one thread. */
typedef struct skel_engine skel_engine;

/** Images and labels of one microbatch. Borrowed. */
typedef struct skel_batch {
    size_t count;           /**< images, 1 to the engine's `microbatch` */
    const float *images;    /**< [count][channels][height][width], normalised */
    const uint16_t *labels; /**< [count], below the network's `classes` */
    const float *targets;   /**< [count][classes] with SKEL_LOSS_SQUARES alone */
} skel_batch;

/** Results of one microbatch's forward and backward pass. */
typedef struct skel_pass {
    float *gradient;   /**< [parameter_count] out: gradient of the loss summed over the images,
                            times `scale`; with `kept_only` undefined for pruned weights. After
                            skel_engine_load_packed() packed: [packing->count] */
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

/** What may be asked for as an engine: "auto", then the names of the engines.
 *
 *  Local. Static storage.
 */
const char *const *skel_engine_kinds(size_t *count);

/** The work (skel/work.h) up to which "auto" takes the sparse engine.
 *
 *  Local. It depends on the instruction set alone. Work decides, not the share of the weights:
 *  methods like FORCE keep most of the early layers, which work on many pixels.
 *  Source: measured; analysis/speed.md has the table.
 */
double skel_engine_sparse_work(void);

/** The engine that a name stands for: "auto" is sparse if the options allow it and the work is from
 *  above 0 to skel_engine_sparse_work(), else dense; any other name stands for itself.
 *
 *  Local. The options allow sparse if they have none of `second_order`, `curvature`, `terms` and
 *  `energy`.
 *  @return `kind` itself, or static storage
 */
const char *skel_engine_resolve(const char *kind, const skel_engine_options *options);

/** An ability that some engines have and others have not. */
typedef enum skel_engine_ability {
    SKEL_ENGINE_SKIPS_PRUNED, /**< pruned weights take no time, but for their gradients, which
                                   `kept_only` spares */
    SKEL_ENGINE_HESSIAN,      /**< skel_engine_hessian() */
    SKEL_ENGINE_FLOW,         /**< skel_engine_flow() */
    SKEL_ENGINE_CURVATURE,    /**< skel_engine_curvature() */
    SKEL_ENGINE_TERMS,        /**< skel_engine_terms() */
    SKEL_ENGINE_ENERGY,       /**< skel_engine_options.energy */
} skel_engine_ability;

/** Whether an engine has an ability.
 *
 *  Local.
 *  @param name  one of skel_engine_names()
 */
bool skel_engine_can(const char *name, skel_engine_ability ability);

/** Whether an engine can take the place of one that skel_engine_create() would make.
 *
 *  Local. It is of the same kind, was made for masks at least as dense, has the same options but
 *  for `density` and `work`, and sums no statistics over several microbatches.
 *  @param engine  made for the same network; NULL: no
 */
bool skel_engine_serves(const skel_engine *engine, const char *kind,
                        const skel_engine_options *options);

/** Compiles a network.
 *
 *  Local. All memory is taken here. Later calls allocate in three cases only: the first batch of a
 *  new size, the first flow, a mask that keeps more weights than `density` said.
 *  @param kind     "reference" (naive loops in double), "dense" (oneDNN), "sparse" (only kept
 *                  weights take time, but for gradients of pruned ones), or "auto": see
 *                  skel_engine_resolve()
 *  @param network  borrowed while the engine lives
 *  @param out      *owned*: skel_engine_destroy() it
 *  Errors: SKEL_ERR_CONFIG for an unknown kind, or one that cannot what the options ask for;
 *          SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_engine_create(const char *kind, const skel_network *network,
                                            const skel_engine_options *options, skel_engine **out);

/** Frees the engine; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_engine_destroy(skel_engine **engine);

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

/** Loads the weights of the next passes: parameters times mask.
 *
 *  Local.
 *  @param parameters  [parameter_count], borrowed for the call only
 *  @param mask        [parameter_count], 0 or 1, 1 where not prunable; NULL: all ones
 *  Errors: SKEL_ERR_INTERNAL; SKEL_ERR_MEMORY for a mask that keeps more than `density` said.
 */
SKEL_CHECKED skel_status skel_engine_load(skel_engine *engine, const float parameters[],
                                          const uint8_t mask[]);

/** Loads the weights of the next passes from a packed vector; their gradients are packed, too.
 *
 *  Local. Needs `kept_only`. The sparse engine then takes time for kept weights alone; the other
 *  engines unpack the parameters and pack the gradients.
 *  @param packing     borrowed until the next load; it may be remade before that load
 *  @param parameters  [packing->count], borrowed for the call only
 *  Errors: as skel_engine_load().
 */
SKEL_CHECKED skel_status skel_engine_load_packed(skel_engine *engine, const skel_packing *packing,
                                                 const float parameters[]);

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

/** Gradients of the losses of a batch's single images, by the kept weights.
 *
 *  Local. One pass computes all of them. Needs an engine with `samples`, and a network in which the
 *  images of a batch do not meet: skel_folded_create() makes one of a network with batch norm. The
 *  gradient of an image does not depend on the other images but for rounding.
 *  @param stride  floats from a row to the next
 *  @param rows    [batch->count][stride] out: one gradient for each image, in the loaded form, flat
 *                 or packed. Those of pruned weights and of all that is not prunable are undefined
 *  @param losses  [batch->count] out
 *  Errors: SKEL_ERR_NUMBER if a loss is not finite; SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_engine_samples(skel_engine *engine, const skel_batch *batch,
                                             size_t stride, float rows[], double losses[]);

/** Product of the loss' Hessian with a vector, batch norm on batch statistics.
 *
 *  Local; collective, in lock step, if the engine has `statistics_sum`, as skel_engine_gradient().
 *  Exact: Pearlmutter's operator R{x} = d/dr x(theta + r vector) at r = 0 is applied to every
 *  operation of the forward and the backward pass. The second derivative of ReLU, leaky ReLU, clip
 *  and max-pooling counts as 0. Needs an engine with `second_order`. The Hessian is taken at the
 *  weights of the latest skel_engine_load(); the product has the rows of pruned weights, too.
 *  @param vector   [parameter_count] the vector; its elements count also where the mask is 0
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

/** Synaptic flow: gradient of ln R with respect to the weights' magnitudes, where R is the weighted
 *  sum of all logits of the network with all parameters and buffers in absolute value, on one image
 *  of ones; batch norm is |scale| (x - |mean|) / sqrt(|variance| + eps) + |shift|.
 *
 *  Local. The weights that skel_engine_load() has loaded are lost. The gradient of ln R is that of
 *  R divided by R: it orders weights in the same way. Theta times this gradient is the weight's
 *  share of the flow; the shares of a layer sum to 1 if no bias, shift or shortcut carries flow
 *  past its weights. No network is too deep: every tensor has an exponent of its own.
 *  Operations do to magnitudes what they do to values, and pass gradients back by the same rules:
 *  a leaky ReLU multiplies negative values by its slope, a product's gradient with respect to a
 *  factor is the other factor, a concatenation's is that of its part. There are two things to know.
 *  A sigmoid of magnitudes is close to 1 and its slope close to 0, so that little flow passes
 *  through the gate of a squeeze-and-excite block, and a swish is nearly the identity. A clip has
 *  its lower bound alone: magnitudes add up over all paths, so that the bound 6 of a ReLU6 would
 *  stop all flow, although values of the network itself seldom reach it.
 *  @param parameters  [parameter_count], of any sign
 *  @param mask        [parameter_count]; NULL: all ones
 *  @param buffers     [buffer_count] running means and variances
 *  @param shares      [classes] the logits' weights in R, at least 0; NULL: all 1
 *  @param flow        [parameter_count] out: of the prunable weights, pruned ones included, at
 *                     least 0 where each layer's input is, as behind a ReLU, and at most FLT_MAX;
 *                     undefined for all other parameters. All 0 if R is 0
 *  @param logarithm   out: ln R; minus infinity if R is 0
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot; SKEL_ERR_NUMBER if a parameter, a buffer
 *          or R is not finite, or R negative; SKEL_ERR_INTERNAL.
 *  Source: Tanaka et al. 2020, algorithm 1.
 */
SKEL_CHECKED skel_status skel_engine_flow(skel_engine *engine, const float parameters[],
                                          const uint8_t mask[], const float buffers[],
                                          const float shares[], float flow[], double *logarithm);

/** Diagonal of the Hessian as Optimal Brain Damage estimates it, batch norm on running averages.
 *
 *  Local. The weights that skel_engine_load() has loaded are lost. One backward pass with squared
 *  weights and inputs: h(x_i) = f'(a)^2 sum_l w_li^2 h(a_l), h(w_ij) = h(a_i) x_j^2, summed over
 *  all places that share a weight. f is ReLU or any other activation: f' of a sigmoid y is
 *  y (1 - y). A product y = a b is a layer whose weights are the other factor: h(a) = b^2 h(y), and
 *  h(b) = a^2 h(y) summed over the pixels that b multiplies; a tensor with several readers has the
 *  sum of their parts. It starts at the logits with the diagonal p_k (1 - p_k) of the
 *  softmax cross-entropy's Hessian. Terms with f'' and terms off the diagonal are left out
 *  (Gauss-Newton, Levenberg-Marquardt), so no result is negative. Needs an engine with `curvature`.
 *  @param buffers  [buffer_count] running means and variances
 *  @param scale    factor of all, e.g. 1 / images of the whole batch
 *  @param pass     `gradient` receives the diagonal, [parameter_count], of the prunable weights,
 *                  pruned ones included, the other parameters' undefined; loss and correct answers
 *                  as of testing; `statistics` is not written
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot, or for another loss than cross-entropy;
 *          SKEL_ERR_NUMBER if the loss is not finite; SKEL_ERR_INTERNAL.
 *  Source: LeCun, Denker and Solla 1990, the section "Computing the second derivatives".
 */
SKEL_CHECKED skel_status skel_engine_curvature(skel_engine *engine, const float parameters[],
                                               const uint8_t mask[], const float buffers[],
                                               const skel_batch *batch, double scale,
                                               skel_pass *pass);

/** First-order terms or energies of channels, batch norm on running averages: of each image and
 *  each output channel of each layer what the engine's option `terms` says. In first-order terms L
 *  is the image's own loss, z what the layer writes, or the batch norm that alone reads it; an
 *  activation behind it has the same terms. Energies are those of hidden units; of layers whose
 *  outputs are added the first one alone has any, and that of the logits has none.
 *
 *  Local. Needs an engine with `terms`; takes the weights of the latest skel_engine_load().
 *  @param buffers  [buffer_count] running means and variances
 *  @param terms    [batch->count][skel_network_layer_channels()] out
 *  @param pass     `gradient` is scratch, [parameter_count]; loss and correct answers as of
 *                  testing; `statistics` is not written
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot; SKEL_ERR_NUMBER if the loss is not
 *          finite; SKEL_ERR_INTERNAL.
 *  Source: Molchanov et al. 2017, the section on Taylor expansion; Chauvin 1989.
 */
SKEL_CHECKED skel_status skel_engine_terms(skel_engine *engine, const skel_batch *batch,
                                           const float buffers[], float terms[], skel_pass *pass);

/** Forward pass with the running averages, as in testing.
 *
 *  Local, also with `statistics_sum`.
 *  @param buffers  [buffer_count]: running means and variances
 *  @param logits   [batch->count][classes] out
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_engine_forward(skel_engine *engine, const skel_batch *batch,
                                             const float buffers[], float logits[]);

/** A tensor of the network, as the latest skel_engine_forward() has left it.
 *
 *  Local.
 *  @param tensor  number of one; 0 is the image
 *  @param out     [images of that pass][channels][height][width] out
 *  Errors: SKEL_ERR_CONFIG if this kind of engine cannot; the engine "reference" can.
 */
SKEL_CHECKED skel_status skel_engine_activation(const skel_engine *engine, size_t tensor,
                                                double out[]);

/** Loss and correct answers of given logits, by the engine's loss without label smoothing.
 *
 *  Local.
 *  @param loss     out: sum over the images
 *  @param correct  out: images whose largest logit is the label's
 */
void skel_engine_evaluate(const skel_engine *engine, const skel_batch *batch, const float logits[],
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

/** Time spent in one layer with weights since the engine was made. */
typedef struct skel_engine_layer_profile {
    double forward; /**< seconds */
    double backward_data;
    double backward_weights;
} skel_engine_layer_profile;

/** The profile of one layer so far.
 *
 *  Local. Unit: seconds. All 0 without `profile`, and for operations without weights.
 *  @param op   operation of the network
 *  @param out  out
 *  @return whether the engine measures its layers one by one; if not, `out` is 0
 */
bool skel_engine_profile_layer(const skel_engine *engine, size_t op,
                               skel_engine_layer_profile *out);

/** The kernel that computes one direction of a layer: "jit:avx2", "skel's own"; "" if the layer has
 *  none, or the engine has no choice of kernels.
 *
 *  Local. Static storage, or borrowed while the engine lives.
 *  @param op         operation of the network
 *  @param direction  0: forward, 1: gradient of the data, 2: gradient of the weights
 */
const char *skel_engine_kernel(const skel_engine *engine, size_t op, size_t direction);

/** Names the libraries of this layer, and the instruction set that oneDNN takes, as
 *  DNNL_MAX_CPU_ISA names it: "oneDNN 2.6.3 with AVX2".
 *
 *  Local. The versions in use, which may be newer than the versions of the build.
 */
void skel_engine_libraries(char out[SKEL_LIBRARIES]);

#endif
