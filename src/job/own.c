/* The methods' own defaults, from their traits. */
#include "own.h"

#include "fit.h"
#include "value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 64, METHODS_MOST = 64 };

/* No member of skel_method_defaults. */
#define NOWHERE ((size_t)-1)

/* A key whose absent value, 0 or "", stands for a method's own. */
typedef struct own {
    const char *path;
    size_t offset;      /* in skel_method_defaults, or NOWHERE; of the key's type */
    const char *phrase; /* the meaning of a method's 0 */
    bool by_class;      /* a method may count by classes, which the job does not know: 0 stays 0 */
    double (*derive)(const skel_job *job); /* its value; NULL: the job keeps 0 */
} own;

/* Iterations that take a fifth of the weights at most. Source: Frankle and Carbin 2019. */
static double iterations_by_fifths(const skel_job *job)
{
    double iterations = ceil(log(1 - job->prune.sparsity) / log(0.8) - 1e-9);

    return iterations > 1 ? iterations : 1;
}

static double tenth_of_learning_rate(const skel_job *job)
{
    return job->train.learning_rate / 10;
}

static double learning_rate(const skel_job *job)
{
    return job->train.learning_rate;
}

static double weight_decay(const skel_job *job)
{
    return job->train.weight_decay;
}

static double one(const skel_job *job)
{
    (void)job;
    return 1;
}

static double usual_batch(const skel_job *job)
{
    (void)job;
    return 128;
}

static const own owns[] = {
    {"prune.iterations", offsetof(skel_method_defaults, iterations),
     "as many as remove at most a fifth of the weights each", false, iterations_by_fifths},
    {"prune.batches", offsetof(skel_method_defaults, batches), "1", false, one},
    {"prune.batch-size", NOWHERE, "128", true, usual_batch},
    {"prune.sampling", offsetof(skel_method_defaults, balanced), NULL, false, NULL},
    {"prune.temperature", offsetof(skel_method_defaults, temperature), NULL, false, NULL},
    {"prune.finetune-epochs", offsetof(skel_method_defaults, finetune_epochs), NULL, false, NULL},
    {"prune.finetune-steps", offsetof(skel_method_defaults, finetune_steps), "0", false, NULL},
    {"prune.finetune-rate", NOWHERE, "a tenth of train.learning-rate", false,
     tenth_of_learning_rate},
    {"prune.update-every", offsetof(skel_method_defaults, update_every),
     "one epoch (dsr: a 32nd of the steps, at most 100)", false, NULL},
    {"prune.update-until", offsetof(skel_method_defaults, update_until), NULL, false, NULL},
    {"prune.drop-fraction", offsetof(skel_method_defaults, drop_fraction), NULL, false, NULL},
    {"prune.lookahead-steps", offsetof(skel_method_defaults, lookahead_steps), NULL, false, NULL},
    {"prune.lookahead-rate", offsetof(skel_method_defaults, lookahead_rate), NULL, false, NULL},
    {"prune.draws", offsetof(skel_method_defaults, draws), NULL, false, NULL},
    {"prune.weight-noise", offsetof(skel_method_defaults, weight_noise), NULL, false, NULL},
    {"prune.momentum-steps", offsetof(skel_method_defaults, momentum_steps), NULL, false, NULL},
    {"prune.strength", offsetof(skel_method_defaults, strength), NULL, false, NULL},
    {"prune.strength-growth", offsetof(skel_method_defaults, strength_growth), NULL, false, NULL},
    {"prune.noise", offsetof(skel_method_defaults, noise), NULL, false, NULL},
    {"prune.auxiliary-rate", offsetof(skel_method_defaults, auxiliary_rate), "train.learning-rate",
     false, learning_rate},
    {"prune.auxiliary-decay", NOWHERE, "train.weight-decay", false, weight_decay},
    {"prune.auxiliary-start", offsetof(skel_method_defaults, auxiliary_start), NULL, false, NULL},
    {"prune.refresh-decay", offsetof(skel_method_defaults, refresh_decay), NULL, false, NULL},
};

enum { OWNS = sizeof owns / sizeof *owns };

/* The method's number for a key of numbers. */
static double number_of(const own *entry, const skel_key *key, const skel_method *method)
{
    const char *member = NULL;
    uint64_t integer = 0;
    double real = 0;

    if (entry->offset == NOWHERE) {
        return 0;
    }
    member = (const char *)&method->defaults + entry->offset;
    if (key->type == SKEL_KEY_REAL) {
        memcpy(&real, member, sizeof real);
        return real;
    }
    memcpy(&integer, member, sizeof integer);
    return (double)integer; /* far below 2^53 */
}

static const char *sampling_of(const skel_method *method)
{
    return method->defaults.balanced ? "balanced" : "shuffled";
}

static void fill_number(const own *entry, const skel_key *key, const skel_method *method,
                        skel_job *job)
{
    double real = number_of(entry, key, method);
    uint64_t integer = 0;

    if (real == 0 && entry->derive != NULL) {
        real = entry->derive(job);
    }
    if (key->type == SKEL_KEY_REAL) { /* which may be below 0 */
        memcpy((char *)job + key->offset, &real, key->size);
        return;
    }
    integer = (uint64_t)real;
    memcpy((char *)job + key->offset, &integer, key->size);
}

static bool is_absent(const skel_key *key, const skel_job *job)
{
    static const char zeros[SKEL_JOB_TEXT];
    const uint64_t absent = SKEL_JOB_ABSENT;

    SKEL_ASSERT(key->size <= sizeof zeros);
    return memcmp((const char *)job + key->offset,
                  key->counts_zero ? (const void *)&absent : (const void *)zeros, key->size) == 0;
}

