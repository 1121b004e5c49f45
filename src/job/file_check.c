/* A job file as a whole: what is missing, which values make no sense together, and the place to
 * blame for it. */
#include "file_check.h"

#include "check.h"
#include "fit.h"
#include "idle.h"
#include "skel/log.h"
#include "value.h"

#include <stdio.h>
#include <string.h>

/* Whether the file gives a key a value, or sweeps it; ~ is none. */
static bool has_value(const skel_job_file *file, const skel_key *key)
{
    const skel_origin *from = &file->origin[key - skel_keys];

    return (from->tree != NULL && !skel_tree_is_null(from->tree, from->at)) ||
           skel_axes_find(&file->sweep, key) != NULL;
}

/* The place of a key's section in the file; of the file as a whole if it does not have the section.
 */
static size_t section_of(const skel_tree *tree, const skel_key *key)
{
    char section[SKEL_JOB_TEXT];

    (void)snprintf(section, sizeof section, "%.*s", (int)strcspn(key->path, "."), key->path);
    return skel_tree_find(tree, 0, section);
}

static skel_status check_required(skel_job_file *file)
{
    const skel_tree *tree = &file->tree[0];

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        skel_key required;
        char expected[SKEL_KEY_TEXT];

        if (!key->required || has_value(file, key) ||
            (key->instead != NULL && has_value(file, skel_key_find_path(key->instead)))) {
            continue;
        }
        required = *key;
        required.nullable = false; /* the other key is what may take its place */
        skel_key_describe(&required, expected);
        return skel_tree_fail(tree, section_of(tree, key), "%s%s is missing; expected %s%s%s",
                              skel_tree_is_null(tree, 0) ? "the job is empty: " : "", key->path,
                              expected, key->instead != NULL ? ", or " : "",
                              key->instead != NULL ? key->instead : "");
    }
    return SKEL_OK;
}

/* Fails at the place that gave a value to the key to blame, else at the key's section. */
static skel_status object_to_run(const skel_job_file *file, size_t index,
                                 const skel_objection *objection)
{
    const skel_key *key = skel_key_find_path(objection->path);
    const skel_axis *axis = skel_axes_find(&file->sweep, key);
    skel_origin blamed = file->origin[key - skel_keys];
    char which[SKEL_JOB_TEXT] = "";
    char absent[2 * SKEL_JOB_TEXT] = "";

    if (axis != NULL) {
        blamed.tree = axis->tree;
        blamed.at = axis->list;
    } else if (blamed.tree == NULL) {
        blamed.tree = &file->tree[0];
        blamed.at = section_of(blamed.tree, key);
        (void)snprintf(absent, sizeof absent, " (the job does not set %s)", key->path);
    }
    if (file->runs > 1) {
        (void)snprintf(which, sizeof which, " (run %zu of the sweep, counted from 0)", index);
    }
    return skel_tree_fail(blamed.tree, blamed.at, "%s%s%s", objection->text, absent, which);
}

/* Whether the file gives a key another value than the default. */
static bool is_given(const skel_job_file *file, const skel_key *key)
{
    const skel_origin *from = &file->origin[key - skel_keys];

    return from->tree != NULL && !skel_tree_is_null(from->tree, from->at) &&
           memcmp((const char *)&file->base + key->offset,
                  (const char *)skel_value_default_job() + key->offset, key->size) != 0;
}

/* The methods of the job's runs, in the order in which the runs first have them. */
typedef struct job_methods {
    const skel_tree *tree; /* that gave them; NULL: the default */
    const skel_axis *axis; /* NULL: there is one method */
    size_t count;
    size_t stride; /* runs from one method to the next */
} job_methods;

static job_methods methods_of(const skel_job_file *file)
{
    const skel_key *key = skel_key_find_path("prune.method");
    job_methods out = {.tree = file->origin[key - skel_keys].tree,
                       .axis = skel_axes_find(&file->sweep, key),
                       .count = 1,
                       .stride = 1};

    if (out.axis != NULL) {
        out.tree = out.axis->tree;
        out.count = out.axis->count;
        for (const skel_axis *axis = out.axis + 1; axis < file->sweep.axis + file->sweep.axes;
             axis++) {
            out.stride *= axis->count;
        }
    }
    return out;
}

static const char *method_at(const skel_job_file *file, const job_methods *methods, size_t number)
{
    const skel_axis *axis = methods->axis;
    size_t at = 0;

    if (axis == NULL) {
        return file->base.prune.method;
    }
    for (at = axis->tree->node[axis->list].first; number > 0; number--) {
        at = axis->tree->node[at].next;
    }
    return axis->tree->node[at].text;
}

