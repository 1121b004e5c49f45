/** The parts of a survey. */
#ifndef SKEL_SWEEP_SURVEY_INTERNAL_H
#define SKEL_SWEEP_SURVEY_INTERNAL_H

#include "skel/survey.h"

/** Adds a run to a survey.
 *
 *  Local.
 *  @param stem  path of the run's file, without ".h5"
 *  @param root  the surveyed folder, which the run's name leaves out; "" if there is none
 *  @param job   of the run; NULL: the files alone say which run it is
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_survey_add(skel_survey *survey, const char *stem, const char *root,
                                         const skel_job *job, const skel_survey_options *options);

/** Finds out what a run is doing.
 *
 *  Local.
 *  @param stem      path of the run's file, without ".h5"
 *  @param expected  whether the run is known to belong to the survey, without any file
 *  @param run       in: what is known of it; out: all
 *  @param belongs   out: false if what lies there is no run of skel; the last error says why
 */
void skel_survey_look(const char *stem, double now, bool expected,
                      const skel_survey_options *options, skel_survey_run *run, bool *belongs);

/** Asks Slurm for the jobs of the runs that have not ended, if there is a squeue.
 *
 *  Local. A run whose job has ended is stale, or waits; without Slurm nothing changes.
 */
void skel_survey_ask_slurm(skel_survey *survey);

/** Asks Slurm which runs wait in its queue because `skel submit` has put them there, and gives them
 *  their job and its state.
 *
 *  Local. Without Slurm nothing changes.
 *  @param self    of this process alone
 *  @param folder  of all jobs' files
 */
void skel_survey_ask_queue(const skel_comm *self, const skel_sweep *sweep, const char *folder,
                           skel_survey *survey);

/** Takes what squeue says about one job: "123_4|PENDING|Resources".
 *
 *  Local. Returns whether the line names a job of the run; its `job_state` is then set.
 */
bool skel_survey_slurm_line(const char *line, skel_survey_run *run);

#endif
