/* Keys that change nothing in a run with certain values of other keys. */
#include "idle.h"

#include "fit.h"

#include <string.h>

static bool is(const char *value, const char *word)
{
    return strcmp(value, word) == 0;
}

static bool augments_by(const skel_job *job, const char *word)
{
    return is(job->prune.augment, word) || (job->train.epochs > 0 && is(job->data.augment, word));
}

static bool crops(const skel_job *job)
{
    return augments_by(job, "crop-flip") || augments_by(job, "cutout");
}

static bool resizes(const skel_job *job)
{
    return augments_by(job, "random-resized-crop");
}

static bool cuts_out(const skel_job *job)
{
    return augments_by(job, "cutout");
}

static bool trains(const skel_job *job)
{
    return job->train.epochs > 0;
}

static bool steps(const skel_job *job)
{
    return is(job->train.rate_schedule, "step");
}

static bool has_milestones(const skel_job *job)
{
    return steps(job) && job->train.milestones > 0;
}

static bool has_momentum(const skel_job *job)
{
    return job->train.momentum > 0;
}

static bool has_curve(const skel_job *job)
{
    return job->prune.iterations != 1;
}

/* `key` is a path, or the beginning of some that ends with "." or "-". */
static const struct {
    const char *key;
    bool (*counts)(const skel_job *job);
    const char *with;
} rules[] = {
    {"data.crop-padding", crops, "data.augment or prune.augment crop-flip or cutout"},
    {"data.crop-scale-", resizes, "data.augment or prune.augment random-resized-crop"},
    {"data.crop-ratio-", resizes, "data.augment or prune.augment random-resized-crop"},
    {"data.cutout-size", cuts_out, "data.augment or prune.augment cutout"},
    {"data.augment", trains, "train.epochs above 0"},
    {"prune.schedule", has_curve, "prune.iterations above 1"},
    {"train.", trains, "train.epochs above 0"},
    {"train.milestones", steps, "train.rate-schedule step"},
    {"train.gamma", has_milestones, "train.rate-schedule step and train.milestones"},
    {"train.nesterov", has_momentum, "train.momentum above 0"},
};

static bool is_for(const char *rule, const char *path)
{
    char last = rule[strlen(rule) - 1];

    return last == '.' || last == '-' ? strncmp(rule, path, strlen(rule)) == 0 : is(rule, path);
}

const char *skel_idle_needs(const skel_key *key, const skel_job *job)
{
    if (is(key->path, "train.epochs") || !skel_fit_uses(key, job->prune.method)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (is_for(rules[i].key, key->path) && !rules[i].counts(job)) {
            return rules[i].with;
        }
    }
    return NULL;
}
