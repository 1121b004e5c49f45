/** Examinations: the diagnosis of a mask that a file holds. */
#ifndef SKEL_EXAMINATION_H
#define SKEL_EXAMINATION_H

#include "skel/experiment.h"
#include "skel/foresight.h"
#include "skel/worker.h"

/** How a mask is examined. Plain data. */
typedef struct skel_examination_options {
    bool trained;              /**< at /weights instead of /initial */
    const skel_method *method; /**< whose scores are added up; NULL: none */
    uint64_t seed;             /**< of the scores, for a method that draws them */
} skel_examination_options;

/** The figures of an examination. Plain data. */
typedef struct skel_examination {
    size_t prunable;    /**< weights */
    size_t kept;        /**< weights of the mask */
    size_t effective;   /**< kept weights on a path from image to output, with a gradient */
    size_t collapsed;   /**< layers without a weight on such a path */
    skel_result result; /**< at theta * mask, batch norm on batch statistics */
    skel_foresight figures;
    double scores; /**< sum of the method's scores over the kept weights; 0 without a method */
    double best;   /**< the largest such sum that a mask with as many weights can have */
} skel_examination;

/** Prepares a run, takes weights and mask from its file and diagnoses the mask.
 *
 *  Collective; the same bits on any number of ranks (unless `compute.reduction` is float). The
 *  images are those of the first pruning iteration.
 *  @param assignment  its path names the file that is read
 *  @param out         out, the same on every rank
 *  Errors: SKEL_ERR_DATA for a file without weights or a fitting mask; else as a run's; agreed on.
 */
SKEL_CHECKED skel_status skel_examination_make(const skel_assignment *assignment,
                                               const skel_examination_options *options,
                                               skel_examination *out);

#endif
