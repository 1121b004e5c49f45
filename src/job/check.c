/* Combinations of values, each of them valid alone, that make no sense. */
#include "check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool object(skel_objection *objection, const char *path, const char *format, ...)
    SKEL_FORMAT(3, 4);

static bool object(skel_objection *objection, const char *path, const char *format, ...)
{
    va_list arguments;

    objection->path = path;
    va_start(arguments, format);
    (void)vsnprintf(objection->text, sizeof objection->text, format, arguments);
    va_end(arguments);
    return false;
}

static bool milestones_ascend(const skel_job *job, skel_objection *objection)
{
    for (size_t i = 1; i < job->train.milestones; i++) {
        if (job->train.milestone[i] <= job->train.milestone[i - 1]) {
            return object(objection, "train.milestones",
                          "train.milestones must ascend, but %" PRIu64 " follows %" PRIu64,
                          job->train.milestone[i], job->train.milestone[i - 1]);
        }
    }
    return true;
}

static bool warmup_ends(const skel_job *job, skel_objection *objection)
{
    if (job->train.epochs > 0 && job->train.warmup_epochs >= job->train.epochs) {
        return object(objection, "train.warmup-epochs",
                      "train.warmup-epochs is %" PRIu64 ", which leaves none of the %" PRIu64
                      " train.epochs",
                      job->train.warmup_epochs, job->train.epochs);
    }
    return true;
}

/* Batch norm divides by images - 1 where a layer's output is a single pixel. */
static bool microbatches_have_statistics(const skel_job *job, const char *path, uint64_t batch,
                                         skel_objection *objection)
{
    uint64_t microbatch = job->compute.microbatch;
    bool has_batchnorm = strncmp(job->model.name, "lenet", 5) != 0;

    if (has_batchnorm && strcmp(job->compute.batchnorm, "microbatch") == 0 && microbatch > 1 &&
        batch > 1 && batch % microbatch == 1) {
        return object(objection, path,
                      "%s %" PRIu64 " in microbatches of %" PRIu64
                      " leaves one image alone, which has no statistics for batch norm; "
                      "choose another compute.microbatch",
                      path, batch, microbatch);
    }
    return true;
}

bool skel_job_is_sound(const skel_job *job, skel_objection *objection)
{
    return milestones_ascend(job, objection) && warmup_ends(job, objection) &&
           microbatches_have_statistics(job, "prune.batch-size", job->prune.batch_size,
                                        objection) &&
           microbatches_have_statistics(job, "train.batch-size", job->train.batch_size, objection);
}
