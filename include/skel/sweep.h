/** Sweeps: all runs of a job, their files and their table of results.
 *
 *      SKEL_TRY(skel_sweep_open(comm, path, count, overrides, &sweep));
 *      SKEL_TRY(skel_session_create(comm, argc, argv, &session));
 *      SKEL_TRY(skel_sweep_run_all(session, sweep, &options));
 *      if (skel_comm_is_root(comm)) skel_sweep_table(sweep, "runs");
 *      skel_session_destroy(&session);                        // at `done:`
 *      skel_sweep_close(&sweep);
 */
#ifndef SKEL_SWEEP_H
#define SKEL_SWEEP_H

#include "skel/checksum.h"
#include "skel/identity.h"
#include "skel/session.h"

enum {
    SKEL_SWEEP_AXES = 64, /**< most swept keys; a job has fewer keys */
    SKEL_SWEEP_KEY = 40,  /**< bytes of a key's dotted path */
    SKEL_SWEEP_FILE = 320 /**< bytes of a run file's path below the output folder */
};

/** Which runs of a job are done, and where their files lie. Plain data. */
typedef struct skel_sweep_options {
    const char *out;  /**< folder of all jobs' files */
    bool only;        /**< do run `index` alone */
    size_t index;     /**< one of the sweep's */
    size_t groups;    /**< of ranks, which do different runs at the same time; 0: as 1 */
    bool stop_early;  /**< after a run that failed, no other run is begun */
    bool verify_full; /**< finished files are compared with all checksums, not only those of
                           summary, metrics and provenance */
    bool restart;     /**< runs whose checkpoints cannot be used are done from the beginning */
} skel_sweep_options;

/** Whether a run is done. */
typedef enum skel_run_state {
    SKEL_RUN_PENDING,  /**< not done */
    SKEL_RUN_DONE,     /**< its outcome is known */
    SKEL_RUN_FAILED,   /**< its status says why */
    SKEL_RUN_REPEATED, /**< an earlier run of the sweep is the same: not done, not counted */
} skel_run_state;

/** One run of a sweep. */
typedef struct skel_sweep_run {
    skel_job job;
    skel_run_state state;
    skel_outcome outcome; /**< if done */
    double cost;          /**< floating-point operations, of runs that skel_sweep_run_all() does */
    char identity[SKEL_CHECKSUM_TEXT];
    skel_contents contents;     /**< of the files that the identity is of */
    size_t first;               /**< index of the sweep's first run with this identity; its own as a
                                     rule */
    char file[SKEL_SWEEP_FILE]; /**< below the output folder: JOB/STEM.h5, or after
                                     skel_sweep_locate() another file with the same run */
    bool taken;                 /**< `file` was made by another sweep, or is named otherwise */
    skel_status status;         /**< why it failed */
    char *failure;              /**< the same in words, owned; NULL if it has not failed */
} skel_sweep_run;

/** A job's runs. The same on every rank. */
typedef struct skel_sweep {
    size_t runs;
    size_t done;         /**< runs that skel_sweep_settle() was told of */
    size_t repeated;     /**< runs that are not done because earlier ones are the same */
    skel_sweep_run *run; /**< [runs], owned */
    size_t axes;         /**< swept keys */
    char axis[SKEL_SWEEP_AXES]
             [SKEL_SWEEP_KEY]; /**< [axes] their dotted paths, in the job's order */
} skel_sweep;

/** Reads a job file on the root and gives all its runs to every rank, each checked.
 *
 *  Collective.
 *  @param count      number of `overrides`, KEY=VALUE texts
 *  @param overrides  read on the root only
 *  @param out        *owned*: skel_sweep_close() it
 *  Errors: as skel_job_file_open(), skel_settings_resolve() and skel_settings_network() for any of
 *          the runs, naming the run; agreed on.
 */
SKEL_CHECKED skel_status skel_sweep_open(const skel_comm *comm, const char *path, size_t count,
                                         const char *const overrides[], skel_sweep **out);

/** Frees the sweep; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_sweep_close(skel_sweep **sweep);

/** The path of a run's file: OUT/FILE.
 *
 *  Local.
 */
void skel_sweep_path(const char *out, const skel_sweep_run *run, size_t size, char path[]);

/** Looks for runs that are done already: a finished run of the same identity is taken, whichever
 *  sweep made it below the output folder and whatever its name.
 *
 *  Collective. The root looks. Sets `file` and `taken` of all runs. If a run of this job is not
 *  finished, but has a checkpoint under another name, the run goes on under that name.
 *  @param out  folder of all jobs' files; it may be missing
 *  Errors: SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_sweep_locate(const skel_comm *comm, skel_sweep *sweep,
                                           const char *out);

/** Reads the outcomes of all runs whose files exist; the other runs are pending. Does none.
 *
 *  Collective. Errors: SKEL_ERR_DATA or SKEL_ERR_IO if a run's file is damaged; agreed on.
 */
SKEL_CHECKED skel_status skel_sweep_find_done(const skel_comm *comm, skel_sweep *sweep,
                                              const skel_sweep_options *which);

/** Percent of the prunable weights that a run removes.
 *
 *  Local.
 *  @param outcome  NULL before the run: then the mask that `method: none` reads from a weight file
 *                  is not known, and the result is 0
 */
double skel_sweep_removed(const skel_job *job, const skel_outcome *outcome);

/** Whether a run has removed another share of the weights than its job asks for: methods of which
 *  it is an outcome, or a mask of units.
 *
 *  Local. @param kept  share of the prunable weights, of the run or the mean over its seeds
 */
bool skel_sweep_misses_share(const skel_job *job, double kept);

/** Notes how a run has ended: done, or failed.
 *
 *  Local.
 *  @param words  of the error, copied; not read for SKEL_OK
 */
void skel_sweep_settle(skel_sweep *sweep, size_t index, skel_status status, const char *words);

/** Does the runs: in order, or in groups of ranks, the longest runs first. If a run's file exists,
 *  its outcome is read from the file instead.
 *
 *  Collective. There are at most as many groups as runs that are not done. A run that fails does
 *  not end the others, unless `stop_early`: then runs that other groups do are finished, and no
 *  other run is begun. Only on the root the sweep has the outcomes of all groups.
 *  Errors: SKEL_ERR_IO for a data set that is missing, before the first run; a failed run's, the
 *          worst, after all other runs, with a table if there is more than one run;
 *          SKEL_ERR_STORAGE at once. Published files stay.
 */
SKEL_CHECKED skel_status skel_sweep_run_all(skel_session *session, skel_sweep *sweep,
                                            const skel_sweep_options *options);

/** Whether two jobs differ in their seed at most.
 *
 *  Local.
 */
bool skel_sweep_same_but_seed(const skel_job *a, const skel_job *b);

/** Prints the table of the runs that are done: a line per setting, over its seeds; below it the
 *  files of runs with collapsed layers.
 *
 *  Local; for the root. To standard output.
 *  @param out  folder of all jobs' files
 */
void skel_sweep_table(const skel_sweep *sweep, const char *out);

#endif
