/* Methods and keys: the table of who reads what, and the methods' own defaults. */
#include "fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 17 };

/* A key that some methods alone read. */
typedef struct use {
    const char *path;
    const char *method[MOST]; /* ends with NULL */
} use;

#define ITERATIVE                                                                                  \
    "force", "iter-snip", "grasp-it", "synflow", "imp", "magnitude-finetune", "skeletonization",   \
        "obd"
#define ONE_STEP "snip", "grasp", "random", "magnitude"
#define BY_LAYER "random-uniform", "random-erk"
#define TRAINED "magnitude-finetune", "skeletonization", "obd"
#define MOVING "set", "rigl"

static const use uses[] = {
    {"prune.iterations", {ITERATIVE}},
    {"prune.schedule", {ITERATIVE}},
    {"prune.scope", {ITERATIVE, ONE_STEP, MOVING}},
    {"prune.keep-layers", {ITERATIVE, ONE_STEP, BY_LAYER, MOVING}},
    {"prune.per-layer-floor", {ITERATIVE, ONE_STEP, BY_LAYER, MOVING}},
    {"prune.check", {ITERATIVE, ONE_STEP, BY_LAYER}},
    {"prune.temperature", {"grasp"}},
    {"prune.rewind", {"imp"}},
    {"prune.finetune-epochs", {TRAINED}},
    {"prune.finetune-rate", {TRAINED}},
    {"prune.update-every", {MOVING}},
    {"prune.update-until", {MOVING}},
    {"prune.drop-fraction", {MOVING}},
};

enum { USES = sizeof uses / sizeof *uses };

static const use *find_use(const char *path)
{
    for (size_t i = 0; i < USES; i++) {
        if (strcmp(uses[i].path, path) == 0) {
            return &uses[i];
        }
    }
    return NULL;
}

static bool is_one_of(const char *method, const use *list)
{
    for (size_t i = 0; i < MOST && list->method[i] != NULL; i++) {
        if (strcmp(list->method[i], method) == 0) {
            return true;
        }
    }
    return false;
}

bool skel_fit_uses(const skel_key *key, const char *method)
{
    const use *list = find_use(key->path);

    return list == NULL || is_one_of(method, list);
}

void skel_fit_users(const skel_key *key, char out[SKEL_KEY_TEXT])
{
    const use *list = find_use(key->path);
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; list != NULL && i < MOST && list->method[i] != NULL; i++) {
        used += (size_t)snprintf(out + used, SKEL_KEY_TEXT - used, "%s%s", i > 0 ? ", " : "",
                                 list->method[i]);
    }
}

/* Iterations that take a fifth of the weights at most. Source: Frankle and Carbin 2019. */
static uint64_t iterations_by_fifths(double sparsity)
{
    double iterations = ceil(log(1 - sparsity) / log(0.8) - 1e-9);

    return iterations > 1 ? (uint64_t)iterations : 1;
}

static uint64_t default_iterations(const skel_job *job)
{
    const char *method = job->prune.method;

    if (strcmp(method, "imp") == 0) {
        return iterations_by_fifths(job->prune.sparsity);
    }
    if (is_one_of(method, find_use("prune.finetune-epochs"))) {
        return 5;
    }
    return strcmp(method, "synflow") == 0 ? 100 : 60;
}

/* Give an absent value, which is 0 in the job, the method's own. */
static void fill_integer(skel_job *job, const char *path, uint64_t *value, uint64_t own)
{
    if (*value == 0 && skel_fit_uses(skel_key_find_path(path), job->prune.method)) {
        *value = own;
    }
}

static void fill_real(skel_job *job, const char *path, double *value, double own)
{
    if (*value == 0 && skel_fit_uses(skel_key_find_path(path), job->prune.method)) {
        *value = own;
    }
}

static void forget_unused(skel_job *job)
{
    skel_job defaults;

    skel_key_defaults(&defaults);
    for (size_t i = 0; i < USES; i++) {
        const skel_key *key = skel_key_find_path(uses[i].path);

        if (!is_one_of(job->prune.method, &uses[i])) {
            memcpy((char *)job + key->offset, (const char *)&defaults + key->offset, key->size);
        }
    }
}

void skel_fit_resolve(skel_job *job)
{
    bool grasp = strcmp(job->prune.method, "grasp") == 0;
    bool rigl = strcmp(job->prune.method, "rigl") == 0;

    forget_unused(job);
    fill_integer(job, "prune.iterations", &job->prune.iterations, default_iterations(job));
    fill_real(job, "prune.temperature", &job->prune.temperature, 200);
    fill_integer(job, "prune.finetune-epochs", &job->prune.finetune_epochs, 1);
    fill_real(job, "prune.finetune-rate", &job->prune.finetune_rate, job->train.learning_rate / 10);
    fill_integer(job, "prune.update-every", &job->prune.update_every, rigl ? 100 : 0);
    fill_real(job, "prune.update-until", &job->prune.update_until, rigl ? 0.75 : 1);
    fill_real(job, "prune.drop-fraction", &job->prune.drop_fraction, 0.3);
    if (job->prune.sampling[0] == '\0') {
        (void)snprintf(job->prune.sampling, sizeof job->prune.sampling, "%s",
                       grasp ? "balanced" : "shuffled");
    }
}
