/** Workers: gradients and evaluations of whole batches, computed by all ranks together.
 *
 *      skel_worker_create(comm, network, &options, &worker);
 *      for each batch
 *          skel_worker_gradient(worker, parameters, &batch, gradient, statistics, &result);
 *          a change of the mask, if any, is followed by skel_worker_remask(worker);
 *      skel_worker_evaluate(worker, parameters, buffers, &images, &result);
 *      skel_worker_destroy(&worker);
 */
#ifndef SKEL_WORKER_H
#define SKEL_WORKER_H

#include "skel/engine.h"
#include "skel/progress.h"
#include "skel/reduce.h"
#include "skel/view.h"

/** The largest batches, the engine and the mask that a worker is made for. Plain data. */
typedef struct skel_worker_options {
    const char *kind;           /**< of engine: "auto", "dense", "sparse" or "reference" */
    skel_engine_options engine; /**< `microbatch` is the images that one rank works on at a time.
                                     With `kept_only` only gradients of kept weights are summed and
                                     sent. The worker sets `slots` and the sum of statistics */
    size_t batch_size;          /**< images of the largest batch */
    size_t batches;             /**< the most batches of one gradient */
    size_t test_images;         /**< the most images of one evaluation */
    bool batchnorm_over_batch;  /**< batch norm's statistics are those of the whole batch */
    bool loads_ahead;           /**< images that take long to load (skel_view_is_slow()) are loaded
                                     by a thread, a microbatch ahead */
    skel_reduction reduction;
    /* with `engine.inference` no gradients are computed: the memory of their sums is not taken */
    const uint8_t *keep; /**< [parameter_count] mask: all is computed at parameters * mask. Borrowed
                              while the worker lives; its owner may change it between calls, see
                              skel_worker_remask(). NULL: all ones */
} skel_worker_options;

/** An engine on every rank, with the memory to add up what the ranks compute. Opaque. */
typedef struct skel_worker skel_worker;

/** Loss and accuracy of the images of a gradient or an evaluation. */
typedef struct skel_result {
    double loss;     /**< mean over the images */
    double accuracy; /**< share of right answers, 0 to 1 */
    size_t images;
} skel_result;

/** Compiles the engine and takes all memory.
 *
 *  Collective.
 *  @param network  borrowed while the worker lives
 *  @param out      *owned*: skel_worker_destroy() it
 *  Errors: SKEL_ERR_CONFIG, SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL; agreed on.
 */
SKEL_CHECKED skel_status skel_worker_create(const skel_comm *comm, const skel_network *network,
                                            const skel_worker_options *options, skel_worker **out);

/** Makes a worker in place of another one, whose engine it takes over if that can do its work.
 *
 *  Collective. A new mask of kept weights needs a new worker, but not the time and the memory of a
 *  new engine; one that keeps no more weights needs no new memory at all.
 *  @param worker  in: made with the same `comm` and `network`, or NULL; out: *owned*; NULL after
 *                 a failure
 *  Errors: as skel_worker_create().
 */
SKEL_CHECKED skel_status skel_worker_replace(const skel_comm *comm, const skel_network *network,
                                             const skel_worker_options *options,
                                             skel_worker **worker);

/** Frees the worker; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_worker_destroy(skel_worker **worker);

/** Must be called after a change of the mask that the worker was made with.
 *
 *  Local, on every rank before the next gradient. The mask must keep as many weights of each tensor
 *  as before. A worker without `kept_only` does nothing here, because it reads the mask anew for
 *  each gradient.
 */
void skel_worker_remask(skel_worker *worker);

/** Bytes that skel_worker_create() takes on one rank of `size`.
 *
 *  Local. Errors: SKEL_ERR_CONFIG, SKEL_ERR_INTERNAL, as the engine's.
 */
SKEL_CHECKED skel_status skel_worker_bytes(const skel_network *network,
                                           const skel_worker_options *options, int size,
                                           size_t *bytes);

/** The engine in use, never "auto".
 *
 *  Local. Static storage.
 */
const char *skel_worker_engine(const skel_worker *worker);

/** Some batches: samples, the order in which they are taken, and how they become input. Plain
 *  data, borrowed.
 */
