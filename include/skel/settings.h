/** A job's texts as the values that the layers understand, checked against each other. */
#ifndef SKEL_SETTINGS_H
#define SKEL_SETTINGS_H

#include "skel/job.h"
#include "skel/prune.h"
#include "skel/sampler.h"
#include "skel/schedule.h"
#include "skel/trainer.h"

/** A sanity check of a method: which of its choices are spoilt. Source: Frankle et al. 2021. */
typedef enum skel_sanity {
    SKEL_SANITY_NONE,
    SKEL_SANITY_SHUFFLE,      /**< the final mask, layer by layer */
    SKEL_SANITY_REINITIALISE, /**< the initial weights that are trained */
    SKEL_SANITY_INVERT,       /**< the order of the scores */
} skel_sanity;

/** One run's settings, resolved. Plain data. */
typedef struct skel_settings {
    const skel_dataset_info *data;
    skel_augment augment;
    size_t train_samples; /**< samples used, validation included */
    size_t test_samples;
    skel_init init;
    const skel_method *criterion;
    skel_schedule schedule;
    skel_scope scope;
    skel_sampling sampling;
    skel_sanity sanity;
    size_t iterations; /**< of pruning: 1 for a criterion that is not iterative, 0 for none */
    skel_loss prune_loss;
    skel_rate_kind rate;
    skel_reduction reduction;
    bool batchnorm_over_batch;
} skel_settings;

/** Resolves a job.
 *
 *  Local. Errors: SKEL_ERR_CONFIG naming key and value.
 */
SKEL_CHECKED skel_status skel_settings_resolve(const skel_job *job, skel_settings *out);

/** Builds the network of a job for its data set's images.
 *
 *  Local. `*out` is *owned*: skel_network_destroy() it.
 *  Errors: SKEL_ERR_CONFIG if model and images do not go together, if the sparsity would keep no
 *          weight at all, or less than the rules for single layers ask for, or if
 *          `prune.keep-layers` names none of the network's; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_settings_network(const skel_job *job, const skel_settings *settings,
                                               skel_network **out);

/** What the job demands of single layers, for the network's prunable tensors in their order.
 *
 *  Local.
 *  @param whole  [prunable tensors] out; the rules point to it
 *  @param size   [prunable tensors] out; the rules point to it
 *  Errors: SKEL_ERR_CONFIG for a name in `prune.keep-layers` that the network has not, suggesting
 *          the nearest.
 */
SKEL_CHECKED skel_status skel_settings_rules(const skel_job *job, const skel_network *network,
                                             bool whole[], double size[], skel_layer_rules *out);

/** What workers are made for that take plain gradients on pruning's batches, whatever the method.
 *
 *  Local. `engine` is borrowed from the job.
 */
skel_worker_options skel_settings_gradient_worker(const skel_job *job,
                                                  const skel_settings *settings);

/** What the workers of the pruning phase are made for: what the method's signal needs.
 *
 *  Local. `engine` is borrowed from the job.
 */
skel_worker_options skel_settings_prune_worker(const skel_job *job, const skel_settings *settings);

/** What the workers of the training phase are made for.
 *
 *  Local. `engine` is borrowed from the job. A density of 0 asks for gradients of all weights:
 *  where weights grow by them, unless the engine has those of the kept ones alone.
 */
skel_worker_options skel_settings_train_worker(const skel_job *job, const skel_settings *settings);

/** Whether weights grow by gradients that the training's worker does not have.
 *
 *  Local.
 */
bool skel_settings_needs_growth_worker(const skel_job *job, const skel_settings *settings);

/** What the worker is made for that such gradients come from, beside the training's.
 *
 *  Local. `engine` is borrowed from the job.
 */
skel_worker_options skel_settings_growth_worker(const skel_job *job, const skel_settings *settings);

#endif
