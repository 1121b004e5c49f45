/** The chronicle of a run: what happens to the run, as lines of its journal.
 *
 *      assignment.chronicle = skel_chronicle_open(&assignment);
 *      status = skel_experiment_run(&assignment, &outcome);
 *      skel_chronicle_close(&assignment.chronicle, status, &outcome);
 *
 *  src/store/FORMAT.md has all events. The root of a run alone keeps one; every function accepts
 *  NULL and then does nothing.
 */
#ifndef SKEL_CHRONICLE_H
#define SKEL_CHRONICLE_H

#include "skel/experiment.h"
#include "skel/leg.h"
#include "skel/metrics.h"

/** Opens the journal beside the run file and writes the start of the run. From now on it also hears
 *  warnings and signs of life.
 *
 *  Local. One is open in a process at a time.
 *  @param assignment  borrowed until the end
 *  Returns the chronicle, *owned*: skel_chronicle_close() it; NULL on a rank that is not root, and,
 *  after a warning, if the journal cannot be written.
 */
skel_chronicle *skel_chronicle_open(const skel_assignment *assignment);

/** Writes how the run has ended, and closes the journal; accepts NULL and nulls the pointer.
 *
 *  Local.
 *  @param status   of the run; if it is an error, the last error's message is written, too
 *  @param outcome  of the run, read only after success
 */
void skel_chronicle_close(skel_chronicle **chronicle, skel_status status,
                          const skel_outcome *outcome);

/** Notes how far the run is, without a line.
 *
 *  Local.
 */
void skel_chronicle_move(skel_chronicle *chronicle, skel_position position);

/** Notes which phase the next signs of life tell of.
 *
 *  Local.
 *  @param name      a word with static storage: "prune"
 *  @param progress  of the phase, borrowed while the phase lasts
 */
void skel_chronicle_enter(skel_chronicle *chronicle, const char *name,
                          const skel_progress *progress);

/** Writes an event with the position of the run.
 *
 *  Local.
 *  @param event  "iteration", "epoch", "checkpoint" or "resume"
 *  @param table  its latest row is written as `metrics`; NULL: none
 */
void skel_chronicle_write(skel_chronicle *chronicle, const char *event, skel_position position,
                          const skel_metrics *table);

#endif