typedef struct skel_batches {
    const skel_view *view;
    const skel_samples *samples;
    size_t count;            /**< images of all batches */
    size_t batch_size;       /**< every batch but the last has this many */
    const uint32_t *index;   /**< [count] sample numbers, batch after batch */
    uint32_t epoch;          /**< for the augmentation */
    uint64_t noise;          /**< seed of images whose pixels are standard normal, in place of the
                                  samples; 0: none */
    skel_progress *progress; /**< shows how many images are done; NULL: none is shown */
} skel_batches;

/** Mean gradient of the loss over the images of some batches, at parameters * mask.
 *
 *  Collective; the same bits on every rank, and on any number of ranks unless the reduction is
 *  float. Every image has the same weight. The mean is that of signed gradients.
 *  @param gradient    [parameter_count] out: of all weights, pruned ones included; with `kept_only`
 *                     0 for those that the mask prunes
 *  @param statistics  [buffer_count] out: mean over the microbatches of batch norm's batch
 *                     statistics; NULL if not wanted
 *  @param result      out
 *  Errors: SKEL_ERR_NUMBER if loss or gradient is not finite; SKEL_ERR_STOPPED if the user has
 *          asked to stop (skel_stop_check()); agreed on.
 *  Source: de Jorge et al. 2021: average first, magnitude after.
 */
SKEL_CHECKED skel_status skel_worker_gradient(skel_worker *worker, const float parameters[],
                                              const skel_batches *batches, float gradient[],
                                              float statistics[], skel_result *result);

/** Sets who keeps the part of a gradient or a curvature that is done; NULL: nobody.
 *
 *  Local, on every rank alike. Without effect if batch norm is over the batch, or if floats are
 *  summed: a gradient that is left is then computed from its start.
 */
void skel_worker_keep(skel_worker *worker, const skel_keeper *keeper);

/** The packing of skel_worker_gradient_packed(): kept weights with `kept_only`, else everything.
 *
 *  Local. Borrowed while the worker lives; skel_worker_remask() changes it.
 */
const skel_packing *skel_worker_packing(const skel_worker *worker);

/** skel_worker_gradient() of packed vectors: its time, but for the images, is in proportion to the
 *  packed elements.
 *
 *  Collective; the same bits.
 *  @param parameters  [skel_worker_packing()->count]
 *  @param gradient    [skel_worker_packing()->count] out; may be `parameters`
 *  Errors: as skel_worker_gradient().
 */
SKEL_CHECKED skel_status skel_worker_gradient_packed(skel_worker *worker, const float parameters[],
                                                     const skel_batches *batches, float gradient[],
                                                     float statistics[], skel_result *result);

/** Product of the Hessian of the mean loss over some batches with a vector, at parameters * mask.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. Needs `second_order`.
 *  @param vector   [parameter_count], the same on every rank
 *  @param product  [parameter_count] out
 *  @param result   out
 *  Errors: as skel_worker_gradient(); SKEL_ERR_CONFIG if the engine cannot; agreed on.
 *  Source: skel_engine_hessian().
 */
SKEL_CHECKED skel_status skel_worker_hessian(skel_worker *worker, const float parameters[],
                                             const float vector[], const skel_batches *batches,
                                             float product[], skel_result *result);

/** Training steps without momentum, and room for what they compute. Plain data, borrowed. */
typedef struct skel_lookahead {
    size_t steps; /**< at least 1 */
    double rate;
    float *trajectory; /**< [steps + 1][parameter_count] out: the parameters before each step, and
                            after the last one */
    float *product;    /**< [parameter_count] scratch */
} skel_lookahead;

/** Gradient, by the parameters, of the mean loss at the parameters that some steps of gradient
 *  descent lead to. All steps are on the same batches.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. Needs `second_order`. Exact: each
 *  step is differentiated by a product with the Hessian. It costs a gradient and a product for each
 *  step, and one gradient more.
 *  @param gradient  [parameter_count] out
 *  @param result    out: before the first step
 *  Errors: as skel_worker_hessian().
 *  Source: Alizadeh et al. 2022 (ProsPr), section 3.
 */
SKEL_CHECKED skel_status skel_worker_lookahead(skel_worker *worker, const float parameters[],
                                               const skel_lookahead *ahead,
                                               const skel_batches *batches, float gradient[],
                                               skel_result *result);

