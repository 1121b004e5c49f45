/* A job file as a whole: what is missing, which values make no sense together, and the place to
 * blame for it. */
#include "file_check.h"

#include "check.h"
#include "fit.h"
#include "value.h"

#include <stdio.h>
#include <string.h>

static skel_status check_required(skel_job_file *file)
{
    const skel_tree *tree = &file->tree[0];

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        char expected[SKEL_KEY_TEXT];
        char section[SKEL_JOB_TEXT];

        if (!key->required || file->origin[i].tree != NULL ||
            skel_axes_find(&file->sweep, key) != NULL) {
            continue;
        }
        (void)snprintf(section, sizeof section, "%.*s", (int)strcspn(key->path, "."), key->path);
        skel_key_describe(key, expected);
        return skel_tree_fail(
            tree, skel_tree_find(tree, 0, section), "%s%s is missing; expected %s",
            skel_tree_is_null(tree, 0) ? "the job is empty: " : "", key->path, expected);
    }
    return SKEL_OK;
}

/* Fails at the place that gave a value to the key to blame. */
static skel_status object_to_run(const skel_job_file *file, size_t index,
                                 const skel_objection *objection)
{
    const skel_key *key = skel_key_find_path(objection->path);
    const skel_axis *axis = skel_axes_find(&file->sweep, key);
    skel_origin blamed = file->origin[key - skel_keys];
    char which[SKEL_JOB_TEXT] = "";

    if (axis != NULL) {
        blamed.tree = axis->tree;
        blamed.at = axis->list;
    } else if (blamed.tree == NULL) {
        blamed.tree = &file->tree[0];
        blamed.at = 0;
    }
    if (file->runs > 1) {
        (void)snprintf(which, sizeof which, " (run %zu of the sweep, from 0)", index);
    }
    return skel_tree_fail(blamed.tree, blamed.at, "%s%s", objection->text, which);
}

/* Whether the file gives a key another value than the default. */
static bool is_given(const skel_job_file *file, const skel_key *key)
{
    const skel_origin *from = &file->origin[key - skel_keys];

    return from->tree != NULL && !skel_tree_is_null(from->tree, from->at) &&
           memcmp((const char *)&file->base + key->offset,
                  (const char *)skel_value_default_job() + key->offset, key->size) != 0;
}

/* At least one method of the job must read a key, and all methods must read a swept key: the runs
 * of a method that does not read it would all be equal. */
static skel_status check_use(skel_job_file *file, const skel_key *key)
{
    bool swept = skel_axes_find(&file->sweep, key) != NULL;
    size_t useless = file->runs;
    skel_objection objection = {.path = key->path};
    char users[SKEL_KEY_TEXT];
    skel_job job;

    if (!swept && !is_given(file, key)) {
        return SKEL_OK;
    }
    for (size_t index = 0; index < file->runs; index++) {
        bool used = false;

        skel_job_file_run(file, index, &job);
        used = skel_fit_uses(key, job.prune.method);
        if (used && !swept) {
            return SKEL_OK;
        }
        if (!used && useless == file->runs) {
            useless = index;
        }
    }
    if (useless == file->runs) {
        return SKEL_OK;
    }
    skel_job_file_run(file, useless, &job);
    (void)skel_fit_users(key, true, users);
    (void)snprintf(objection.text, sizeof objection.text,
                   "%s%s makes no sense for prune.method %s; it is for %s",
                   swept ? "sweeping " : "", key->path, job.prune.method, users);
    return object_to_run(file, useless, &objection);
}

static skel_status check_uses(skel_job_file *file)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < SKEL_KEY_COUNT; i++) {
        status = check_use(file, &skel_keys[i]);
    }
    return status;
}

static skel_status check_runs(skel_job_file *file)
{
    file->runs = skel_axes_runs(&file->sweep);
    if (file->runs > SKEL_AXES_RUNS) {
        return skel_tree_fail(&file->tree[0], skel_tree_find(&file->tree[0], 0, "sweep"),
                              "the sweep has more than %d runs", SKEL_AXES_RUNS);
    }
    for (size_t index = 0; index < file->runs; index++) {
        skel_objection objection;
        skel_job job;

        skel_job_file_run(file, index, &job);
        if (!skel_job_is_sound(&job, &objection)) {
            return object_to_run(file, index, &objection);
        }
    }
    return SKEL_OK;
}

skel_status skel_job_file_check(skel_job_file *file, bool stored)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(check_required(file));
    SKEL_TRY(check_runs(file));
    if (!stored) {
        status = check_uses(file);
    }
done:
    return status;
}

skel_status skel_job_file_blame(const skel_job_file *file, size_t index, const char *key)
{
    skel_objection objection = {.path = key};

    (void)snprintf(objection.text, sizeof objection.text, "%s", skel_error_message());
    return object_to_run(file, index, &objection);
}
