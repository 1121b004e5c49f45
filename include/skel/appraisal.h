/** Masks of any origin on one scale: FORCE's objective, gradient norms and a method's own scores.
 */
#ifndef SKEL_APPRAISAL_H
#define SKEL_APPRAISAL_H

#include "skel/examination.h"
#include "skel/session.h"

/** How files are appraised. Plain data. Where a member is 0 or NULL the first file's job decides.
 */
typedef struct skel_appraisal_options {
    const skel_method *method; /**< whose scores are added up; NULL: none are */
    uint64_t batches;
    uint64_t batch_size;
    const char *sampling; /**< a value of prune.sampling; borrowed */
    bool has_seed;        /**< else the first file's job gives the seed */
    uint64_t seed;        /**< of the images */
    bool trained;         /**< at /weights instead of /initial */
} skel_appraisal_options;

/** The job and the figures of one file. */
typedef struct skel_appraisal {
    skel_job job;           /**< the file's, with the images and the loss of the first file's job */
    skel_examination found; /**< on these images */
} skel_appraisal;

/** Appraises the masks of run files, all on the same images of their data set.
 *
 *  Collective; the same bits on any number of ranks (unless a job's `compute.reduction` is float).
 *  A file's job gives its network, data set, microbatch and engine; the options, else the first
 *  file's job, give the number of batches, their size, sampling and seed, the training samples to
 *  choose from and the loss. Warns if files have different data sets or microbatches, because their
 *  figures cannot be compared.
 *  @param paths  [count] run files, at least one; read on the root only
 *  @param out    [count] out, the same on every rank
 *  Errors: SKEL_ERR_CONFIG for a method whose scores need more than weights and gradient;
 *          SKEL_ERR_DATA for a file without job, weights or a fitting mask, and for data that are
 *          not those of the file's run; else as a run's;
 *          naming the file; agreed on.
 */
SKEL_CHECKED skel_status skel_appraise(skel_session *session, size_t count,
                                       const char *const paths[],
                                       const skel_appraisal_options *options, skel_appraisal out[]);

#endif
