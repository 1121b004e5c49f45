/* What the help and the manual page of a key say. */
#include "describe.h"

#include "fit.h"
#include "own.h"

#include <stdio.h>
#include <string.h>

const char *const skel_describe_time[SKEL_DESCRIBE_TIMES] = {
    [SKEL_TIMING_INITIAL] = "before training",
    [SKEL_TIMING_TRAINED] = "after training, fine-tuned after each iteration",
    [SKEL_TIMING_REWOUND] = "after training, trained again after each iteration",
    [SKEL_TIMING_MOVING] = "before training, and the mask moves while training",
    [SKEL_TIMING_DURING] = "while training, which starts with all weights",
};

const char skel_describe_job[] =
    "A job file is YAML: sections with keys and values, as in\n"
    "\n"
    "    data:  {set: cifar10}\n"
    "    model: {name: resnet50}\n"
    "    prune:\n"
    "      sparsity: 0.99\n"
    "    sweep:                      # every combination is one run\n"
    "      prune.method: [snip, force]\n"
    "      seed: [0, 1, 2]\n"
    "\n"
    "Below, keys are dotted paths, as a sweep and the command line name them. On the command "
    "line:\n"
    "\n"
    "    prune.sparsity=0.95         one value, which also ends a sweep of that key\n"
    "    train.milestones=[150,250]  a list, for a key that is one (quote it in some shells)\n"
    "    sweep.seed=[0,1,2]          sweeps a key; sweep.seed=none and sweep=none end sweeps\n"
    "\n"
    "~ stands for no value. A path that begins with ~/ is in the home folder. Numbers are decimal\n"
    "and without quotes; true and false are the only truth values; anchors, aliases, tags and "
    "more\n"
    "than one document are refused.\n";

const char skel_describe_sweep[] =
    "The runs are all combinations, numbered from 0; the last key changes fastest.";

/* Which methods read the key, by the shorter of two lists. */
static void describe_users(const skel_key *key, char *out, size_t size)
{
    char users[SKEL_KEY_TEXT];
    char others[SKEL_KEY_TEXT];
    bool few = skel_fit_users(key, true, users) <= skel_fit_users(key, false, others);

    out[0] = '\0';
    if (others[0] != '\0') {
        (void)snprintf(out, size, "%s prune.method %s", few ? "only with" : "not with",
                       few ? users : others);
    }
}

/* "one of mnist, cifar10" for a key that is on one of the lists. */
static void describe_list(const skel_key *key, size_t lists, const skel_job_list list[],
                          char out[SKEL_KEY_TEXT])
{
    skel_key enumeration = {.type = SKEL_KEY_ENUM};

    out[0] = '\0';
    for (size_t i = 0; i < lists; i++) {
        if (strcmp(list[i].key, key->path) == 0) {
            enumeration.names = list[i].names;
            skel_key_describe(&enumeration, out);
        }
    }
}

void skel_describe_key(const skel_key *key, size_t lists, const skel_job_list list[],
                       char out[SKEL_DESCRIBE_LINES][SKEL_DESCRIBE_SIZE])
{
    char type[SKEL_KEY_TEXT];

    skel_key_describe(key, type);
    (void)snprintf(out[0], SKEL_DESCRIBE_SIZE, "%s; %s%s%s%s%s", type,
                   key->required ? "required" : "default ", key->required ? "" : key->fallback,
                   key->instead != NULL ? " without " : "",
                   key->instead != NULL ? key->instead : "",
                   key->type == SKEL_KEY_NAME ? "; cannot be swept" : "; sweepable");
    (void)snprintf(out[1], SKEL_DESCRIBE_SIZE, "%s", key->help);
    describe_list(key, lists, list, out[2]);
    skel_own_describe(key, out[3]);
    describe_users(key, out[4], SKEL_DESCRIBE_SIZE);
}
