/** A submission in the making: the job, where each of its runs stands, and the commands for Slurm.
 */
#ifndef SKEL_SWEEP_SUBMISSION_H
#define SKEL_SWEEP_SUBMISSION_H

#include "skel/site.h"
#include "skel/submit.h"
#include "skel/sweep.h"

enum { SKEL_SUBMISSION_PATH = SKEL_JOB_PATH + 320 }; /**< bytes of the path of a run's file */

/** Where a run stands. */
typedef enum skel_place {
    SKEL_PLACE_MISSING, /**< to be submitted */
    SKEL_PLACE_DONE,    /**< its file exists */
    SKEL_PLACE_QUEUED,  /**< an earlier submission waits or runs */
} skel_place;

/** A submission. */
typedef struct skel_submission {
    const skel_submit_options *options;
    const char *path; /**< of the job file, as the user gave it */
    skel_site site;
    skel_sweep *sweep;                   /**< owned */
    char *text;                          /**< of the frozen job, owned */
    char out[SKEL_JOB_PATH];             /**< folder of all jobs' files, absolute */
    char folder[SKEL_SUBMISSION_PATH];   /**< of this job's files */
    char frozen[SKEL_SUBMISSION_PATH];   /**< file of the frozen job, in `folder` */
    skel_place *place;                   /**< [runs], owned */
    size_t count[SKEL_PLACE_QUEUED + 1]; /**< of the runs in each place */
    char queued_by[48];                  /**< one of the queued runs' jobs */
    bool has_slurm;
    double seconds; /**< the time limit; 0: none given */
} skel_submission;

/** Reads the job, and makes the frozen job's text and all paths.
 *
 *  Local. Writes nothing.
 *  Errors: as skel_job_file_open() and skel_sweep_open(); SKEL_ERR_USAGE for standard input.
 */
SKEL_CHECKED skel_status skel_submit_freeze(skel_submission *submission, size_t count,
                                            const char *const overrides[]);

/** Writes the frozen job, and makes the folder of the logs.
 *
 *  Local. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_submit_write(const skel_submission *submission);

/** Finds out where each run stands, and checks the data sets of those that are missing.
 *
 *  Local. Errors: SKEL_ERR_MISSING if Slurm does not answer; as skel_dataset_check().
 */
SKEL_CHECKED skel_status skel_submit_look(skel_submission *submission);

/** Reads a time limit in one of Slurm's forms: "90", "90:30", "12:00:00", "2-12", "2-12:30",
 *  "2-12:30:15".
 *
 *  Local.
 *  @param text     "infinite" or "unlimited" is 0 seconds
 *  @param seconds  out
 *  Errors: SKEL_ERR_USAGE.
 */
SKEL_CHECKED skel_status skel_submit_time(const char *text, double *seconds);

/** Prints the plan: runs, ranks, cost, node-hours.
 *
 *  Local. Errors: as skel_cost_of(), naming the run.
 */
SKEL_CHECKED skel_status skel_submit_plan(const skel_submission *submission);

/** Numbers of the missing runs, as sbatch's --array takes them: "0-3,7".
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_submit_array(const skel_submission *submission, char **out);

/** Submits the runs and the table's job; in a dry run prints the commands.
 *
 *  Local. Errors: SKEL_ERR_USAGE with what sbatch says; SKEL_ERR_MISSING; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_submit_send(const skel_submission *submission);

#endif
