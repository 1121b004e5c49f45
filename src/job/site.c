/* The site file, read with the tree reader of job files. */
#include "skel/site.h"

#include "skel/input.h"
#include "skel/memory.h"
#include "skel/text.h"
#include "tree.h"
#include "whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wordexp.h>

typedef enum site_kind {
    WORD, /* char[SKEL_SITE_WORD], of the listed words if there are some */
    PATH, /* char[SKEL_SITE_PATH], in which ~ and $NAME are replaced */
    LIST, /* size_t, directly followed by char[SKEL_SITE_LIST][SKEL_SITE_WORD] */
} site_kind;

typedef struct site_key {
    const char *name;
    site_kind kind;
    size_t offset;
    const char *expected; /* for messages */
    const char *const *words;
} site_key;

#define AT(member) offsetof(skel_site, member)

_Static_assert(AT(module) == AT(modules) + sizeof(size_t), "module follows modules");
_Static_assert(AT(option) == AT(options) + sizeof(size_t), "option follows options");

static const char *const launchers[] = {"srun", "mpirun", NULL};

static const site_key keys[] = {
    {"partition", WORD, AT(partition), "the name of a partition", NULL},
    {"account", WORD, AT(account), "the name of an account", NULL},
    {"qos", WORD, AT(qos), "the name of a quality of service", NULL},
    {"modules", LIST, AT(modules), "a list of at most 16 names of environment modules", NULL},
    {"launcher", WORD, AT(launcher), "srun or mpirun", launchers},
    {"mpi", WORD, AT(mpi), "a type of MPI that `srun --mpi=list` shows, such as pmix", NULL},
    {"scratch", PATH, AT(scratch), "a folder that all nodes see", NULL},
    {"scripts", PATH, AT(scripts), "a folder with the batch scripts", NULL},
    {"options", LIST, AT(options), "a list of at most 16 options of sbatch", NULL},
};

enum { KEYS = sizeof keys / sizeof *keys };

static skel_status mismatch(const site_key *key, const skel_tree *tree, size_t at)
{
    char found[SKEL_TREE_SHOWN];

    skel_tree_show(tree, at, found);
    return skel_tree_fail(tree, at, "%s: expected %s; found %s", key->name, key->expected, found);
}

static bool is_listed(const char *word, const char *const words[])
{
    size_t i = 0;

    while (words != NULL && words[i] != NULL && strcmp(words[i], word) != 0) {
        i++;
    }
    return words == NULL || words[i] != NULL;
}

/* A scalar without line breaks that fits into the member. */
static skel_status read_word(const site_key *key, const skel_tree *tree, size_t at,
                             char out[SKEL_SITE_WORD])
{
    const skel_node *node = &tree->node[at];

    if (node->kind != SKEL_NODE_SCALAR || node->text[0] == '\0' ||
        strlen(node->text) >= SKEL_SITE_WORD || strpbrk(node->text, "\n\r") != NULL ||
        !is_listed(node->text, key->words)) {
        return mismatch(key, tree, at);
    }
    memcpy(out, node->text, strlen(node->text) + 1);
    return SKEL_OK;
}

/* As a shell replaces ~ and variables; commands are refused. */
static skel_status read_path(const site_key *key, const skel_tree *tree, size_t at,
                             char out[SKEL_SITE_PATH])
{
    const skel_node *node = &tree->node[at];
    wordexp_t words;
    skel_status status = SKEL_OK;
    int error = 0;

    if (node->kind != SKEL_NODE_SCALAR || node->text[0] == '\0') {
        return mismatch(key, tree, at);
    }
    error = wordexp(node->text, &words, WRDE_NOCMD | WRDE_UNDEF);
    if (error == WRDE_BADVAL) {
        return skel_tree_fail(tree, at, "%s: \"%.200s\" names a variable that is not set",
                              key->name, node->text);
    }
    if (error != 0) {
        return mismatch(key, tree, at);
    }
    if (words.we_wordc != 1 || words.we_wordv[0][0] == '\0' ||
        strlen(words.we_wordv[0]) >= SKEL_SITE_PATH) {
        status = mismatch(key, tree, at);
    } else {
        memcpy(out, words.we_wordv[0], strlen(words.we_wordv[0]) + 1);
    }
    wordfree(&words);
    return status;
}

