/** Legs: the parts of a training that a run's prunings divide, and the position of a run in them.
 */
#ifndef SKEL_LEG_H
#define SKEL_LEG_H

#include "skel/settings.h"

/** How far a run is. Plain data. */
typedef struct skel_position {
    size_t iterations; /**< pruning iterations that are done */
    size_t epochs;     /**< epochs that are done since the latest iteration: of the leg */
} skel_position;

/** One leg: a part of the training without a pruning in it. Plain data. */
typedef struct skel_leg {
    size_t number;  /**< from 0 */
    size_t first;   /**< its first epoch in the schedule of learning rates, from 0 */
    size_t epochs;  /**< number of its epochs */
    size_t steps;   /**< of its first epoch that are done before it begins */
    size_t most;    /**< steps of each of its epochs, the first ones; 0: all */
    size_t shift;   /**< added to the epoch's number that seeds the order and the augmentation */
    skel_rate rate; /**< its milestones are borrowed from the job */
} skel_leg;

/** Number of a run's legs: 1, or one more than its iterations where a trained network is pruned.
 *
 *  Local.
 */
size_t skel_leg_count(const skel_settings *settings);

/** The leg that follows a number of pruning iterations; 0: the leg before the first one.
 *
 *  Local.
 *  @param iterations  that are done
 */
skel_leg skel_leg_after(const skel_job *job, const skel_settings *settings, size_t iterations);

/** The part of a leg behind its first epochs.
 *
 *  Local.
 *  @param epochs  that are done, at most all of the leg
 */
skel_leg skel_leg_behind(skel_leg leg, size_t epochs);

/** The position of a run, by what its journal says.
 *
 *  Local.
 *  @param iterations  pruning iterations that are done
 *  @param epochs      that are done in all legs
 *  @param out         out
 *  @return            whether a run of this job can be there
 */
bool skel_leg_position(const skel_job *job, const skel_settings *settings, size_t iterations,
                       size_t epochs, skel_position *out);

/** Epochs that are still to be trained, in this leg and all later ones.
 *
 *  Local.
 *  @param iterations  that are done
 *  @param epochs      that are done in the leg
 */
size_t skel_leg_epochs_left(const skel_job *job, const skel_settings *settings, size_t iterations,
                            size_t epochs);

/** Steps that this leg and the legs behind it leave out of their epochs: of this one those behind
 *  its last step, of the others all.
 *
 *  Local.
 *  @param position  how far the run is
 */
size_t skel_leg_steps_spared(const skel_job *job, const skel_settings *settings,
                             skel_position position);

/** Pruning iterations that must be done before the next leg of training starts.
 *
 *  Local. Not below `position.iterations`.
 */
size_t skel_leg_iterations_due(const skel_job *job, const skel_settings *settings,
                               skel_position position);

/** Whether all iterations and all epochs of a run are done.
 *
 *  Local.
 */
bool skel_leg_ends_run(const skel_job *job, const skel_settings *settings, skel_position position);

/** Images of a leg's training.
 *
 *  Local. The epoch that lottery tickets rewind into has fewer than others, and so have epochs of a
 *  few steps.
 *  @param train  images of an epoch
 */
double skel_leg_images(const skel_job *job, const skel_leg *leg, size_t train);

/** Whether the network is tested after an epoch.
 *
 *  Local.
 *  @param epoch  of the leg's schedule, from 1
 */
bool skel_leg_tests_at(const skel_job *job, const skel_leg *leg, size_t epoch);

#endif
