/** What a run holds while it goes on: shared by the files of its phases. */
#ifndef SKEL_RUN_EXPERIMENT_IMPL_H
#define SKEL_RUN_EXPERIMENT_IMPL_H

#include "diagnosis.h"

#include "skel/experiment.h"
#include "skel/metrics.h"
#include "skel/progress.h"
#include "skel/settings.h"

enum { SKEL_HISTORY = 4096 }; /**< bytes of the restart history */

/** One run. Every rank holds the same values. */
typedef struct skel_experiment {
    skel_session *session;
    const skel_comm *comm;
    const skel_job *job;
    size_t index;
    const char *path; /**< of the run file */
    skel_settings settings;
    const skel_dataset *dataset;
    skel_network *network;
    skel_view plain;     /**< images as they are tested */
    skel_view augmented; /**< images as they are trained on */
    skel_indices train;
    skel_indices validation;
    skel_indices test;
    skel_segment *prunable;     /**< one range per prunable tensor */
    const char **prunable_name; /**< their names */
    size_t prunable_tensors;
    skel_layer_rules rules; /**< of the prunable tensors; points to the next two */
    bool *whole;            /**< [prunable_tensors] */
    double *erk_size;       /**< [prunable_tensors] */
    float *initial;         /**< [parameter_count], as drawn or loaded: theta of the saliencies */
    float *redrawn;    /**< [parameter_count], what training starts from instead; NULL: nothing */
    float *parameters; /**< [parameter_count], trained */
    float *velocity;   /**< [parameter_count] */
    float *buffers;    /**< [buffer_count] */
    float *first_buffers; /**< [buffer_count], before training */
    skel_state rewound; /**< what lottery tickets are put back to after an epoch, once that is done;
                             NULL: nothing, or the start of training */
    uint8_t *first_keep; /**< [parameter_count], the mask before it moved; NULL: it never does */
    float *gradient;     /**< [parameter_count], of pruning and of the diagnosis */
    float *signal;       /**< [parameter_count], what is scored with; `gradient` itself, a vector of
                              its own, or NULL */
    uint32_t *order;     /**< samples of one pruning iteration */
    skel_mask *mask;
    uint8_t *lineage;         /**< [parameter_count], of the mask's weights */
    skel_worker *worker;      /**< of the phase that goes on */
    skel_worker *tracer;      /**< of skel_experiment_trace(), where `worker` does not do */
    const char *prune_engine; /**< "" if pruning needed none */
    const char *train_engine; /**< "" if nothing was trained */
    skel_metrics *prune_metrics;
    skel_metrics *train_metrics;
    skel_metrics *evolve_metrics; /**< NULL if the mask never moves */
    skel_progress progress;       /**< of the training, all legs of it */
    skel_diagnosis diagnosis;     /**< of the final mask */
    skel_outcome outcome;
    size_t ties;                /**< iterations with fewer positive scores than kept weights */
    double saved;               /**< when the latest checkpoint was written, or the run started */
    char history[SKEL_HISTORY]; /**< a line per resume */
} skel_experiment;

/** Data, network, parameters and an empty skeleton: everything before the first iteration.
 *
 *  Collective. Errors: agreed on; what was made is freed by skel_experiment_release().
 */
SKEL_CHECKED skel_status skel_experiment_prepare(skel_experiment *run);

/** Frees what the run holds.
 *
 *  Collective.
 */
void skel_experiment_release(skel_experiment *run);

/** Starts the live line of a phase, which says which of a sweep's runs it belongs to.
 *
 *  Local.
 *  @param phase  one word: "prune"
 */
void skel_experiment_progress(const skel_experiment *run, const char *phase, size_t images,
                              skel_progress *progress);

/** Where a run is. */
typedef struct skel_position {
    size_t iterations; /**< pruning iterations that are done */
    size_t epochs;     /**< training epochs that are done since then: of the leg */
} skel_position;

/** Whether iterations and epochs are all done.
 *
 *  Local.
 */
bool skel_experiment_is_done(const skel_experiment *run, skel_position position);

/** The images of a pruning iteration, chosen by the seed.
 *
 *  Collective.
 *  @param iteration  from 1
 *  @param out        borrows `order`, until the next call
 *  Errors: as skel_sampler_prune(); agreed on.
 */
SKEL_CHECKED skel_status skel_experiment_batches(skel_experiment *run, skel_sampling sampling,
                                                 size_t iteration, skel_progress *progress,
                                                 skel_batches *out);

/** With `prune.trace` the figures of the mask that an iteration has made, on its own images.
 *
 *  Collective. At `parameters` * mask. `gradient` is overwritten.
 *  @param iteration  from 1
 *  @param after      out; NaN without `prune.trace`
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_experiment_trace(skel_experiment *run, const float parameters[],
                                               size_t iteration, skel_foresight *after);

/** What an iteration's scores are computed with: fills `signal`, and `gradient` where it is needed.
 *
 *  Collective. At `parameters` * mask, on the batches of this iteration.
 *  @param iteration  from 1
 *  @param result      out: loss on the batches; NaN if none were looked at
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_experiment_signal(skel_experiment *run, const float parameters[],
                                                size_t iteration, skel_progress *progress,
                                                skel_result *result);

/** Puts weights, momentum and buffers where a leg starts, and shuffles a final mask if asked to.
 *
 *  Local, the same on every rank. At `position.epochs` 0 only.
 *
 *  Before training: the initial weights. Where a trained network is pruned: what is left of its
 *  weights, with no momentum, as of a new optimiser. Lottery tickets: what there was after the
 *  epoch to rewind to, momentum and buffers, too. All of them masked.
 */
void skel_experiment_start(skel_experiment *run, skel_position position);

/** Keeps a copy of what lottery tickets are put back to, if this is the epoch.
 *
 *  Local.
 */
void skel_experiment_remember(skel_experiment *run, skel_position position);

/** Whether that copy has been taken, and is not the start of training.
 *
 *  Local.
 */
bool skel_experiment_remembers(const skel_experiment *run, skel_position position);

/** Trains one leg, testing as the job says, and fills the outcome's test figures.
 *
 *  Collective. Checkpoints are written when due.
 *  @param position  in: where in the leg to start, out: at its end
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_experiment_train(skel_experiment *run, skel_position *position);

/** Diagnoses the final mask at the initial weights and fills the outcome's part of it.
 *
 *  Collective. Depends on (job, mask) alone, so a run that was resumed finds the same. On the
 *  images of the first pruning iteration, for every method alike.
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_experiment_diagnose(skel_experiment *run);

/** Writes /metrics/layers.
 *
 *  Collective. Errors: as skel_file_write(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_experiment_record_layers(const skel_experiment *run, skel_file *file);

/** Writes the diagnosis' attributes of /summary.
 *
 *  Collective. Errors: as skel_file_set_text(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_experiment_record_diagnosis(const skel_experiment *run,
                                                          skel_file *file);

/** Writes the run file and publishes it.
 *
 *  Collective. Errors: as skel_file_publish().
 */
SKEL_CHECKED skel_status skel_experiment_record(const skel_experiment *run);

/** Sets the root's attributes of a file: schema, program, date.
 *
 *  Collective. Errors: as skel_file_set_text().
 */
SKEL_CHECKED skel_status skel_experiment_stamp(const skel_experiment *run, skel_file *file,
                                               const char *schema);

#endif
