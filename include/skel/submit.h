/** Handing the runs of a job to Slurm. */
#ifndef SKEL_SUBMIT_H
#define SKEL_SUBMIT_H

#include "skel/job.h"

/** How the runs are submitted. Plain data, borrowed. An absent text is NULL, an absent number 0. */
typedef struct skel_submit_options {
    const char *out;       /**< folder of all jobs' files; NULL: $SCRATCH of the site, or "runs" */
    const char *program;   /**< absolute path of skel */
    const char *scripts;   /**< folder of the batch scripts, unless the site has one */
    uint64_t ranks;        /**< of each job */
    uint64_t nodes;        /**< of each job */
    uint64_t parallel;     /**< elements of the array that may run at once */
    uint64_t groups;       /**< of ranks, in one job that does all runs; 0: an array */
    uint64_t requeues;     /**< returns to the queue without progress in between */
    const char *time;      /**< limit, in Slurm's form */
    const char *partition; /**< instead of the site's */
    const char *account;   /**< instead of the site's */
    const char *qos;       /**< instead of the site's */
    bool dry_run;          /**< print what would be submitted */
    size_t extras;
    const char *const *extra; /**< [extras] further options of sbatch */
} skel_submit_options;

/** Freezes a job beside its output, and submits those of its runs that are not done and not in the
 *  queue: one array, or one job with groups, and after it one job that writes the table.
 *
 *  Local, without MPI. Prints what it does.
 *  @param overrides  [count] texts KEY=VALUE
 *  Errors: as skel_sweep_open(); as skel_site_read(); SKEL_ERR_IO for a missing data set, and if
 *          the folder cannot be written or another process is submitting; SKEL_ERR_USAGE for a time
 *          limit that is none, runs beyond Slurm's longest array, and what sbatch refuses;
 *          SKEL_ERR_MISSING without Slurm, or without the site's type of MPI in it.
 */
SKEL_CHECKED skel_status skel_submit(const char *path, size_t count, const char *const overrides[],
                                     const skel_submit_options *options);

#endif
