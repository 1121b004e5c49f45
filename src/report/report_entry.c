/* Runs of a section in the order of its groups. */
#include "report_entry.h"

#include "skel/memory.h"
#include "skel/method.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 4096 };

static size_t rank_of(const skel_report_run *run)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);

    if (run->number[SKEL_REPORT_SPARSITY] == 0) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], run->method) == 0) {
            return i + 1;
        }
    }
    return count + 1;
}

static bool is_axis(const char *key)
{
    return strcmp(key, "prune.sparsity") == 0;
}

/* Takes the quotes of YAML off a value. `out` has room for all of it. */
static void unquote(const char *value, char out[])
{
    size_t length = strlen(value);
    size_t used = 0;

    if (length < 2 || value[0] != '"' || value[length - 1] != '"') {
        memcpy(out, value, length + 1);
        return;
    }
    for (size_t i = 1; i + 1 < length; i++) {
        i += value[i] == '\\' && (value[i + 1] == '\\' || value[i + 1] == '"');
        out[used++] = value[i];
    }
    out[used] = '\0';
}

/* Adds a key and its value, which has no quotes of YAML in a label. */
static skel_status add_part(const char *key, const char *value, skel_texts *parts)
{
    char *plain = NULL;
    skel_status status = SKEL_ALLOC(strlen(value) + 1, 1, &plain);

    if (status == SKEL_OK) {
        unquote(value, plain);
        status = skel_texts_add(parts, "%s %s", key, plain);
    }
    SKEL_FREE(&plain);
    return status;
}

/* "force", or "force, model.width 16"; without the method where all runs have the same. */
static skel_status make_label(const skel_report_section *section, const skel_report_run *run,
                              char **out)
{
    bool is_by_method = skel_texts_has(&section->keys, "prune.method");
    char text[LABEL];
    skel_texts parts = {0};
    skel_status status = SKEL_OK;

    if (is_by_method) {
        SKEL_TRY(skel_texts_add(&parts, "%s", run->method));
    }
    for (size_t i = 0; i < section->keys.count; i++) {
        const char *key = section->keys.text[i];
        const char *value = skel_report_run_setting(run, key);

        if (!is_axis(key) && strcmp(key, "prune.method") != 0 && value != NULL &&
            strcmp(value, "~") != 0) {
            SKEL_TRY(add_part(key, value, &parts));
        }
    }
    if (parts.count == 0) {
        SKEL_TRY(skel_texts_add(&parts, "%s", run->method));
    }
    skel_texts_join(&parts, ", ", sizeof text, text);
    SKEL_TRY(skel_strdup(text, out));
done:
    skel_texts_clear(&parts);
    return status;
}

static bool is_known(const skel_report_section *section, const skel_report_run *run)
{
    if (!run->has_seed || isnan(run->number[SKEL_REPORT_SPARSITY])) {
        return false;
    }
    for (size_t i = 0; i < section->keys.count && run->state != SKEL_REPORT_DONE; i++) {
        if (skel_report_run_setting(run, section->keys.text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

bool skel_report_entry_shares_line(const skel_report_entry *a, const skel_report_entry *b)
{
    return a->rank == b->rank && strcmp(a->label, b->label) == 0;
}

static int in_order(const void *left, const void *right)
{
    const skel_report_entry *a = left;
    const skel_report_entry *b = right;
    int order = (a->rank > b->rank) - (a->rank < b->rank);

    order = order != 0 ? order : strcmp(a->label, b->label);
    order = order != 0 ? order : (a->sparsity > b->sparsity) - (a->sparsity < b->sparsity);
    order = order != 0 ? order : (a->seed > b->seed) - (a->seed < b->seed);
    order = order != 0 ? order : (int)a->state - (int)b->state;
    return order != 0 ? order : (a->run > b->run) - (a->run < b->run);
}

skel_status skel_report_entry_list(const skel_report *report, const skel_report_section *section,
                                   const skel_report_members *members, skel_report_entry **entry)
{
    skel_status status = SKEL_ALLOC(members->count, sizeof **entry, entry);

    for (size_t i = 0; i < members->count && status == SKEL_OK; i++) {
        const skel_report_run *run = &report->run[members->run[i]];

        (*entry)[i].run = members->run[i];
        (*entry)[i].rank = rank_of(run);
        (*entry)[i].sparsity = run->number[SKEL_REPORT_SPARSITY];
        (*entry)[i].seed = run->seed;
        (*entry)[i].state = run->state;
        (*entry)[i].is_known = is_known(section, run);
        status = make_label(section, run, &(*entry)[i].label);
    }
    if (status == SKEL_OK && members->count > 0) {
        qsort(*entry, members->count, sizeof **entry, in_order);
    }
    return status;
}

void skel_report_entry_free(size_t count, skel_report_entry **entry)
{
    for (size_t i = 0; i < count && *entry != NULL; i++) {
        SKEL_FREE(&(*entry)[i].label);
    }
    SKEL_FREE(entry);
}