static skel_status read_list(const site_key *key, const skel_tree *tree, size_t at, char *member)
{
    const skel_node *node = &tree->node[at];
    char(*entry)[SKEL_SITE_WORD] = (void *)(member + sizeof node->children);
    size_t count = 0;
    skel_status status = SKEL_OK;

    if (node->kind != SKEL_NODE_LIST || node->children > SKEL_SITE_LIST) {
        return mismatch(key, tree, at);
    }
    for (size_t child = node->first; child != 0; child = tree->node[child].next) {
        SKEL_TRY(read_word(key, tree, child, entry[count]));
        count++;
    }
    memcpy(member, &count, sizeof count);
done:
    return status;
}

static skel_status read_key(const skel_tree *tree, size_t at, skel_site *site)
{
    const char *names[KEYS];
    size_t value = tree->node[at].next;
    const char *nearest = NULL;
    char list[256];

    for (size_t i = 0; i < KEYS; i++) {
        char *member = (char *)site + keys[i].offset;

        names[i] = keys[i].name;
        if (strcmp(names[i], tree->node[at].text) != 0) {
            continue;
        }
        if (skel_tree_is_null(tree, value)) {
            return SKEL_OK;
        }
        switch (keys[i].kind) {
        case WORD:
            return read_word(&keys[i], tree, value, member);
        case PATH:
            return read_path(&keys[i], tree, value, member);
        case LIST:
            return read_list(&keys[i], tree, value, member);
        }
    }
    nearest = skel_text_nearest(tree->node[at].text, KEYS, names);
    skel_text_list(KEYS, names, sizeof list, list);
    return skel_tree_fail(tree, at, "unknown key \"%.64s\"; %s%s%s", tree->node[at].text,
                          nearest != NULL ? "did you mean " : "expected one of ",
                          nearest != NULL ? nearest : list, nearest != NULL ? "?" : "");
}

static skel_status read_root(const skel_tree *tree, skel_site *site)
{
    const skel_node *node = tree->node;
    char found[SKEL_TREE_SHOWN];
    skel_status status = SKEL_OK;

    if (skel_tree_is_null(tree, 0)) {
        return SKEL_OK;
    }
    if (node[0].kind != SKEL_NODE_MAPPING) {
        skel_tree_show(tree, 0, found);
        return skel_tree_fail(tree, 0, "expected a mapping of keys; found %s", found);
    }
    for (size_t at = node[0].first; at != 0; at = node[node[at].next].next) {
        size_t first = skel_tree_find(tree, 0, node[at].text);

        if (first != at) {
            return skel_tree_fail(tree, at, "repeated key \"%.64s\" (first in line %zu)",
                                  node[at].text, node[first].line);
        }
        SKEL_TRY(read_key(tree, at, site));
    }
done:
    return status;
}

skel_status skel_site_parse(const char *label, size_t bytes, const char text[], skel_site *out)
{
    skel_tree tree = {.nodes = 0};
    skel_status status = SKEL_OK;

    skel_tree_name(&tree, label, true);
    SKEL_TRY(skel_tree_parse(bytes, text, &tree));
    SKEL_TRY(read_root(&tree, out));
done:
    skel_tree_clear(&tree);
    return status;
}

/* The path of the file; whether it must exist. */
static bool find_file(char out[SKEL_SITE_PATH])
{
    const char *named = getenv("SKEL_SITE");
    const char *folder = getenv("XDG_CONFIG_HOME");
    const char *below = "skel/site.yaml";

    if (named != NULL && named[0] != '\0') {
        (void)snprintf(out, SKEL_SITE_PATH, "%s", named);
        return true;
    }
    if (folder == NULL || folder[0] == '\0') {
        folder = getenv("HOME");
        below = ".config/skel/site.yaml";
    }
    (void)snprintf(out, SKEL_SITE_PATH, "%s/%s", folder != NULL ? folder : "", below);
    return false;
}

skel_status skel_site_read(skel_site *out)
{
    bool must_exist = false;
    FILE *stream = NULL;
    char *text = NULL;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    (void)snprintf(out->launcher, sizeof out->launcher, "srun");
    (void)snprintf(out->mpi, sizeof out->mpi, "pmix");
    must_exist = find_file(out->file);
    if (!must_exist && access(out->file, F_OK) != 0 && errno == ENOENT) {
        out->file[0] = '\0';
        return SKEL_OK;
    }
    status = skel_input_stream(out->file, &stream);
    if (status != SKEL_OK) {
        return must_exist ? skel_error_prefix("$SKEL_SITE") : status;
    }
    SKEL_TRY(skel_whole_read(out->file, "site file", stream, &text, &bytes));
    SKEL_TRY(skel_site_parse(out->file, bytes, text, out));
done:
    SKEL_FREE(&text);
    (void)fclose(stream);
    return status;
}
