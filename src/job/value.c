/* One value: from a node of the tree, checked, into its member of the job. */
#include "value.h"

#include "skel/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *member_of(const skel_key *key, skel_job *job)
{
    return (char *)job + key->offset;
}

/* "prune.sparsity: expected a number from 0 to below 1; found "abc"", followed by a hint. */
static skel_status mismatch(const skel_key *key, const skel_tree *tree, size_t at, const char *hint)
{
    char expected[SKEL_KEY_TEXT];
    char found[SKEL_TREE_SHOWN];

    skel_key_describe(key, expected);
    skel_tree_show(tree, at, found);
    return skel_tree_fail(tree, at, "%s: expected %s; found %s%s", key->path, expected, found,
                          hint);
}

/* ~ in the place of a value that a key always has. */
static skel_status refuse_null(const skel_key *key, const skel_tree *tree, size_t at)
{
    char hint[SKEL_JOB_TEXT + 96];

    (void)snprintf(hint, sizeof hint,
                   ", which is no value of this key; leave the key out for its default, %s",
                   key->fallback);
    return mismatch(key, tree, at, hint);
}

/* Writes a text into a member and zeroes the rest of the member. */
static void put_text(const skel_key *key, const char *text, skel_job *job)
{
    char *member = member_of(key, job);
    size_t length = strlen(text);

    SKEL_ASSERT(length < key->size);
    memset(member, 0, key->size);
    memcpy(member, text, length + 1);
}

static skel_status read_name(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    if (!skel_key_name_is_safe(tree->node[at].text)) {
        return mismatch(key, tree, at, "");
    }
    put_text(key, tree->node[at].text, job);
    return SKEL_OK;
}

static bool has_control_character(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (iscntrl((unsigned char)text[i])) {
            return true;
        }
    }
    return false;
}

/* A leading ~/ is the home folder here as in a shell, which does not see the job file. */
static skel_status read_path(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    const char *text = tree->node[at].text;
    const char *home = "";
    char path[SKEL_JOB_PATH];
    int length = 0;

    if (text[0] == '\0' || has_control_character(text)) {
        return mismatch(key, tree, at, "");
    }
    if (strncmp(text, "~/", 2) == 0) {
        home = getenv("HOME");
        if (home == NULL || home[0] == '\0') {
            return mismatch(key, tree, at, ", but $HOME, which ~ stands for, is not set");
        }
        text++;
    }
    length = snprintf(path, sizeof path, "%s%s", home, text);
    if (length < 0 || (size_t)length >= sizeof path) {
        return mismatch(key, tree, at, ", which is longer than 4095 bytes");
    }
    put_text(key, path, job);
    return SKEL_OK;
}

static skel_status read_choice(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    const char *nearest = NULL;
    char hint[SKEL_JOB_TEXT + 32] = "";
    size_t count = 0;
    const char *const *choices = skel_key_choices(key, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(choices[i], tree->node[at].text) == 0) {
            put_text(key, choices[i], job);
            return SKEL_OK;
        }
    }
    nearest = skel_text_nearest(tree->node[at].text, count, choices);
    if (nearest != NULL) {
        (void)snprintf(hint, sizeof hint, "; did you mean %s?", nearest);
    }
    return mismatch(key, tree, at, hint);
}

/* Decimal digits alone, no leading zero: in YAML 010 is 8 and 1_0 is 10, for some readers. */
static bool parse_integer(const char *text, double low, double high, uint64_t *out)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 18 || text[digits] != '\0' || (text[0] == '0' && digits > 1)) {
        return false;
    }
    *out = strtoull(text, NULL, 10);
    return *out >= (uint64_t)low && *out <= (uint64_t)high;
}

static skel_status read_integer(const skel_key *key, const skel_tree *tree, size_t at,
                                skel_job *job)
{
    uint64_t value = 0;

    if (!parse_integer(tree->node[at].text, key->low, key->high, &value)) {
        return mismatch(key, tree, at, "");
    }
    memcpy(member_of(key, job), &value, sizeof value);
    return SKEL_OK;
}

static skel_status read_real(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    const char *text = tree->node[at].text;
    char *end = NULL;
    double value = 0;

    /* strtod also takes infinities, NaN, hexadecimal digits and leading white space */
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0') {
        return mismatch(key, tree, at, "");
    }
    value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value) || value < key->low || value > key->high ||
        (key->above_low && value == key->low) || (key->below_high && value == key->high)) {
        return mismatch(key, tree, at, "");
    }
    if (value == 0) {
        value = 0; /* not -0, so that equal jobs have equal bytes */
    }
    memcpy(member_of(key, job), &value, sizeof value);
    return SKEL_OK;
}

static skel_status read_bool(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(tree->node[at].text, words[i]) == 0) {
            bool value = i >= 3;

            memcpy(member_of(key, job), &value, sizeof value);
            return SKEL_OK;
        }
    }
    return mismatch(key, tree, at, "");
}

/* "5", or "500 steps". */
static skel_status read_moment(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    static const char unit[] = " steps";
    char number[SKEL_JOB_TEXT];
    const char *text = tree->node[at].text;
    size_t digits = strspn(text, "0123456789");
    bool is_steps = strcmp(text + digits, unit) == 0;
    skel_moment moment = {0};

    if (digits >= sizeof number ||
        (is_steps ? false : text[digits] != '\0' || tree->node[at].quoted)) {
        return mismatch(key, tree, at, "");
    }
    (void)snprintf(number, sizeof number, "%.*s", (int)digits, text);
    if (!parse_integer(number, key->low, key->high, is_steps ? &moment.steps : &moment.epochs)) {
        return mismatch(key, tree, at, "");
    }
    memcpy(member_of(key, job), &moment, sizeof moment);
    return SKEL_OK;
}

