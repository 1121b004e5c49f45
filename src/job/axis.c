/* Sweeps: the cartesian product of lists of values. */
#include "axis.h"

#include "value.h"

#include <string.h>

/* The number of a key's axis, `axes` if it has none. */
static size_t place_of(const skel_axes *sweep, const skel_key *key)
{
    size_t i = 0;

    while (i < sweep->axes && sweep->axis[i].key != key) {
        i++;
    }
    return i;
}

const skel_axis *skel_axes_find(const skel_axes *sweep, const skel_key *key)
{
    size_t i = place_of(sweep, key);

    return i < sweep->axes ? &sweep->axis[i] : NULL;
}

void skel_axes_remove(skel_axes *sweep, const skel_key *key)
{
    size_t i = place_of(sweep, key);

    if (i < sweep->axes) {
        sweep->axes--;
        memmove(&sweep->axis[i], &sweep->axis[i + 1], (sweep->axes - i) * sizeof *sweep->axis);
    }
}

/* Node of the list's entry with the given number. */
static size_t entry_of(const skel_tree *tree, size_t list, size_t number)
{
    size_t at = tree->node[list].first;

    for (; number > 0; number--) {
        at = tree->node[at].next;
    }
    return at;
}

static bool same_value(const skel_key *key, const skel_job *a, const skel_job *b)
{
    return memcmp((const char *)a + key->offset, (const char *)b + key->offset, key->size) == 0;
}

/* Whether an earlier entry has the value that the one at `at` has given to `job`. */
static skel_status check_repeat(const skel_key *key, const skel_tree *tree, size_t list, size_t at,
                                const skel_job *job)
{
    for (size_t other = tree->node[list].first; other != at; other = tree->node[other].next) {
        char shown[SKEL_TREE_SHOWN];
        skel_job earlier;
        skel_status status = skel_value_read(key, tree, other, &earlier);

        if (status != SKEL_OK) {
            return status;
        }
        if (same_value(key, job, &earlier)) {
            skel_tree_show(tree, at, shown);
            return skel_tree_fail(tree, at, "sweep: %s takes the value %s twice", key->path, shown);
        }
    }
    return SKEL_OK;
}

static skel_status check_list(const skel_key *key, const skel_tree *tree, size_t list)
{
    char found[SKEL_TREE_SHOWN];

    skel_tree_show(tree, list, found);
    if (key->type == SKEL_KEY_NAME) {
        return skel_tree_fail(tree, list, "sweep: all runs have the same %s", key->path);
    }
    if (key->effect == SKEL_EFFECT_BITS || key->effect == SKEL_EFFECT_NONE) {
        return skel_tree_fail(tree, list,
                              "sweep: %s is not a setting that the result of a run may depend on, "
                              "so runs with different values of it are one run; to compare values, "
                              "do the job once with each, with %s=VALUE and an --out of its own",
                              key->path, key->path);
    }
    if (tree->node[list].kind != SKEL_NODE_LIST) {
        return skel_tree_fail(tree, list, "sweep: %s: expected a list of values; found %s",
                              key->path, found);
    }
    if (tree->node[list].children == 0) {
        return skel_tree_fail(tree, list, "sweep: %s: the list of values is empty", key->path);
    }
    if (tree->node[list].children > SKEL_AXIS_LONGEST) {
        return skel_tree_fail(tree, list, "sweep: %s takes %zu values; expected at most %d",
                              key->path, tree->node[list].children, SKEL_AXIS_LONGEST);
    }
    return SKEL_OK;
}

skel_status skel_axes_set(skel_axes *sweep, const skel_key *key, const skel_tree *tree, size_t list)
{
    size_t i = place_of(sweep, key);
    skel_status status = check_list(key, tree, list);

    SKEL_TRY(status);
    for (size_t at = tree->node[list].first; at != 0; at = tree->node[at].next) {
        skel_job job;

        SKEL_TRY(skel_value_read(key, tree, at, &job));
        SKEL_TRY(check_repeat(key, tree, list, at, &job));
    }
    SKEL_ASSERT(i < SKEL_KEY_COUNT);
    sweep->axes += i == sweep->axes ? 1 : 0;
    sweep->axis[i] = (skel_axis){key, tree, list, tree->node[list].children};
done:
    return status;
}

/* The key that a path in a sweep names. */
static skel_status find_swept(const skel_tree *tree, size_t at, size_t value, const skel_key **out)
{
    const char *path = tree->node[at].text;
    char hint[SKEL_KEY_TEXT];

    *out = skel_key_find_path(path);
    if (*out != NULL) {
        return SKEL_OK;
    }
    if (tree->node[value].kind == SKEL_NODE_MAPPING) {
        return skel_tree_fail(tree, at,
                              "sweep: expected dotted paths, such as prune.sparsity, each with a "
                              "list of values; found a mapping below \"%.64s\"",
                              path);
    }
    skel_key_suggest(NULL, path, hint);
    return skel_tree_fail(tree, at, "sweep: unknown key \"%.64s\"%s", path, hint);
}

skel_status skel_axes_read(skel_axes *sweep, const skel_tree *tree, size_t mapping)
{
    const skel_node *node = tree->node;
    char found[SKEL_TREE_SHOWN];
    skel_status status = SKEL_OK;

    if (skel_tree_is_null(tree, mapping)) {
        return SKEL_OK;
    }
    if (node[mapping].kind != SKEL_NODE_MAPPING) {
        skel_tree_show(tree, mapping, found);
        return skel_tree_fail(tree, mapping,
                              "sweep: expected a mapping of dotted paths to lists of values; "
                              "found %s",
                              found);
    }
    for (size_t at = node[mapping].first; at != 0; at = node[node[at].next].next) {
        size_t first = skel_tree_find(tree, mapping, node[at].text);
        const skel_key *key = NULL;

        SKEL_TRY(find_swept(tree, at, node[at].next, &key));
        if (first != at) {
            return skel_tree_fail(tree, at, "sweep: repeated key \"%s\" (first in line %zu)",
                                  key->path, node[first].line);
        }
        SKEL_TRY(skel_axes_set(sweep, key, tree, node[at].next));
    }
done:
    return status;
}

size_t skel_axes_runs(const skel_axes *sweep)
{
    size_t runs = 1;

    for (size_t i = 0; i < sweep->axes; i++) {
        runs *= sweep->axis[i].count;
        if (runs > SKEL_AXES_RUNS) {
            return SKEL_AXES_RUNS + 1;
        }
    }
    return runs;
}

void skel_axes_apply(const skel_axes *sweep, size_t index, skel_job *job)
{
    for (size_t i = sweep->axes; i-- > 0;) {
        const skel_axis *axis = &sweep->axis[i];
        size_t entry = entry_of(axis->tree, axis->list, index % axis->count);
        skel_status status = skel_value_read(axis->key, axis->tree, entry, job);

        SKEL_ASSERT(status == SKEL_OK); /* skel_axes_set() has read every one of them */
        index /= axis->count;
    }
}
