/* The settings in which runs differ. */
#include "report_keys.h"

#include "skel/memory.h"

#include "report_settings.h"

#include <stdlib.h>
#include <string.h>

/* "~" is the value of a key that the run does not read, as is no value. */
static const char *value_of(const skel_report_run *run, const char *key)
{
    const char *value = skel_report_run_setting(run, key);

    return value != NULL ? value : "~";
}

bool skel_report_keys_agree(const skel_report_run *a, const skel_report_run *b, const char *key)
{
    const char *of_a = value_of(a, key);
    const char *of_b = value_of(b, key);

    return of_a == of_b || strcmp(of_a, of_b) == 0;
}

/* The key of the content of the file whose path a key gives, if the run tells it; else NULL. */
static const char *content_key(const skel_report_run *run, const char *key)
{
    const char *content = strcmp(key, SKEL_REPORT_PATH_KEY) == 0           ? SKEL_REPORT_NETWORK_KEY
                          : strcmp(key, SKEL_REPORT_WEIGHTS_PATH_KEY) == 0 ? SKEL_REPORT_WEIGHTS_KEY
                                                                           : NULL;

    return content != NULL && skel_report_settings_find(run, content) != NULL ? content : NULL;
}

/* Whether a key is a path to what both runs have in common: content decides, not a file's name. */
static bool is_mere_path(const skel_report_run *a, const skel_report_run *b, const char *key)
{
    const char *content = content_key(a, key);

    return content != NULL && content_key(b, key) != NULL &&
           (strcmp(key, SKEL_REPORT_PATH_KEY) == 0 || skel_report_keys_agree(a, b, content));
}

static skel_status add_differing(const skel_report_run *a, const skel_report_run *b,
                                 skel_texts *out)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < a->settings && status == SKEL_OK; i++) {
        const char *key = a->setting[i].key;

        if (!is_mere_path(a, b, key) && !skel_report_keys_agree(a, b, key) &&
            !skel_texts_has(out, key)) {
            status = skel_texts_add(out, "%s", key);
        }
    }
    return status;
}

/* Lists with the same keys at the same places, as nearly all runs have, are compared in one pass.
 */
static bool are_same(const skel_report_run *a, const skel_report_run *b)
{
    if (a->settings != b->settings) {
        return false;
    }
    for (size_t i = 0; i < a->settings; i++) {
        if (strcmp(a->setting[i].key, b->setting[i].key) != 0 ||
            strcmp(a->setting[i].value, b->setting[i].value) != 0) {
            return false;
        }
    }
    return true;
}

skel_status skel_report_keys_differing(const skel_report_run *a, const skel_report_run *b,
                                       skel_texts *out)
{
    skel_status status = SKEL_OK;

    if (are_same(a, b)) {
        return SKEL_OK;
    }
    status = add_differing(a, b, out);
    return status == SKEL_OK ? add_differing(b, a, out) : status;
}

/* The first member that is done and has the method of the member at `at`. */
static const skel_report_run *first_of_method(const skel_report *report,
                                              const skel_report_members *members, size_t at)
{
    const skel_report_run *run = &report->run[members->run[at]];

    for (size_t i = 0; i < at; i++) {
        const skel_report_run *other = &report->run[members->run[i]];

        if (other->state == SKEL_REPORT_DONE && strcmp(other->method, run->method) == 0) {
            return other;
        }
    }
    return run;
}

static bool follows(const skel_report_run *run, const char *key)
{
    const skel_report_setting *found = skel_report_settings_find(run, key);

    return found != NULL && found->follows;
}

/* Keys in which two runs of one method differ by choice: not because their values follow from other
 * settings. */
static skel_status add_chosen(const skel_report_run *a, const skel_report_run *b, skel_texts *out)
{
    skel_texts differing = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_keys_differing(a, b, &differing));
    for (size_t i = 0; i < differing.count; i++) {
        const char *key = differing.text[i];

        if (!(follows(a, key) && follows(b, key)) && !skel_texts_has(out, key)) {
            SKEL_TRY(skel_texts_add(out, "%s", key));
        }
    }
done:
    skel_texts_clear(&differing);
    return status;
}

static skel_status find_within(const skel_report *report, const skel_report_members *members,
                               skel_texts *out)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < members->count && status == SKEL_OK; i++) {
        const skel_report_run *run = &report->run[members->run[i]];

        if (run->state == SKEL_REPORT_DONE) {
            status = add_chosen(first_of_method(report, members, i), run, out);
        }
    }
    return status;
}

static const skel_report_run *first_done(const skel_report *report,
                                         const skel_report_members *members)
{
    for (size_t i = 0; i < members->count; i++) {
        if (report->run[members->run[i]].state == SKEL_REPORT_DONE) {
            return &report->run[members->run[i]];
        }
    }
    return NULL;
}

