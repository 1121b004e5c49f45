/** What is left of runs that are not done: the cost of those that have begun, by their journals. */
#ifndef SKEL_REMAINDER_H
#define SKEL_REMAINDER_H

#include "skel/cost.h"
#include "skel/survey.h"

/** What is left of a run. Plain data. */
typedef struct skel_remainder {
    skel_survey_state state; /**< SKEL_SURVEY_RUNNING, _CHECKPOINTED or _WAITING: what has failed or
                                  died goes on from its checkpoint, too */
    bool is_placed;          /**< it has begun, and it is known how far it is */
    size_t iterations;       /**< pruning iterations that are done, */
    size_t all_iterations;   /**< of so many */
    size_t epochs;           /**< epochs that are done, of all legs, */
    size_t all_epochs;       /**< of so many */
    skel_cost cost;          /**< of what is left; of the whole run unless `is_placed` */
} skel_remainder;

/** Computes what is left of a run that has no file. It is the journal that is asked how far the run
 *  is: where its checkpoint is, or where it is now if it runs.
 *
 *  Local, without MPI. Reads a journal.
 *  @param costs   of the runs before it
 *  @param folder  of all jobs' files
 *  @param ranks   as of skel_cost_of()
 *  Errors: as skel_cost_of().
 */
SKEL_CHECKED skel_status skel_remainder_of(skel_costs *costs, const char *folder,
                                           const skel_sweep_run *run, int ranks,
                                           skel_remainder *out);

enum { SKEL_REMAINDER_TEXT = 64 }; /**< bytes that skel_remainder_text() needs */

/** How far a run is: "resumes at epoch 3/20" if two are done, "is at iteration 2/10"; "" if it has
 *  not begun, or it is not known.
 *
 *  Local.
 */
void skel_remainder_text(const skel_remainder *left, char out[SKEL_REMAINDER_TEXT]);

#endif
