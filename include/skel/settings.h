/** Settings: a job's texts as values of the rooms below, checked against each other. */
#ifndef SKEL_SETTINGS_H
#define SKEL_SETTINGS_H

#include "skel/job.h"
#include "skel/prune.h"
#include "skel/sampler.h"
#include "skel/schedule.h"
#include "skel/trainer.h"
#include "skel/view.h"

/** A sanity check of a method: one of its choices is made at random or reversed.
 *  Source: Frankle et al. 2021, the ablations. */
typedef enum skel_sanity {
    SKEL_SANITY_NONE,
    SKEL_SANITY_SHUFFLE,      /**< the final mask, layer by layer */
    SKEL_SANITY_REINITIALISE, /**< the initial weights that are trained */
    SKEL_SANITY_INVERT,       /**< the order of the scores */
} skel_sanity;

/** One run's settings, resolved. Plain data. */
typedef struct skel_settings {
    skel_dataset_info data; /**< of a data file: without mean and deviation */
    skel_augment augment;
    size_t train_samples;      /**< samples used, validation included */
    size_t validation_samples; /**< number of these that are held out */
    size_t test_samples;
    skel_init init;
    skel_term terms;  /**< of a method that scores channels by them; by prune.magnitude-of */
    bool draws_norms; /**< scales of batch norm start between 0 and 1, not at 1 */
    const skel_method *method;
    skel_schedule schedule;
    skel_scope scope;
    skel_sampling sampling;
    skel_unit unit; /**< what is pruned */
    skel_sanity sanity;
    size_t iterations; /**< of pruning: 1 for a method that is not iterative, 0 for `none` */
    skel_loss prune_loss;
    size_t prune_batches;       /**< of an iteration */
    size_t prune_batch_size;    /**< images of each of these batches */
    skel_augment prune_augment; /**< of these images */
    bool drops_by_sign;         /**< of the positive and of the negative weights, each its share */
    size_t rewind_epochs;       /**< epochs behind whose end tickets rewind to */
    size_t rewind_steps;        /**< and steps of the next epoch */
    skel_rate_kind rate;
    skel_reduction reduction;
    bool batchnorm_over_batch;
} skel_settings;

/** Resolves a job.
 *
 *  Local. The shapes of a data file are read from it.
 *  Errors: SKEL_ERR_CONFIG naming key and value, also for a `data.validation` that comes to no
 *          image or leaves none to train on, or that divides training images of a file which has
 *          validation images of its own; as skel_dataset_describe().
 */
SKEL_CHECKED skel_status skel_settings_resolve(const skel_job *job, skel_settings *out);

/** As skel_settings_resolve(), for a data set that was described before: its files need not be
 *  there.
 *
 *  Local. Errors: as skel_settings_resolve().
 */
SKEL_CHECKED skel_status skel_settings_resolve_for(const skel_job *job,
                                                   const skel_dataset_info *data,
                                                   skel_settings *out);

/** Where the data set of a job is.
 *
 *  Local. Texts are borrowed from the job.
 */
skel_dataset_source skel_settings_source(const skel_job *job);

/** The view of a job: `data.pad-to`, `data.resize`, and the keys of the augmentation.
 *
 *  Local.
 *  @param info  with mean and deviation, which are borrowed while the view is used
 *  Errors: SKEL_ERR_CONFIG if the images do not fit in `data.pad-to`.
 */
SKEL_CHECKED skel_status skel_settings_view(const skel_job *job, const skel_dataset_info *info,
                                            skel_augment augment, skel_view *out);

/** Builds the network of a job for its data set's images.
 *
 *  Local. `*out` is *owned*: skel_network_destroy() it.
 *  Errors: as skel_onnx_read() for a network of a file;
 *          SKEL_ERR_CONFIG if the network cannot have these images; if the sparsity would keep no
 *          weight, or fewer weights than the rules for single layers need; if `prune.keep-layers`
 *          names a layer that the network does not have; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_settings_network(const skel_job *job, const skel_settings *settings,
                                               skel_network **out);

/** The first part of skel_settings_network(): builds the network, which depends on the data set,
 *  `data.pad-to`, and the model's name, file and width alone.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_CONFIG; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_settings_build(const skel_job *job, const skel_settings *settings,
                                             skel_network **out);

/** Whether a network that was read from a file takes the images of the job and has a logit for each
 *  class.
 *
 *  Local. Errors: SKEL_ERR_CONFIG.
 */
SKEL_CHECKED skel_status skel_settings_fit(const skel_job *job, const skel_settings *settings,
                                           const skel_network *network);

/** The second part: whether the job leaves enough weights of the network.
 *
 *  Local. Errors: as skel_settings_network().
 */
SKEL_CHECKED skel_status skel_settings_check(const skel_job *job, const skel_settings *settings,
                                             const skel_network *network);

/** Rules of the job for single layers, for the network's prunable tensors in their order.
 *
 *  Local.
 *  @param whole  [prunable tensors] out; the rules point to it
 *  @param size   [prunable tensors] out; the rules point to it
 *  Errors: SKEL_ERR_CONFIG for a name in `prune.keep-layers` that the network does not have; the
 *          message suggests the nearest.
 */
SKEL_CHECKED skel_status skel_settings_rules(const skel_job *job, const skel_network *network,
                                             bool whole[], double size[], skel_layer_rules *out);

/** Options of a worker that computes plain gradients on pruning's batches, whatever the method.
 *
 *  Local. `kind` is borrowed from the job; the caller sets `keep`. The same holds for the options
 *  of all workers below.
 */
skel_worker_options skel_settings_gradient_worker(const skel_job *job,
                                                  const skel_settings *settings);

/** Options of the pruning phase's worker, which computes the signal of the method.
 *
 *  Local. Where the sparse engine computes gradients at this work faster, the options name density
 *  and work. If pruned weights stay pruned they then have `kept_only`, too: such a worker serves
 *  this one mask, any other one serves all masks of at most this density.
 *  @param density  share of the prunable weights that the mask keeps
 *  @param work     its skel_work_of(); 0: not known
 */
skel_worker_options skel_settings_prune_worker(const skel_job *job, const skel_settings *settings,
                                               double density, double work);

/** Options of the worker that weighs active paths, in the gated network.
 *
 *  Local. It computes logits alone.
 */
skel_worker_options skel_settings_paths_worker(const skel_job *job, const skel_settings *settings);

/** Options of the worker that differentiates the change under noise, in the folded network.
 *
 *  Local. Its images do not meet.
 */
skel_worker_options skel_settings_folded_worker(const skel_job *job, const skel_settings *settings);

/** Options of the training phase's worker.
 *
 *  Local. The worker computes gradients of kept weights alone. If weights grow by the gradient, it
 *  computes gradients of all weights, unless the engine is sparse: then a second worker does. Of a
 *  reparameterised network it computes gradients of all weights on an engine for all of them.
 */
skel_worker_options skel_settings_train_worker(const skel_job *job, const skel_settings *settings);

/** Whether the mask grows by gradients that the training's worker does not compute.
 *
 *  Local.
 */
bool skel_settings_needs_growth_worker(const skel_job *job, const skel_settings *settings);

/** Options of the second worker, which computes the gradients of pruned weights.
 *
 *  Local.
 */
skel_worker_options skel_settings_growth_worker(const skel_job *job, const skel_settings *settings);

#endif