static int in_order(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

/* Whether all runs that are done have the first one's value, a path too. */
static bool is_shared(const skel_report *report, const skel_report_members *members,
                      const skel_report_run *first, const char *key)
{
    for (size_t i = 0; i < members->count; i++) {
        const skel_report_run *run = &report->run[members->run[i]];

        if (run->state == SKEL_REPORT_DONE && !skel_report_keys_agree(first, run, key)) {
            return false;
        }
    }
    return strcmp(value_of(first, key), "~") != 0;
}

/* The first members that are done of each path and content of a weight file. */
static skel_status list_starts(const skel_report *report, const skel_report_members *members,
                               size_t *count, const skel_report_run ***out)
{
    skel_status status = SKEL_ALLOC(members->count, sizeof **out, out);

    for (size_t i = 0; i < members->count && status == SKEL_OK; i++) {
        const skel_report_run *run = &report->run[members->run[i]];
        size_t at = 0;

        while (at < *count &&
               !(skel_report_keys_agree((*out)[at], run, SKEL_REPORT_WEIGHTS_PATH_KEY) &&
                 skel_report_keys_agree((*out)[at], run, SKEL_REPORT_WEIGHTS_KEY))) {
            at++;
        }
        if (at == *count && run->state == SKEL_REPORT_DONE) {
            (*out)[(*count)++] = run;
        }
    }
    return status;
}

/* Of path and content of weight files one is enough where it tells the runs apart; paths are the
 * user's own words. Sets `*out` to the other key, NULL if both are needed. */
static skel_status find_needless(const skel_report *report, const skel_report_members *members,
                                 const char **out)
{
    static const char path[] = SKEL_REPORT_WEIGHTS_PATH_KEY;
    const skel_report_run **start = NULL;
    size_t count = 0;
    bool path_tells = true;
    bool content_tells = true;
    skel_status status = list_starts(report, members, &count, &start);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            bool same_path = skel_report_keys_agree(start[i], start[j], path);
            bool same = skel_report_keys_agree(start[i], start[j], SKEL_REPORT_WEIGHTS_KEY);

            path_tells = path_tells && same_path == same;
            content_tells = content_tells && (!same || is_mere_path(start[i], start[j], path));
        }
    }
    *out = path_tells ? SKEL_REPORT_WEIGHTS_KEY : content_tells ? path : NULL;
    SKEL_FREE(&start);
    return status;
}

/* Divides the keys: shown ones, those that follow from them, those that all runs share. */
static skel_status divide(const skel_report *report, const skel_report_members *members,
                          const skel_texts *differing, const skel_texts *within,
                          skel_report_section *section)
{
    const skel_report_run *first = first_done(report, members);
    const char *needless = NULL;
    skel_status status = SKEL_OK;

    if (skel_texts_has(differing, SKEL_REPORT_WEIGHTS_KEY)) {
        SKEL_TRY(find_needless(report, members, &needless));
    }
    for (size_t i = 0; i < differing->count; i++) {
        const char *key = differing->text[i];
        bool is_shown = skel_texts_has(within, key) || strcmp(key, "prune.method") == 0 ||
                        strcmp(key, "prune.sparsity") == 0;

        if (needless == NULL || strcmp(key, needless) != 0) {
            SKEL_TRY(skel_texts_add(is_shown ? &section->keys : &section->dependent, "%s", key));
        }
    }
    for (size_t i = 0; i < first->settings; i++) {
        if (!skel_texts_has(differing, first->setting[i].key) &&
            is_shared(report, members, first, first->setting[i].key)) {
            SKEL_TRY(skel_texts_add(&section->shared, "%s: %s", first->setting[i].key,
                                    first->setting[i].value));
        }
    }
done:
    return status;
}

skel_status skel_report_keys_find(const skel_report *report, const skel_report_members *members,
                                  skel_report_section *section)
{
    const skel_report_run *first = first_done(report, members);
    skel_texts differing = {0};
    skel_texts within = {0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < members->count && first != NULL; i++) {
        const skel_report_run *run = &report->run[members->run[i]];

        if (run->state == SKEL_REPORT_DONE) {
            SKEL_TRY(skel_report_keys_differing(first, run, &differing));
        }
    }
    SKEL_TRY(find_within(report, members, &within));
    if (differing.count > 0) {
        qsort(differing.text, differing.count, sizeof *differing.text, in_order);
    }
    if (first != NULL) {
        SKEL_TRY(divide(report, members, &differing, &within, section));
    } else { /* journals name the keys that are swept */
        SKEL_TRY(skel_texts_add(&section->keys, "prune.method"));
        SKEL_TRY(skel_texts_add(&section->keys, "prune.sparsity"));
    }
done:
    skel_texts_clear(&differing);
    skel_texts_clear(&within);
    return status;
}
