/** The job that the parts `prune` and `checkpoint` run: a method on random images, without
 *  training. */
#ifndef SKEL_BENCH_PRUNE_JOB_H
#define SKEL_BENCH_PRUNE_JOB_H

#include "skel/bench.h"
#include "skel/dataset.h"
#include "skel/job.h"

/** The job, its images and the place of its files. */
typedef struct skel_prune_job {
    skel_job job;
    skel_dataset dataset; /**< random pixels and labels, as many as the job's data set has */
    uint8_t *images;
    uint16_t *labels;
    char folder[SKEL_PATH]; /**< made for the run file, "" before */
    char path[SKEL_PATH + 16];
} skel_prune_job;

/** Makes the job of the settings, and a folder for its run file in $TMPDIR, else in /tmp.
 *
 *  Collective.
 *  @param out  in: all zero; out: *owned*, skel_prune_job_free() it, also after an error
 *  Errors: SKEL_ERR_CONFIG for a network, method or density that cannot be; SKEL_ERR_IO for the
 *          folder; SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_prune_job_make(const skel_bench *bench, const char *model,
                                             skel_prune_job *out);

/** Removes the files that a run has left in the folder.
 *
 *  Collective.
 */
void skel_prune_job_clean(const skel_comm *comm, const skel_prune_job *job);

/** Removes the folder and frees the images.
 *
 *  Collective.
 */
void skel_prune_job_free(const skel_comm *comm, skel_prune_job *job);

#endif