static skel_status read_list(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    uint64_t values[1 + SKEL_JOB_LIST] = {0};

    if (tree->node[at].kind != SKEL_NODE_LIST || tree->node[at].children > SKEL_JOB_LIST) {
        return mismatch(key, tree, at,
                        tree->node[at].kind == SKEL_NODE_LIST ? " that is longer" : "");
    }
    for (size_t entry = tree->node[at].first; entry != 0; entry = tree->node[entry].next) {
        if (tree->node[entry].kind != SKEL_NODE_SCALAR || tree->node[entry].quoted ||
            !parse_integer(tree->node[entry].text, key->low, key->high, &values[1 + values[0]])) {
            return mismatch(key, tree, entry, " in it");
        }
        values[0]++;
    }
    memcpy(member_of(key, job), values, sizeof values);
    return SKEL_OK;
}

static skel_status read_names(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    char *member = member_of(key, job);
    uint64_t count = 0;

    if (tree->node[at].kind != SKEL_NODE_LIST || tree->node[at].children > SKEL_JOB_LIST) {
        return mismatch(key, tree, at,
                        tree->node[at].kind == SKEL_NODE_LIST ? " that is longer" : "");
    }
    for (size_t entry = tree->node[at].first; entry != 0; entry = tree->node[entry].next) {
        if (tree->node[entry].kind != SKEL_NODE_SCALAR ||
            !skel_key_name_is_safe(tree->node[entry].text)) {
            return mismatch(key, tree, entry, " in it");
        }
    }
    memset(member, 0, key->size);
    for (size_t entry = tree->node[at].first; entry != 0; entry = tree->node[entry].next) {
        (void)snprintf(member + sizeof count + count++ * SKEL_JOB_TEXT, SKEL_JOB_TEXT, "%s",
                       tree->node[entry].text);
    }
    memcpy(member, &count, sizeof count);
    return SKEL_OK;
}

/* Reads a node into the member of a key of one type. */
typedef skel_status reader(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job);

static reader *const readers[] = {
    [SKEL_KEY_NAME] = read_name,   [SKEL_KEY_WORD] = read_name,       [SKEL_KEY_PATH] = read_path,
    [SKEL_KEY_ENUM] = read_choice, [SKEL_KEY_INTEGER] = read_integer, [SKEL_KEY_REAL] = read_real,
    [SKEL_KEY_BOOL] = read_bool,   [SKEL_KEY_MOMENT] = read_moment,   [SKEL_KEY_LIST] = read_list,
    [SKEL_KEY_NAMES] = read_names,
};

skel_status skel_value_read(const skel_key *key, const skel_tree *tree, size_t at, skel_job *job)
{
    bool is_number =
        key->type == SKEL_KEY_INTEGER || key->type == SKEL_KEY_REAL || key->type == SKEL_KEY_BOOL;
    bool is_list = key->type == SKEL_KEY_LIST || key->type == SKEL_KEY_NAMES;

    if (skel_tree_is_null(tree, at)) {
        if (!key->nullable) {
            return refuse_null(key, tree, at);
        }
        memset(member_of(key, job), key->counts_zero ? 0xFF : 0, key->size);
        return SKEL_OK;
    }
    if (is_list) {
        return readers[key->type](key, tree, at, job);
    }
    if (tree->node[at].kind == SKEL_NODE_LIST) {
        return mismatch(key, tree, at, "; several values belong under sweep");
    }
    if (tree->node[at].kind != SKEL_NODE_SCALAR || (is_number && tree->node[at].quoted)) {
        return mismatch(key, tree, at, "");
    }
    return readers[key->type](key, tree, at, job);
}

/* Puts a value of the table into the job. */
static void put(const skel_key *key, const char *value, skel_job *job)
{
    char text[SKEL_JOB_TEXT];
    skel_node node = {.text = text};
    skel_tree tree = {.label = "defaults", .nodes = 1, .node = &node};
    skel_status status = SKEL_OK;

    (void)snprintf(text, sizeof text, "%s", value);
    status = skel_value_read(key, &tree, 0, job);
    SKEL_ASSERT(status == SKEL_OK);
}

void skel_value_defaults(skel_job *job)
{
    memset(job, 0, sizeof *job);
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        if (!key->required && key->type != SKEL_KEY_LIST && key->type != SKEL_KEY_NAMES) {
            put(key, key->fallback, job); /* a list's default is the empty one */
        }
    }
}

const skel_job *skel_value_default_job(void)
{
    static skel_job defaults;
    static bool made;

    if (!made) {
        skel_value_defaults(&defaults);
        made = true;
    }
    return &defaults;
}

const skel_job *skel_value_unsaid_job(void)
{
    static skel_job unsaid;
    static bool made;

    for (size_t i = 0; !made && i < SKEL_KEY_COUNT; i++) {
        unsaid = i == 0 ? *skel_value_default_job() : unsaid;
        if (skel_keys[i].unsaid != NULL) {
            put(&skel_keys[i], skel_keys[i].unsaid, &unsaid);
        }
    }
    made = true;
    return &unsaid;
}
