/* Values that are valid one by one, but make no sense together. */
#include "check.h"

#include "fit.h"
#include "own.h"

#include "skel/traits.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Whether epochs are left after the first `count`. */
static bool leaves_epochs(const skel_job *job, const char *key, uint64_t count,
                          skel_objection *objection)
{
    if (job->train.epochs > 0 && count >= job->train.epochs) {
        return object(objection, key, "%s %" PRIu64 " leaves none of the %" PRIu64 " train.epochs",
                      key, count, job->train.epochs);
    }
    return true;
}

static bool training_is_enough(const skel_job *job, skel_objection *objection)
{
    if (job->train.epochs == 0 && skel_method_needs_training(skel_fit_method(job->prune.method))) {
        return object(objection, "prune.method",
                      "prune.method %s needs a network that is trained, but train.epochs is 0",
                      job->prune.method);
    }
    if (job->prune.finetune_epochs == 0 &&
        skel_method_reparameterises(skel_fit_method(job->prune.method))) {
        return object(objection, "prune.finetune-epochs",
                      "prune.finetune-epochs 0 leaves prune.method %s no step: it changes weights "
                      "and mask while it trains the network again",
                      job->prune.method);
    }
    return leaves_epochs(job, "train.warmup-epochs", job->train.warmup_epochs, objection) &&
           leaves_epochs(job, "prune.rewind", job->prune.rewind.epochs, objection);
}

/* The second derivatives of minus the raw logit are 0; those of the linear error are not computed.
 */
static bool loss_is_curved(const skel_job *job, skel_objection *objection)
{
    if (skel_method_needs_second_derivatives(skel_fit_method(job->prune.method)) &&
        strcmp(job->prune.loss, "cross-entropy") != 0) {
        return object(objection, "prune.loss",
                      "prune.loss %s makes no sense for prune.method %s, which needs the "
                      "second derivatives of cross-entropy",
                      job->prune.loss, job->prune.method);
    }
    return true;
}

/* A data set is one of the catalogue or a file; what only one of them reads is left out. */
static bool data_are_one(const skel_job *job, skel_objection *objection)
{
    bool from_file = job->data.file[0] != '\0';
    char name[SKEL_JOB_TEXT];

    if (job->data.set[0] == '\0') { /* a sweep's run */
        return object(objection, "data.set",
                      "the run has neither data.set nor data.file; give it one of them");
    }
    skel_own_file_name(job->data.file, name);
    if (from_file && strcmp(job->data.set, name) != 0) {
        return object(objection, "data.set",
                      "data.set %s and data.file %s are two data sets; leave one of them out "
                      "(data.set=~)",
                      job->data.set, job->data.file);
    }
    if (from_file && (job->data.dir[0] != '\0' || job->data.unverified)) {
        return object(objection, job->data.unverified ? "data.unverified" : "data.dir",
                      "data.dir and data.unverified make no sense with data.file: they say where "
                      "the files of data.set are, and which contents these may have");
    }
    if (!from_file && strcmp(job->data.cache, "file") == 0) {
        return object(objection, "data.cache",
                      "data.cache file keeps the images in data.file, but there is none: the "
                      "images of data.set are read into memory");
    }
    if (!from_file && (job->data.side > 0 || job->data.resize > 0)) {
        return object(objection, job->data.side > 0 ? "data.side" : "data.resize",
                      "%s is of a data.file whose images have many sizes; data.pad-to puts the "
                      "images of data.set into a larger square",
                      job->data.side > 0 ? "data.side" : "data.resize");
    }
    return true;
}

static bool crops_have_room(const skel_job *job, skel_objection *objection)
{
    uint64_t side = job->data.side > 0 ? job->data.side : 224;

    if (job->data.crop_scale_low > job->data.crop_scale_high) {
        return object(objection, "data.crop-scale-low",
                      "data.crop-scale-low %g is above data.crop-scale-high %g",
                      job->data.crop_scale_low, job->data.crop_scale_high);
    }
    if (job->data.crop_ratio_low > job->data.crop_ratio_high) {
        return object(objection, "data.crop-ratio-low",
                      "data.crop-ratio-low %g is above data.crop-ratio-high %g",
                      job->data.crop_ratio_low, job->data.crop_ratio_high);
    }
    if (job->data.resize > 0 && job->data.resize < side) {
        return object(objection, "data.resize",
                      "data.resize %" PRIu64 " is below data.side %" PRIu64
                      ": no centre of that size can be taken",
                      job->data.resize, side);
    }
    return true;
}

/* A pattern N:M removes 1 - N/M, and needs a score of every weight. Shuffled weights are no units.
 */
