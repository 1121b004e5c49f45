/** The steps of a training at which a moving mask changes, and those that see the gradients of all
 *  weights for it. */
#ifndef SKEL_MOVES_H
#define SKEL_MOVES_H

#include "skel/job.h"
#include "skel/method.h"

/** One training with a moving mask. Plain data. Steps are counted from 1. */
typedef struct skel_moves {
    const skel_method *method;
    size_t images;      /**< of an epoch */
    size_t batch_size;  /**< of a step; the last one of an epoch may have fewer images */
    size_t epoch_steps; /**< steps of an epoch */
    size_t every;       /**< steps between the first changes */
    size_t steps;       /**< of the whole training */
    double until;       /**< changes are before this step */
    double fraction;    /**< of weights that the first changes exchange: prune.drop-fraction */
    size_t watched;     /**< steps up to a change that see the gradients of all weights */
} skel_moves;

/** The moves of a job's training.
 *
 *  Local.
 *  @param method  moves
 *  @param images  that are trained on, above 0
 */
skel_moves skel_moves_of(const skel_job *job, const skel_method *method, size_t images);

/** Whether the mask changes at a step: at every `every`-th one before `until`, never at the last.
 *
 *  Local. DSR doubles the steps between changes three times, first after an eighth of the training;
 *  if the job has no number of steps, at least four changes come before. A mask that changes after
 *  every step is none of this.
 *  Source: Mostafa and Wang 2019, whose period doubles at the 25th, 80th and 140th of 200 epochs.
 */
bool skel_moves_changes_at(const skel_moves *moves, size_t step);

/** Number of changes of the whole training, counted as if all were at equal distances.
 *
 *  Local.
 */
size_t skel_moves_changes(const skel_moves *moves);

/** Share of the weights that a change exchanges, from `fraction` at the start: with RigL to 0 by a
 *  cosine, with SNFS to 0.005.
 *
 *  Local.
 *  Source: Evci et al. 2020, equation 1 (RigL); the code of Dettmers and Zettlemoyer (SNFS).
 */
double skel_moves_fraction_at(const skel_moves *moves, size_t step);

/** Whether a step's gradient of all weights is added up for the change that ends the step, or
 *  follows it.
 *
 *  Local.
 */
bool skel_moves_watches_at(const skel_moves *moves, size_t step);

/** Images of the steps that need the gradients of all weights: those that are watched, and the
 *  changes whose weights grow by the gradient.
 *
 *  Local.
 *  @param done  steps that are done, and do not count
 */
double skel_moves_dense_images(const skel_moves *moves, size_t done);

#endif
