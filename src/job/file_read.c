/* Reading a job file: first the keys of the text, then the overrides. */
#include "file_read.h"

#include "file.h"
#include "file_check.h"
#include "skel/memory.h"
#include "value.h"

#include <stdio.h>
#include <string.h>

/* Reads a value into the base, and remembers where it stood. */
static skel_status read_value(skel_job_file *file, const skel_key *key, const skel_tree *tree,
                              size_t at)
{
    skel_status status = skel_value_read(key, tree, at, &file->base);

    file->origin[key - skel_keys] = (skel_origin){tree, at};
    return status;
}

static skel_status check_repeat(const skel_tree *tree, size_t mapping, size_t at)
{
    size_t first = skel_tree_find(tree, mapping, tree->node[at].text);

    if (first != at) {
        return skel_tree_fail(tree, at, "repeated key \"%.64s\" (first in line %zu)",
                              tree->node[at].text, tree->node[first].line);
    }
    return SKEL_OK;
}

static const skel_section *find_section(const char *name)
{
    for (size_t i = 1; i < SKEL_KEY_SECTIONS; i++) {
        if (strcmp(skel_sections[i].name, name) == 0) {
            return &skel_sections[i];
        }
    }
    return NULL;
}

/* Reads one key of a section, "" for the top level. */
static skel_status read_key(skel_job_file *file, const char *section, size_t at)
{
    const skel_tree *tree = &file->tree[0];
    const char *name = tree->node[at].text;
    const skel_key *key = skel_key_find(section, name);
    char hint[SKEL_KEY_TEXT];

    if (key == NULL) {
        skel_key_suggest(section, name, hint);
        return skel_tree_fail(tree, at, "unknown key \"%.64s\"%s%s%s", name,
                              section[0] != '\0' ? " in " : "", section, hint);
    }
    return read_value(file, key, tree, tree->node[at].next);
}

static skel_status read_section(skel_job_file *file, const char *section, size_t mapping)
{
    const skel_tree *tree = &file->tree[0];
    const skel_node *node = tree->node;
    skel_status status = SKEL_OK;

    if (skel_tree_is_null(tree, mapping)) {
        return SKEL_OK;
    }
    if (node[mapping].kind != SKEL_NODE_MAPPING) {
        char found[SKEL_TREE_SHOWN];

        skel_tree_show(tree, mapping, found);
        return skel_tree_fail(tree, mapping,
                              "%s is a section: expected its keys and their values; found %s",
                              section, found);
    }
    for (size_t at = node[mapping].first; at != 0; at = node[node[at].next].next) {
        SKEL_TRY(check_repeat(tree, mapping, at));
        SKEL_TRY(read_key(file, section, at));
    }
done:
    return status;
}

/* Reads the whole file. */
static skel_status read_root(skel_job_file *file)
{
    const skel_tree *tree = &file->tree[0];
    const skel_node *node = tree->node;
    skel_status status = SKEL_OK;

    if (skel_tree_is_null(tree, 0)) {
        return SKEL_OK;
    }
    if (node[0].kind != SKEL_NODE_MAPPING) {
        char found[SKEL_TREE_SHOWN];

        skel_tree_show(tree, 0, found);
        return skel_tree_fail(tree, 0, "expected a mapping of keys and sections; found %s", found);
    }
    for (size_t at = node[0].first; at != 0; at = node[node[at].next].next) {
        SKEL_TRY(check_repeat(tree, 0, at));
        if (strcmp(node[at].text, "sweep") == 0) {
            SKEL_TRY(skel_axes_read(&file->sweep, tree, node[at].next));
        } else if (find_section(node[at].text) != NULL) {
            SKEL_TRY(read_section(file, node[at].text, node[at].next));
        } else {
            SKEL_TRY(read_key(file, "", at));
        }
    }
done:
    return status;
}

/* ~ or none: shells replace the ~ of sweep=~ by the home folder. */
static bool is_nothing(const skel_tree *tree)
{
    const skel_node *node = &tree->node[0];

    return skel_tree_is_null(tree, 0) ||
           (node->kind == SKEL_NODE_SCALAR && strcmp(node->text, "none") == 0);
}

/* sweep.KEY=[...] sets an axis, sweep.KEY=none removes it. */
static skel_status override_axis(skel_job_file *file, const skel_key *key, const skel_tree *tree)
{
    if (is_nothing(tree)) {
        skel_axes_remove(&file->sweep, key);
        return SKEL_OK;
    }
    return skel_axes_set(&file->sweep, key, tree, 0);
}