static bool unit_fits(const skel_job *job, skel_objection *objection)
{
    const char *colon = strchr(job->prune.unit, ':');
    double stays = colon != NULL ? strtod(job->prune.unit, NULL) / strtod(colon + 1, NULL) : 1;

    if (strcmp(job->prune.unit, "channel") != 0 &&
        skel_method_scores_channels(skel_fit_method(job->prune.method))) {
        return object(objection, "prune.unit",
                      "prune.method %s scores whole output channels, but prune.unit is %s: set "
                      "prune.unit channel",
                      job->prune.method, job->prune.unit);
    }
    if (strcmp(job->prune.unit, "weight") != 0 &&
        strcmp(job->prune.check, "shuffle-layerwise") == 0) {
        return object(objection, "prune.check",
                      "prune.check shuffle-layerwise moves single weights: it makes no sense with "
                      "prune.unit %s",
                      job->prune.unit);
    }
    if (strcmp(job->prune.unit, "weight") != 0 && strcmp(job->prune.unit, "block") != 0 &&
        skel_method_moves_units(skel_fit_method(job->prune.method))) {
        return object(objection, "prune.unit",
                      "the mask of prune.method %s moves, by single weights or by blocks: set "
                      "prune.unit weight or block, not %s",
                      job->prune.method, job->prune.unit);
    }
    if (strcmp(job->prune.unit, "block") == 0 && strcmp(job->prune.drop_by, "sign") == 0) {
        return object(objection, "prune.drop-by",
                      "prune.drop-by sign is for single weights: blocks (prune.unit) have no sign");
    }
    if (colon != NULL && skel_method_walks(skel_fit_method(job->prune.method))) {
        return object(
            objection, "prune.unit",
            "prune.unit %s compares all weights of each layer, but prune.method %s scores "
            "no more weights than it keeps; set prune.unit weight, block or channel",
            job->prune.unit, job->prune.method);
    }
    if (colon != NULL && fabs(1 - stays - job->prune.sparsity) > 1e-9) {
        return object(
            objection, "prune.sparsity",
            "prune.unit %s removes %g of the weights of each layer, but prune.sparsity is "
            "%g: set prune.sparsity %g",
            job->prune.unit, 1 - stays, job->prune.sparsity, 1 - stays);
    }
    if (colon != NULL && job->prune.per_layer_floor > stays + 1e-9) {
        return object(objection, "prune.per-layer-floor",
                      "prune.unit %s keeps %g of the weights of each layer, but "
                      "prune.per-layer-floor asks for %g: name whole layers in prune.keep-layers",
                      job->prune.unit, stays, job->prune.per_layer_floor);
    }
    return true;
}

/* A network of a file has its own width and name, and is the only one that has weights. */
static bool network_is_one(const skel_job *job, skel_objection *objection)
{
    char name[SKEL_JOB_TEXT];
    bool from_file = job->model.file[0] != '\0';
    bool file_weights = strcmp(job->model.init, "file") == 0;

    if (job->model.name[0] == '\0') { /* a sweep's run */
        return object(objection, "model.name",
                      "the run has neither model.name nor model.file; give it one of them");
    }
    skel_own_file_name(job->model.file, name);
    if (from_file && strcmp(job->model.name, name) != 0) {
        return object(objection, "model.name",
                      "model.name %s and model.file %s are two networks; leave one of them out "
                      "(model.name=~)",
                      job->model.name, job->model.file);
    }
    if (from_file && job->model.width > 0) {
        return object(objection, "model.width",
                      "model.width %" PRIu64 " makes no sense with model.file: the network of a "
                      "file has the width that it has",
                      job->model.width);
    }
    if (file_weights && !from_file) {
        return object(objection, "model.init",
                      "model.init file takes the weights of model.file, but there is none");
    }
    if (file_weights && strcmp(job->model.norm_init, "ones") != 0) {
        return object(objection, "model.norm-init",
                      "model.norm-init %s makes no sense with model.init file, which takes all "
                      "parameters from the file",
                      job->model.norm_init);
    }
    if (file_weights && strcmp(job->prune.check, "reinitialise") == 0) {
        return object(objection, "prune.check",
                      "prune.check reinitialise draws the weights again, but model.init file says "
                      "no distribution");
    }
    if (file_weights && skel_fit_method(job->prune.method)->signal == SKEL_SIGNAL_DISTURBANCE) {
        return object(
            objection, "prune.method",
            "prune.method %s draws weights in each iteration, but model.init file says no "
            "distribution",
            job->prune.method);
    }
    return true;
}

bool skel_job_is_sound(const skel_job *job, skel_objection *objection)
{
    return data_are_one(job, objection) && network_is_one(job, objection) &&
           crops_have_room(job, objection) && milestones_ascend(job, objection) &&
           training_is_enough(job, objection) && loss_is_curved(job, objection) &&
           unit_fits(job, objection);
}
