/* The condition --where: settings that a run must have. */
#include "report_condition.h"

#include "skel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys and values, at the same places. */
typedef struct conditions {
    skel_texts key;
    skel_texts value;
} conditions;

static skel_status parse(const char *where, conditions *out)
{
    skel_texts parts = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_texts_split(&parts, where, ','));
    for (size_t i = 0; i < parts.count; i++) {
        char *equals = strchr(parts.text[i], '=');

        if (equals == NULL || equals == parts.text[i]) {
            status = SKEL_FAIL(SKEL_ERR_USAGE,
                               "--where: '%s' is no condition; expected KEY=VALUE, as in "
                               "prune.method=force",
                               parts.text[i]);
            goto done;
        }
        SKEL_TRY(skel_texts_add(&out->key, "%.*s", (int)(equals - parts.text[i]), parts.text[i]));
        SKEL_TRY(skel_texts_add(&out->value, "%s", equals + 1));
    }
done:
    skel_texts_clear(&parts);
    return status;
}

skel_status skel_report_condition_check_keys(const skel_report *report, const char *option,
                                             const skel_texts *keys)
{
    skel_texts known = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_texts_add(&known, "seed"));
    for (size_t i = 0; i < report->runs; i++) {
        for (size_t k = 0; k < report->run[i].settings; k++) {
            if (!skel_texts_has(&known, report->run[i].setting[k].key)) {
                SKEL_TRY(skel_texts_add(&known, "%s", report->run[i].setting[k].key));
            }
        }
    }
    for (size_t i = 0; i < keys->count; i++) {
        if (!skel_texts_has(&known, keys->text[i])) {
            const char *nearest =
                skel_text_nearest(keys->text[i], known.count, (const char *const *)known.text);

            status = SKEL_FAIL(SKEL_ERR_USAGE, "%s: no run has a setting '%s'%s%s%s", option,
                               keys->text[i], nearest != NULL ? "; did you mean '" : "",
                               nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
            goto done;
        }
    }
done:
    skel_texts_clear(&known);
    return status;
}

/* Numbers may be written in another way: 0.90. */
static bool is_same(const char *a, const char *b)
{
    char *end_a = NULL;
    char *end_b = NULL;
    double number_a = strtod(a, &end_a);
    double number_b = strtod(b, &end_b);

    if (strcmp(a, b) == 0) {
        return true;
    }
    return end_a != a && end_b != b && *end_a == '\0' && *end_b == '\0' && number_a == number_b;
}

/* Whether a run has one of the values that the condition gives to the key. */
static bool meets_key(const conditions *all, const char *key, const skel_report_run *run)
{
    char seed[32];
    const char *value = skel_report_run_setting(run, key);

    if (strcmp(key, "seed") == 0 && run->has_seed) {
        (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)run->seed);
        value = seed;
    }
    if (value == NULL && run->state != SKEL_REPORT_DONE) {
        return true;
    }
    for (size_t i = 0; i < all->key.count; i++) {
        if (strcmp(all->key.text[i], key) == 0 && value != NULL &&
            is_same(all->value.text[i], value)) {
            return true;
        }
    }
    return false;
}

static bool meets(const conditions *all, const skel_report_run *run)
{
    for (size_t i = 0; i < all->key.count; i++) {
        if (!meets_key(all, all->key.text[i], run)) {
            return false;
        }
    }
    return true;
}

skel_status skel_report_condition_apply(const char *where, skel_report *report)
{
    conditions all = {{0}, {0}};
    size_t kept = 0;
    skel_status status = SKEL_OK;

    if (where == NULL) {
        return SKEL_OK;
    }
    SKEL_TRY(parse(where, &all));
    SKEL_TRY(skel_report_condition_check_keys(report, "--where", &all.key));
    for (size_t i = 0; i < report->runs; i++) {
        if (meets(&all, &report->run[i])) {
            report->run[kept++] = report->run[i];
        } else {
            skel_report_run_clear(&report->run[i]);
        }
    }
    report->runs = kept;
done:
    skel_texts_clear(&all.key);
    skel_texts_clear(&all.value);
    return status;
}