/** Derivative, by the mask, of the change of the outputs between two weight vectors: of the mean
 *  over the images of |f(m theta) - f(m other)|^2, at the worker's mask m.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. The worker's loss is
 *  SKEL_LOSS_SQUARES, and its network has no batch norm.
 *  @param parameters  [parameter_count] theta
 *  @param disturbed   [parameter_count] other
 *  @param derivative  [parameter_count] out, of pruned weights, too
 *  @param result      out: its loss is the mean change; its accuracy means nothing
 *  Errors: as skel_worker_gradient().
 *  Source: Wang et al. 2023 (NTK-SAP), section 4.
 */
SKEL_CHECKED skel_status skel_worker_disturb(skel_worker *worker, const float parameters[],
                                             const float disturbed[], const skel_batches *batches,
                                             float derivative[], skel_result *result);

/** Diagonal of the Hessian of the mean loss over some batches, as Optimal Brain Damage defines it.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. Batch norm uses running averages.
 *  Needs `curvature`.
 *  @param buffers    [buffer_count]
 *  @param curvature  [parameter_count] out; 0 for parameters that are not prunable
 *  @param result     out, as of an evaluation
 *  Errors: as skel_worker_gradient(); SKEL_ERR_CONFIG if the engine cannot; agreed on.
 *  Source: skel_engine_curvature().
 */
SKEL_CHECKED skel_status skel_worker_curvature(skel_worker *worker, const float parameters[],
                                               const float buffers[], const skel_batches *batches,
                                               float curvature[], skel_result *result);

/** The channels of layers that make up units. Plain data, borrowed. */
typedef struct skel_channel_units {
    size_t count;         /**< units */
    const uint32_t *unit; /**< [skel_network_layer_channels()] of each channel; UINT32_MAX: none */
} skel_channel_units;

/** Sums over the images of some batches of the magnitude of each unit's first-order term, or of
 *  its energy: the sum of those of its channels, at parameters * mask, batch norm on running
 *  averages. The option `engine.terms` says which.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. Needs `engine.terms`.
 *  @param buffers  [buffer_count]
 *  @param sums     [units->count] out
 *  @param result   out, as of an evaluation
 *  Errors: as skel_worker_gradient(); SKEL_ERR_CONFIG if the engine cannot; agreed on.
 *  Source: skel_engine_terms().
 */
SKEL_CHECKED skel_status skel_worker_channels(skel_worker *worker, const float parameters[],
                                              const float buffers[], const skel_batches *batches,
                                              const skel_channel_units *units, float sums[],
                                              skel_result *result);

/** Gradient of the logarithm of the synaptic flow, without data.
 *
 *  Collective. The root computes the flow; no other rank receives it.
 *  @param buffers    [buffer_count]
 *  @param shares     [classes] as of skel_engine_flow(); may be NULL
 *  @param flow       [parameter_count] out on the root; 0 for parameters that are not prunable
 *  @param logarithm  out on the root: of the flow; minus infinity if nothing flows
 *  Errors: SKEL_ERR_CONFIG if the engine cannot; SKEL_ERR_NUMBER; agreed on.
 *  Source: skel_engine_flow().
 */
SKEL_CHECKED skel_status skel_worker_flow(skel_worker *worker, const float parameters[],
                                          const float buffers[], const float shares[], float flow[],
                                          double *logarithm);

/** Gradient of the logarithm of the synaptic flow of the network with all parameters and buffers
 *  squared, by the squares.
 *
 *  Collective; as skel_worker_flow(). Errors: as skel_worker_flow(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_worker_squared_flow(skel_worker *worker, const float parameters[],
                                                  const float buffers[], const float shares[],
                                                  float flow[], double *logarithm);

/** Sums of the logits over the images of some batches, with the running averages of batch norm.
 *
 *  Collective; the same bits as skel_worker_gradient() promises.
 *  @param sums  [classes] out
 *  Errors: SKEL_ERR_NUMBER if a logit is not finite; SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL,
 *          SKEL_ERR_STOPPED; agreed on.
 */
SKEL_CHECKED skel_status skel_worker_logits(skel_worker *worker, const float parameters[],
                                            const float buffers[], const skel_batches *batches,
                                            float sums[]);

/** Loss and accuracy over images, with the running averages of batch norm and without label
 *  smoothing.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param batches  `batch_size` is ignored
 *  Errors: SKEL_ERR_NUMBER if the loss is not finite; SKEL_ERR_INTERNAL; SKEL_ERR_STOPPED; agreed
 *          on.
 */
SKEL_CHECKED skel_status skel_worker_evaluate(skel_worker *worker, const float parameters[],
                                              const float buffers[], const skel_batches *batches,
                                              skel_result *result);

#endif
