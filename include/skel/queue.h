/** What Slurm's queue holds of skel's jobs. */
#ifndef SKEL_QUEUE_H
#define SKEL_QUEUE_H

#include "skel/job.h"

/** What marks the comment of a job that `skel submit` has submitted; the path of its frozen job
 *  follows. */
#define SKEL_QUEUE_MARK "skel:"

/** A job in the queue, or one element of an array. Plain data. */
typedef struct skel_queue_job {
    char id[48];                /**< Slurm's: "12", or "12_3" */
    char state[24];             /**< Slurm's word: PENDING, RUNNING, ... */
    char reason[96];            /**< why it waits, in Slurm's words; "" or None if it does not */
    char frozen[SKEL_JOB_PATH]; /**< the job file that it works on */
    bool is_element;            /**< works on one run alone: */
    size_t index;               /**< the run's number in `frozen` */
} skel_queue_job;

/** Jobs of skel that wait or run, of all users: a folder may be shared. */
typedef struct skel_queue {
    size_t jobs;
    skel_queue_job *job; /**< [jobs], owned */
} skel_queue;

/** Asks squeue for the jobs that `skel submit` has submitted.
 *
 *  Local. Waits 10 s at most.
 *  @param out  *owned*: skel_queue_clear() it, after an error too
 *  Errors: SKEL_ERR_MISSING if there is no squeue, or if it does not reach Slurm; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_queue_read(skel_queue *out);

/** Frees the queue.
 *
 *  Local.
 */
void skel_queue_clear(skel_queue *queue);

/** Takes a line of squeue apart: "12_3|PENDING|3|Resources|skel:/out/job/submitted-1.yaml".
 *
 *  Local. Returns whether it is a job of skel.
 */
bool skel_queue_line(const char *line, skel_queue_job *out);

/** Whether a frozen job lies in a folder; one in another folder does other runs.
 *
 *  Local. Compares real paths.
 *  @param folder  where the runs' files are; false if it does not exist
 */
bool skel_queue_is_in(const char *folder, const char *frozen);

#endif
