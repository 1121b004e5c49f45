/** Surveys: what each run of a folder or of a sweep is doing, from journals and files.
 *
 *      SKEL_TRY(skel_survey_folder("runs", &options, &survey));
 *      skel_survey_table(&survey, 0, 0);
 *      skel_survey_clear(&survey);                  // at `done:`
 *
 *  Local, without MPI: for a login node.
 */
#ifndef SKEL_SURVEY_H
#define SKEL_SURVEY_H

#include "skel/sweep.h"

enum { SKEL_SURVEY_STALE_AFTER = 600 }; /**< seconds of silence, unless the user names others */

/** What a run is doing. */
typedef enum skel_survey_state {
    SKEL_SURVEY_RUNNING,
    SKEL_SURVEY_FAILED,       /**< it ended with an error */
    SKEL_SURVEY_STALE,        /**< it neither ended nor gave a sign of life */
    SKEL_SURVEY_CHECKPOINTED, /**< it was stopped and will go on from a checkpoint */
    SKEL_SURVEY_WAITING,      /**< it has not begun, or must begin again */
    SKEL_SURVEY_DONE,         /**< its file is there */
    SKEL_SURVEY_STATES,
} skel_survey_state;

/** One run. Plain data. Numbers that are not known are NaN, texts "". */
typedef struct skel_survey_run {
    skel_survey_state state;
    bool has_checkpoint;
    char name[SKEL_JOB_PATH / 8]; /**< its file below the surveyed folder, without ".h5" */
    char method[SKEL_JOB_TEXT];
    double sparsity;
    double seed;
    char swept[256]; /**< "KEY=VALUE, KEY=VALUE" */
    char host[64];
    double pid;
    double ranks;
    char job[64];        /**< the scheduler's job id */
    char job_state[160]; /**< Slurm's: "PENDING (Resources)" */
    char phase[16];      /**< "prune", "train", "test" */
    double iteration;    /**< done, of `iterations` */
    double iterations;
    double epoch; /**< done, of `epochs` */
    double epochs;
    double images_per_second;
    double seconds_left; /**< of this run, from now on */
    double age;          /**< seconds since the last sign of life */
    double test_accuracy;
    double seconds;    /**< that a run that is done has taken */
    char message[512]; /**< of a failure; why it is stale; a note */
} skel_survey_run;

/** All runs. Plain data. */
typedef struct skel_survey {
    size_t runs;
    skel_survey_run *run; /**< [runs] owned; of a folder in alphabetical order */
    size_t of_state[SKEL_SURVEY_STATES];
    size_t foreign;                  /**< files that are named as journals and are none */
    char example[SKEL_JOB_PATH / 8]; /**< the first one's words */
    double now;                      /**< time of the survey, seconds since 1970 */
} skel_survey;

/** How a survey is made. Plain data. */
typedef struct skel_survey_options {
    double stale; /**< seconds without a sign of life after which a run is stale */
} skel_survey_options;

/** Surveys every run whose file, checkpoint or journal lies in a folder, or below it.
 *
 *  Local.
 *  @param out  *owned*: skel_survey_clear() it, also after an error
 *  Errors: SKEL_ERR_IO if the folder cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_survey_folder(const char *folder, const skel_survey_options *options,
                                            skel_survey *out);

/** Asks what one run is doing, of its file, checkpoint and journal; not of Slurm.
 *
 *  Local.
 *  @param stem  path of the run's file, without ".h5"
 *  @param out   all but the name
 */
void skel_survey_ask(const char *stem, const skel_survey_options *options, skel_survey_run *out);

/** Surveys the runs of a job.
 *
 *  Local. A run that the sweep has twice counts once.
 *  @param self    of this process alone
 *  @param sweep   whose files skel_sweep_locate() has found
 *  @param folder  of all jobs' files
 *  @param out     *owned*: skel_survey_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_survey_sweep(const skel_comm *self, const skel_sweep *sweep,
                                           const char *folder, const skel_survey_options *options,
                                           skel_survey *out);

/** Frees the survey.
 *
 *  Local.
 */
void skel_survey_clear(skel_survey *survey);

/** Seconds until all runs that run, wait or have a checkpoint will be done, if as many run at a
 *  time as now and the others take as long as those that are done.
 *
 *  Local. 0 if none is left; NaN if nothing runs, or nothing is known about a run's duration.
 */
double skel_survey_left(const skel_survey *survey);

/** Prints a line for each run, and a summary.
 *
 *  Local. To standard output.
 *  @param rows     at most; then those that are done, waiting, ... are counted only. 0: all
 *  @param columns  of the terminal: longer lines are cut; 0: none are
 */
void skel_survey_table(const skel_survey *survey, size_t rows, size_t columns);

/** Prints the survey as one line of JSON.
 *
 *  Local. To standard output. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_survey_json(const skel_survey *survey);

/** The word for a state: "running".
 *
 *  Local. Static storage.
 */
const char *skel_survey_word(skel_survey_state state);

#endif
