/** Gradients and test results of whole batches, computed by all ranks. */
#ifndef SKEL_WORKER_H
#define SKEL_WORKER_H

#include "skel/engine.h"
#include "skel/progress.h"
#include "skel/reduce.h"
#include "skel/view.h"

/** What a worker is made for. Plain data. */
typedef struct skel_worker_options {
    const char *engine; /**< "auto", "dense", "sparse" or "reference" */
    size_t microbatch;  /**< images that one rank works on at a time: the unit of batch norm */
    size_t batch_size;  /**< images of the largest batch */
    size_t batches;     /**< the most batches of one gradient */
    size_t test_images; /**< the most images of one evaluation */
    int threads;        /**< of each rank */
    skel_loss loss;
    double label_smoothing;
    double temperature;        /**< divides the logits in the cross-entropy; 0: 1 */
    bool second_order;         /**< skel_worker_hessian() will be asked for */
    bool curvature;            /**< skel_worker_curvature() will be asked for */
    bool batchnorm_over_batch; /**< synchronise statistics over the whole batch */
    skel_reduction reduction;
    const uint8_t *keep; /**< [parameter_count] the mask of all gradients to come, whose pruned
                              elements are then neither summed nor sent, and 0; borrowed while the
                              worker lives, see skel_worker_remask(). NULL: gradients of all
                              weights */
    double density;      /**< share of the prunable weights that `keep` keeps; 0: not known */
} skel_worker_options;

/** An engine on every rank, and what adds their results. Opaque. */
typedef struct skel_worker skel_worker;

/** What the images of a gradient or an evaluation gave. */
typedef struct skel_score {
    double loss;     /**< mean over the images */
    double accuracy; /**< share of right answers, 0 to 1 */
    size_t images;
} skel_score;

/** Compiles the engine and makes the buffers.
 *
 *  Collective.
 *  @param network  borrowed while the worker lives
 *  @param out      *owned*: skel_worker_destroy() it
 *  Errors: SKEL_ERR_CONFIG, SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL; agreed on.
 */
SKEL_CHECKED skel_status skel_worker_create(const skel_comm *comm, const skel_network *network,
                                            const skel_worker_options *options, skel_worker **out);

/** Frees the worker; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_worker_destroy(skel_worker **worker);

/** Tells the worker that the mask of its options has changed, which is where it was.
 *
 *  Local, on every rank before the next gradient. As many weights of each tensor are kept as
 *  before. Nothing is to be told to a worker without a mask of its own.
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

/** Images seen as a network's input, and which of them make the batches. Plain data, borrowed. */
typedef struct skel_batches {
    const skel_view *view;
    const skel_samples *samples;
    size_t count;            /**< images of all batches */
    size_t batch_size;       /**< every batch but the last has this many */
    const uint32_t *index;   /**< [count] sample numbers, batch after batch */
    uint32_t epoch;          /**< for the augmentation */
    skel_progress *progress; /**< shows the images as they are done; NULL: nothing does */
} skel_batches;

/** Mean gradient of the loss over the images of some batches, at parameters * mask.
 *
 *  Collective; the same bits on every rank, and on any number of ranks unless the reduction is
 *  float. Every image has the same weight. Signed gradients are averaged; magnitudes are nobody's
 *  business here.
 *  @param keep        [parameter_count] mask; NULL: all ones. That of the options, if they had one
 *  @param gradient    [parameter_count] out; of all weights, those outside the mask, too, unless
 *                     the options had a mask
 *  @param statistics  [buffer_count] out: mean over the microbatches of batch norm's batch
 *                     statistics; NULL if not wanted
 *  @param score       out
 *  Errors: SKEL_ERR_NUMBER if loss or gradient is not finite; agreed on.
 *  Source: de Jorge et al. 2021: average first, magnitude after.
 */
SKEL_CHECKED skel_status skel_worker_gradient(skel_worker *worker, const float parameters[],
                                              const uint8_t keep[], const skel_batches *batches,
                                              float gradient[], float statistics[],
                                              skel_score *score);

/** Product of the Hessian of the mean loss over some batches with a vector, at parameters * mask.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. Needs `second_order`.
 *  @param vector   [parameter_count], the same on every rank
 *  @param product  [parameter_count] out
 *  @param score    out
 *  Errors: as skel_worker_gradient(); SKEL_ERR_CONFIG if the engine cannot; agreed on.
 *  Source: skel_engine_hessian().
 */
SKEL_CHECKED skel_status skel_worker_hessian(skel_worker *worker, const float parameters[],
                                             const uint8_t keep[], const float vector[],
                                             const skel_batches *batches, float product[],
                                             skel_score *score);

/** Diagonal of the Hessian of the mean loss over some batches, as Optimal Brain Damage has it.
 *
 *  Collective; the same bits as skel_worker_gradient() promises. Batch norm uses running averages.
 *  Needs `curvature`.
 *  @param buffers    [buffer_count]
 *  @param curvature  [parameter_count] out; 0 for parameters that are not prunable
 *  @param score      out, as of testing
 *  Errors: as skel_worker_gradient(); SKEL_ERR_CONFIG if the engine cannot; agreed on.
 *  Source: skel_engine_curvature().
 */
SKEL_CHECKED skel_status skel_worker_curvature(skel_worker *worker, const float parameters[],
                                               const uint8_t keep[], const float buffers[],
                                               const skel_batches *batches, float curvature[],
                                               skel_score *score);

/** Gradient of the logarithm of the synaptic flow, without data.
 *
 *  Collective; the root computes, and it alone receives the flow.
 *  @param buffers    [buffer_count]
 *  @param flow       [parameter_count] out on the root; 0 for parameters that are not prunable
 *  @param logarithm  out on the root: of the flow; minus infinity if nothing flows
 *  Errors: SKEL_ERR_CONFIG if the engine cannot; SKEL_ERR_NUMBER; agreed on.
 *  Source: skel_engine_flow().
 */
SKEL_CHECKED skel_status skel_worker_flow(skel_worker *worker, const float parameters[],
                                          const uint8_t keep[], const float buffers[], float flow[],
                                          double *logarithm);

/** Loss and accuracy over images, with the running averages of batch norm.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param batches  `batch_size` is ignored
 *  Errors: SKEL_ERR_INTERNAL; agreed on. A loss that is not finite is returned as it is.
 */
SKEL_CHECKED skel_status skel_worker_evaluate(skel_worker *worker, const float parameters[],
                                              const uint8_t keep[], const float buffers[],
                                              const skel_batches *batches, skel_score *score);

#endif