/* KEY=VALUE: one value ends the key's sweep, a list of values replaces it. */
static skel_status override_value(skel_job_file *file, const skel_key *key, const skel_tree *tree)
{
    if (skel_axes_find(&file->sweep, key) != NULL && key->type != SKEL_KEY_LIST &&
        key->type != SKEL_KEY_NAMES && tree->node[0].kind == SKEL_NODE_LIST) {
        return skel_axes_set(&file->sweep, key, tree, 0);
    }
    skel_axes_remove(&file->sweep, key);
    return read_value(file, key, tree, 0);
}

/* sweep=none removes all axes, sweep={...} gives others. */
static skel_status override_sweep(skel_job_file *file, const skel_tree *tree)
{
    file->sweep.axes = 0;
    if (is_nothing(tree)) {
        return SKEL_OK;
    }
    return skel_axes_read(&file->sweep, tree, 0);
}

static skel_status unknown_override(const skel_tree *tree, const char *path)
{
    char hint[SKEL_KEY_TEXT];

    if (find_section(path) != NULL) {
        return skel_tree_fail(tree, 0, "%s is a section: name one of its keys, as in %s.KEY=VALUE",
                              path, path);
    }
    skel_key_suggest(NULL, path, hint);
    return skel_tree_fail(tree, 0, "unknown key \"%s\"%s", path, hint);
}

/* Applies KEY=VALUE, the argument with the given number, from 1. */
static skel_status apply_override(skel_job_file *file, size_t number, const char *text)
{
    static const char sweep[] = "sweep.";
    skel_tree *tree = &file->tree[number];
    const char *equals = strchr(text, '=');
    char path[SKEL_JOB_TEXT];
    char label[SKEL_TREE_LABEL];
    bool swept = strncmp(text, sweep, sizeof sweep - 1) == 0;
    const skel_key *key = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "argument %zu (%.120s%s)", number, text,
                   strlen(text) > 120 ? "..." : "");
    skel_tree_name(tree, label, false);
    if (equals == NULL || equals == text) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: expected KEY=VALUE", label);
    }
    text += swept ? sizeof sweep - 1 : 0;
    (void)snprintf(path, sizeof path, "%.*s", (int)(equals - text), text);
    SKEL_TRY(skel_tree_parse(strlen(equals + 1), equals + 1, tree));
    key = skel_key_find_path(path);
    if (!swept && strcmp(path, "sweep") == 0) {
        status = override_sweep(file, tree);
    } else if (key == NULL) {
        status = unknown_override(tree, path);
    } else {
        status = swept ? override_axis(file, key, tree) : override_value(file, key, tree);
    }
done:
    return status;
}

/* A job that has no name is called after its file. Changed or cut, two files could have the same
 * folder, and the runs of one would be taken for runs of the other. */
static skel_status name_after(const char *label, const char *stem, skel_job *job)
{
    if (job->name[0] != '\0') {
        return SKEL_OK;
    }
    if (!skel_key_name_is_safe(stem)) {
        char expected[SKEL_KEY_TEXT];

        skel_key_describe(skel_key_find_path("name"), expected);
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s: the job gives no name, and its file's is not fit for a folder: "
                         "expected %s; found \"%s\"; rename the file, or set name",
                         label, expected, stem);
    }
    memcpy(job->name, stem, strlen(stem) + 1);
    return SKEL_OK;
}

skel_status skel_job_file_read(const char *label, const char *stem, bool stored, size_t bytes,
                               const char text[], size_t count, const char *const overrides[],
                               skel_job_file **out)
{
    skel_job_file *file = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *file, &file));
    SKEL_TRY(SKEL_ALLOC(count + 1, sizeof *file->tree, &file->tree));
    file->trees = count + 1;
    skel_value_defaults(&file->base);
    skel_tree_name(&file->tree[0], label, true);
    SKEL_TRY(skel_tree_parse(bytes, text, &file->tree[0]));
    SKEL_TRY(read_root(file));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(apply_override(file, i + 1, overrides[i]));
    }
    SKEL_TRY(name_after(label, stem, &file->base));
    SKEL_TRY(skel_job_file_check(file, stored));
    *out = file;
    file = NULL;
done:
    skel_job_file_close(&file);
    return status;
}