/* Number of the methods that read a key; *other is the first one that does not. */
static size_t count_readers(const skel_job_file *file, const job_methods *methods,
                            const skel_key *key, size_t *other)
{
    size_t readers = 0;

    *other = methods->count;
    for (size_t i = 0; i < methods->count; i++) {
        bool reads = skel_fit_uses(key, method_at(file, methods, i));

        readers += reads;
        *other = !reads && *other == methods->count ? i : *other;
    }
    return readers;
}

/* At least one method of the job must read a key, and all methods must read a swept key: the runs
 * of a method that does not read it would all be equal. */
static skel_status check_use(const skel_job_file *file, const job_methods *methods,
                             const skel_key *key)
{
    bool swept = skel_axes_find(&file->sweep, key) != NULL;
    size_t other = 0;
    size_t readers = count_readers(file, methods, key, &other);
    skel_objection objection = {.path = key->path};
    char users[SKEL_KEY_TEXT];

    if ((!swept && !is_given(file, key)) || readers == methods->count || (!swept && readers > 0)) {
        return SKEL_OK;
    }
    (void)skel_fit_users(key, true, users);
    (void)snprintf(objection.text, sizeof objection.text,
                   "%s%s makes no sense for prune.method %s; it is for %s",
                   swept ? "sweeping " : "", key->path, method_at(file, methods, other), users);
    return object_to_run(file, other * methods->stride, &objection);
}

static skel_status check_uses(const skel_job_file *file)
{
    job_methods methods = methods_of(file);
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < SKEL_KEY_COUNT; i++) {
        status = check_use(file, &methods, &skel_keys[i]);
    }
    return status;
}

/* Forgets a value or an axis of a key that the file gives. */
static void forget(skel_job_file *file, const skel_key *key)
{
    skel_axes_remove(&file->sweep, key);
    memcpy((char *)&file->base + key->offset, (const char *)skel_value_default_job() + key->offset,
           key->size);
    file->origin[key - skel_keys] = (skel_origin){NULL, 0};
}

/* An argument that chooses other methods than the file narrows the job: keys of the file that no
 * chosen method reads are named and forgotten, so that one file serves all its methods. */
static void narrow(skel_job_file *file)
{
    job_methods methods = methods_of(file);

    if (methods.tree == NULL || methods.tree == &file->tree[0]) {
        return;
    }
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        const skel_axis *axis = skel_axes_find(&file->sweep, key);
        const skel_tree *from = axis != NULL ? axis->tree : file->origin[i].tree;
        size_t other = 0;
        char users[SKEL_KEY_TEXT];

        if (from == &file->tree[0] && (axis != NULL || is_given(file, key)) &&
            count_readers(file, &methods, key, &other) == 0) {
            (void)skel_fit_users(key, true, users);
            SKEL_INFO("note: with %s, %s of %s has no effect: it is for %s", methods.tree->label,
                      key->path, file->tree[0].label, users);
            forget(file, key);
            methods = methods_of(file); /* the axes have moved */
        }
    }
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

/* A swept key must count in each run: the runs where it does not would be equal under several
 * names. */
static skel_status check_idle(const skel_job_file *file)
{
    skel_status status = SKEL_OK;

    for (size_t a = 0; a < file->sweep.axes; a++) {
        const skel_axis *axis = &file->sweep.axis[a];

        for (size_t index = 0; status == SKEL_OK && axis->count > 1 && index < file->runs;
             index++) {
            skel_objection objection = {.path = axis->key->path};
            const char *needs = NULL;
            skel_job job;

            skel_job_file_run(file, index, &job);
            needs = skel_idle_needs(axis->key, &job);
            if (needs != NULL) {
                (void)snprintf(objection.text, sizeof objection.text,
                               "sweeping %s repeats a run: it counts with %s only", axis->key->path,
                               needs);
                status = object_to_run(file, index, &objection);
            }
        }
    }
    return status;
}

skel_status skel_job_file_check(skel_job_file *file, bool stored)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(check_required(file));
    if (!stored) {
        narrow(file);
    }
    SKEL_TRY(check_runs(file));
    if (!stored) {
        SKEL_TRY(check_uses(file));
        status = check_idle(file);
    }
done:
    return status;
}

skel_status skel_job_file_blame(const skel_job_file *file, size_t index, const char *key,
                                skel_status status)
{
    skel_objection objection = {.path = key};
    skel_status refused = SKEL_OK;

    (void)snprintf(objection.text, sizeof objection.text, "%s", skel_error_message());
    refused = object_to_run(file, index, &objection);
    SKEL_ASSERT(refused != SKEL_OK);
    return skel_error_set(status, "%s", skel_error_message());
}