static void fill_absent(const skel_method *method, skel_job *job)
{
    static const skel_key *keys[OWNS]; /* of `owns`, found once: sweeps have many runs */

    for (size_t i = 0; i < OWNS; i++) {
        const skel_key *key = keys[i] != NULL ? keys[i] : skel_key_find_path(owns[i].path);

        keys[i] = key;

        if (!is_absent(key, job) || !skel_fit_reads(method, key) ||
            (owns[i].by_class && method->defaults.per_class > 0)) {
            continue;
        }
        if (key->type == SKEL_KEY_ENUM) {
            (void)snprintf((char *)job + key->offset, key->size, "%s", sampling_of(method));
        } else {
            fill_number(&owns[i], key, method, job);
        }
    }
}

/* Keys that the method does not read get the table's default. */
static void forget_unused(const skel_method *method, skel_job *job)
{
    const skel_job *defaults = skel_value_default_job();

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        if (!skel_fit_reads(method, key)) {
            memcpy((char *)job + key->offset, (const char *)defaults + key->offset, key->size);
        }
    }
}

void skel_own_file_name(const char *file, char out[SKEL_JOB_TEXT])
{
    const char *slash = strrchr(file, '/');

    (void)snprintf(out, SKEL_JOB_TEXT, "%.63s", slash != NULL ? slash + 1 : file);
    for (size_t i = 0; out[i] != '\0'; i++) {
        char one[] = {out[i], '\0'};
        char other[] = {'x', out[i], '\0'}; /* dots and signs cannot come first */

        if (!skel_key_name_is_safe(i == 0 ? one : other)) {
            out[i] = i == 0 ? 'x' : '-';
        }
    }
    if (out[0] == '\0') {
        (void)snprintf(out, SKEL_JOB_TEXT, "file");
    }
}

void skel_own_resolve(skel_job *job)
{
    const skel_method *method = skel_fit_method(job->prune.method);

    if (job->data.file[0] != '\0' && job->data.set[0] == '\0') {
        skel_own_file_name(job->data.file, job->data.set);
    }
    if (job->model.file[0] != '\0' && job->model.name[0] == '\0') {
        skel_own_file_name(job->model.file, job->model.name);
    }
    forget_unused(method, job);
    fill_absent(method, job);
}

bool skel_job_follows_method(const skel_job *job, const char *path)
{
    const skel_key *key = NULL;
    skel_job absent;

    for (size_t i = 0; i < OWNS && key == NULL; i++) {
        key = strcmp(owns[i].path, path) == 0 ? skel_key_find_path(path) : NULL;
    }
    if (key == NULL) {
        return false;
    }
    absent = *job;
    memset((char *)&absent + key->offset, 0, key->size);
    skel_own_resolve(&absent);
    return memcmp((char *)&absent + key->offset, (const char *)job + key->offset, key->size) == 0;
}

/* A method's default of a key, for people; "" if the method does not read the key. */
static void say(const own *entry, const skel_key *key, const char *name, char out[WORDS])
{
    const skel_method *method = skel_fit_method(name);

    out[0] = '\0';
    if (!skel_fit_uses(key, name)) {
        return;
    }
    if (key->type == SKEL_KEY_ENUM) {
        (void)snprintf(out, WORDS, "%s", sampling_of(method));
    } else if (entry->by_class && method->defaults.per_class > 0) {
        (void)snprintf(out, WORDS, "%" PRIu64 " images of each class", method->defaults.per_class);
    } else if (number_of(entry, key, method) == 0) {
        (void)snprintf(out, WORDS, "%s", entry->phrase);
    } else {
        (void)snprintf(out, WORDS, "%g", number_of(entry, key, method));
    }
}

/* The words of most methods; the first of equals. */
static size_t most_common(size_t count, char words[][WORDS])
{
    size_t best = 0;
    size_t most = 0;

    for (size_t i = 0; i < count; i++) {
        size_t same = 0;

        for (size_t j = 0; words[i][0] != '\0' && j < count; j++) {
            same += strcmp(words[i], words[j]) == 0;
        }
        if (same > most) {
            best = i;
            most = same;
        }
    }
    return best;
}

static void append(char out[SKEL_KEY_TEXT], const char *before, const char *text)
{
    size_t used = strlen(out);

    (void)snprintf(out + used, SKEL_KEY_TEXT - used, "%s%s", before, text);
}

/* Each of the rarer defaults with its methods, then the most common one. */
static void join(size_t count, const char *const names[], char words[][WORDS],
                 char out[SKEL_KEY_TEXT])
{
    char common[WORDS];
    bool any = false;

    memcpy(common, words[most_common(count, words)], sizeof common);
    append(out, "~ is ", "");
    for (size_t i = 0; i < count; i++) {
        char said[WORDS];

        memcpy(said, words[i], sizeof said);
        if (said[0] == '\0' || strcmp(said, common) == 0) {
            continue;
        }
        append(out, said, "");
        for (size_t j = i; j < count; j++) {
            if (strcmp(words[j], said) == 0) {
                append(out, j == i ? " for " : ", ", names[j]);
                words[j][0] = '\0';
            }
        }
        append(out, "; ", "");
        any = true;
    }
    append(out, any ? "otherwise " : "", common);
}

void skel_own_describe(const skel_key *key, char out[SKEL_KEY_TEXT])
{
    size_t methods = 0;
    const char *const *names = skel_method_names(&methods);
    char words[METHODS_MOST][WORDS];

    out[0] = '\0';
    SKEL_ASSERT(methods <= METHODS_MOST);
    for (size_t i = 0; i < OWNS; i++) {
        if (strcmp(owns[i].path, key->path) != 0) {
            continue;
        }
        for (size_t m = 0; m < methods; m++) {
            say(&owns[i], key, names[m], words[m]);
        }
        join(methods, names, words, out);
    }
}
