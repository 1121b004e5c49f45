/** The inputs of a run: made before its first phase, then never changed. */
#ifndef SKEL_RUN_INPUTS_H
#define SKEL_RUN_INPUTS_H

#include "skel/checksum.h"
#include "skel/experiment.h"
#include "skel/progress.h"
#include "skel/prune.h"
#include "skel/settings.h"

/** Numbers of epochs whose augmentation is that of pruning iterations, not of training epochs. */
#define SKEL_INPUTS_PRUNING 0x80000000U

/** The inputs of all phases. The same on every rank, read-only for the phases. */
typedef struct skel_inputs {
    const skel_assignment *assignment; /**< borrowed */
    const skel_comm *comm;             /**< the assignment's */
    const skel_job *job;               /**< the assignment's */
    const skel_dataset *dataset;       /**< the assignment's */
    skel_settings settings;
    skel_network *network; /**< owned */
    skel_view plain;       /**< images as they are tested */
    skel_view augmented;   /**< images as they are trained on */
    skel_view pruned;      /**< images of the pruning iterations */
    skel_indices train;
    skel_indices validation;
    const skel_samples
        *held_out; /**< that `validation` counts: of the training set, or of its own */
    skel_indices test;
    size_t layers;           /**< number of prunable tensors */
    skel_segment *layer;     /**< [layers] their ranges in the flat vector; owned */
    const char **layer_name; /**< [layers]; owned, the texts are the network's */
    skel_layer_rules rules;  /**< points to the next two */
    bool *whole;             /**< [layers]; owned */
    double *erk_size;        /**< [layers]; owned */
    skel_units *units;       /**< what is pruned; NULL: single weights; owned */
    float *initial;          /**< [parameter_count] as drawn or loaded: theta of the saliencies */
    float *redrawn;          /**< [parameter_count] weights that training starts from instead of
                                  `initial`; NULL: it starts from `initial` */
    float *first_buffers;    /**< [buffer_count] before training */
    char initial_xxh3_128[SKEL_CHECKSUM_TEXT]; /**< of these three vectors */
} skel_inputs;

/** Makes settings, network, samples and rules of layers.
 *
 *  Collective. The three vectors stay NULL.
 *  @param out  *owned*: skel_inputs_free() it, also after an error
 *  Errors: as skel_settings_resolve(), skel_settings_network(), skel_imported_network_make() and
 *          skel_settings_rules(); SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_inputs_make(const skel_assignment *assignment, skel_inputs *out);

/** Frees the inputs.
 *
 *  Local.
 */
void skel_inputs_free(skel_inputs *in);

/** Rules for the choice of a mask: those of the layers, counted in units if units are pruned.
 *
 *  Local. Points to the inputs.
 */
skel_layer_rules skel_inputs_rules(const skel_inputs *in);

/** Warns if a layer has one channel left, which the rule of at least one may have kept.
 *
 *  Local.
 *  @param report  of the choice of the last mask
 */
void skel_inputs_warn_of_single(const skel_inputs *in, const skel_prune_report *report);

/** Starts the progress of a phase, whose work is counted in forward passes of an image.
 *
 *  Local.
 *  @param phase   one word with static storage: "prune"
 *  @param images  of the whole phase
 */
void skel_inputs_progress(const skel_inputs *in, const char *phase, size_t images,
                          skel_progress *progress);

/** The images of a pruning iteration, chosen by the seed.
 *
 *  Collective.
 *  @param iteration  from 1
 *  @param order      [images of an iteration] out
 *  @param out        borrows `order` and `progress`
 *  Errors: as skel_sampler_prune(); agreed on.
 */
SKEL_CHECKED skel_status skel_inputs_batches(const skel_inputs *in, skel_sampling sampling,
                                             size_t iteration, uint32_t order[],
                                             skel_progress *progress, skel_batches *out);

/** Draws all parameters as the job says, and sets running averages to their first values.
 *
 *  Collective; the same bits on any number of ranks. The job draws them: model.init is not `file`.
 *  @param seed        the job's for the run's own weights
 *  @param parameters  [parameter_count] out
 *  @param buffers     [buffer_count] out
 *  Errors: as skel_network_initialise() and skel_qr_orthonormalise(); agreed on.
 */
SKEL_CHECKED skel_status skel_inputs_draw(const skel_inputs *in, uint64_t seed, float parameters[],
                                          float buffers[]);

#endif
