/* Groups of runs that differ in the seed alone. */
#include "report_group.h"

#include "skel/memory.h"
#include "skel/traits.h"

#include "report_condition.h"
#include "report_entry.h"
#include "report_seeds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One section under construction. */
typedef struct builder {
    skel_report *report;
    skel_report_section *section;
    skel_report_members members;
    skel_report_entry *entry; /* [members.count] */
} builder;

/* Runs that are pooled have equal settings. Names the keys if they have not. */
static skel_status check_pool(const builder *make, const skel_report_run *first,
                              const skel_report_run *run)
{
    char keys[512];
    skel_texts differing = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_keys_differing(first, run, &differing));
    if (differing.count > 0) {
        char by[512];

        skel_texts_join(&differing, ", ", sizeof keys, keys);
        skel_texts_join(&make->section->keys, ",", sizeof by, by);
        status = SKEL_FAIL(SKEL_ERR_USAGE,
                           "--by %s would take runs together that differ in %s (%s and %s, for "
                           "example): add these keys to --by, or choose runs with --where",
                           by, keys, first->path, run->path);
    }
done:
    skel_texts_clear(&differing);
    return status;
}

/* The same settings and the same seed are the same run, also where files have no identity. Files of
 * older releases do not tell the content of weight files: of such runs identities alone differ. */
static skel_status note_duplicate(builder *make, size_t first, size_t again)
{
    const skel_report_run *a = &make->report->run[first];
    const skel_report_run *b = &make->report->run[again];
    double difference =
        fabs(a->number[SKEL_REPORT_TEST_ACCURACY] - b->number[SKEL_REPORT_TEST_ACCURACY]);

    if (a->identity[0] != '\0' && b->identity[0] != '\0' && strcmp(a->identity, b->identity) != 0) {
        return skel_texts_add(&make->report->warnings,
                              "%s and %s have the same settings and the same seed, but are "
                              "different runs: they read files of different content, which they "
                              "do not name. The first counts, the second is left out.",
                              a->path, b->path);
    }
    make->report->duplicates++;
    if (difference > 0) {
        return skel_texts_add(&make->report->warnings,
                              "%s and %s are the same run, with test accuracies %.4f and %.4f: "
                              "the first counts.",
                              a->path, b->path, a->number[SKEL_REPORT_TEST_ACCURACY],
                              b->number[SKEL_REPORT_TEST_ACCURACY]);
    }
    return SKEL_OK;
}

static skel_status add_to_group(builder *make, skel_report_group *group,
                                const skel_report_entry *entry)
{
    const skel_report_run *run = &make->report->run[entry->run];
    skel_status status = SKEL_OK;

    if (run->state != SKEL_REPORT_DONE) {
        return skel_report_seeds_has(make->report, group, run->seed)
                   ? SKEL_OK
                   : skel_report_seeds_add_absent(
                         group, (skel_report_absent){run->seed, run->state, entry->run});
    }
    if (group->runs > 0) {
        const skel_report_run *last = &make->report->run[group->run[group->runs - 1]];

        SKEL_TRY(check_pool(make, &make->report->run[group->run[0]], run));
        if (last->seed == run->seed) {
            return note_duplicate(make, group->run[group->runs - 1], entry->run);
        }
    }
    group->run[group->runs++] = entry->run;
done:
    return status;
}

static skel_status add_line(skel_report_section *section, const skel_report_entry *entry,
                            const skel_report_run *run)
{
    skel_report_line *line = &section->line[section->lines];
    skel_status status = skel_strdup(entry->label, &line->label);

    if (status == SKEL_OK) {
        (void)snprintf(line->method, sizeof line->method, "%s", run->method);
        line->is_dense = entry->rank == 0;
        section->lines++;
    }
    return status;
}

/* Entries of one group follow each other. */
static skel_status make_groups(builder *make)
{
    skel_report_section *section = make->section;
    size_t count = make->members.count;
    const skel_report_entry *last = NULL;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(make->entry != NULL);
    SKEL_TRY(SKEL_ALLOC(count, sizeof *section->line, &section->line));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *section->group, &section->group));
    for (size_t i = 0; i < count; i++) {
        const skel_report_entry *entry = &make->entry[i];
        bool is_new_line = last == NULL || !skel_report_entry_shares_line(last, entry);

        if (!entry->is_known) {
            continue;
        }
        if (is_new_line) {
            SKEL_TRY(add_line(section, entry, &make->report->run[entry->run]));
        }
        if (is_new_line || last->sparsity != entry->sparsity) {
            skel_report_group *group = &section->group[section->groups++];

            *group = (skel_report_group){.line = section->lines - 1, .sparsity = entry->sparsity};
            SKEL_TRY(SKEL_ALLOC(count - i, sizeof *group->run, &group->run));
        }
        SKEL_TRY(add_to_group(make, &section->group[section->groups - 1], entry));
        last = entry;
    }
done:
    return status;
}

/* A run of which not all keys are known may belong to any group that agrees in the known ones. */
static bool may_belong(const builder *make, const skel_report_run *run,
                       const skel_report_group *group)
{
    const skel_report_run *member = group->runs > 0 ? &make->report->run[group->run[0]]
                                                    : &make->report->run[group->absent[0].run];

    for (size_t i = 0; i < make->section->keys.count; i++) {
        const char *value = skel_report_run_setting(run, make->section->keys.text[i]);

        if (value != NULL && !skel_report_keys_agree(run, member, make->section->keys.text[i])) {
            return false;
        }
    }
    return true;
}

static skel_status place_unknown(builder *make)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < make->members.count; i++) {
        const skel_report_entry *entry = &make->entry[i];
        const skel_report_run *run = &make->report->run[entry->run];

        for (size_t g = 0; g < make->section->groups && !entry->is_known && run->has_seed; g++) {
            skel_report_group *group = &make->section->group[g];

            if (may_belong(make, run, group) &&
                !skel_report_seeds_has(make->report, group, run->seed)) {
                SKEL_TRY(skel_report_seeds_add_absent(
                    group, (skel_report_absent){run->seed, run->state, entry->run}));
            }
        }
    }
done:
    return status;
}

static int by_sparsity(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;

    return (*a > *b) - (*a < *b);
}

static skel_status list_sparsities(skel_report_section *section)
{
    size_t kept = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(section->groups, sizeof *section->sparsity, &section->sparsity));
    for (size_t i = 0; i < section->groups; i++) {
        if (!section->line[section->group[i].line].is_dense) {
            section->sparsity[section->sparsities++] = section->group[i].sparsity;
        }
    }
    qsort(section->sparsity, section->sparsities, sizeof *section->sparsity, by_sparsity);
    for (size_t i = 0; i < section->sparsities; i++) {
        if (kept == 0 || section->sparsity[kept - 1] < section->sparsity[i]) {
            section->sparsity[kept++] = section->sparsity[i];
        }
    }
    section->sparsities = kept;
done:
    return status;
}

/* The share of the weights that the runs keep, and whether it is another than the asked one. */
static void describe_density(const builder *make, skel_report_group *group)
{
    double asked = 1 - group->sparsity;
    double sum = 0;

    for (size_t i = 0; i < group->runs; i++) {
        const skel_report_run *run = &make->report->run[group->run[i]];

        sum += run->number[SKEL_REPORT_KEPT] / run->number[SKEL_REPORT_PRUNABLE];
    }
    group->density = group->runs > 0 ? sum / (double)group->runs : (double)NAN;
    group->is_off = !make->section->line[group->line].is_dense &&
                    skel_method_misses_share(group->density, asked);
}

static skel_status describe_groups(builder *make)
{
    double *values = NULL;
    skel_status status = SKEL_ALLOC(make->members.count, sizeof *values, &values);

    for (size_t g = 0; g < make->section->groups && status == SKEL_OK; g++) {
        skel_report_group *group = &make->section->group[g];

        for (size_t i = 0; i < group->runs; i++) {
            const skel_report_run *run = &make->report->run[group->run[i]];

            values[i] = run->number[SKEL_REPORT_TEST_ACCURACY];
            group->at_chance += skel_report_run_is_at_chance(run);
            group->tested += run->tested;
            group->not_finite += !isfinite(values[i]) && run->tested;
        }
        skel_estimate_make(group->runs, values, &group->accuracy);
        describe_density(make, group);
    }
    SKEL_FREE(&values);
    return status;
}

static void find_chance(builder *make)
{
    skel_report_section *section = make->section;

    section->chance = (double)NAN;
    for (size_t i = 0; i < make->members.count && !section->chance_by_files; i++) {
        const skel_report_run *run = &make->report->run[make->members.run[i]];

        if (!isnan(run->number[SKEL_REPORT_CHANCE])) {
            section->chance = run->number[SKEL_REPORT_CHANCE];
            section->chance_by_files = true;
        } else if (!isnan(run->number[SKEL_REPORT_CLASSES])) {
            section->chance = 1 / run->number[SKEL_REPORT_CLASSES];
        }
    }
}

static skel_status choose_keys(builder *make, const char *by)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_keys_find(make->report, &make->members, make->section));
    if (by != NULL) {
        skel_texts_clear(&make->section->keys);
        SKEL_TRY(skel_texts_split(&make->section->keys, by, ','));
        SKEL_TRY(skel_report_condition_check_keys(make->report, "--by", &make->section->keys));
    }
done:
    return status;
}

skel_status skel_report_group_build(skel_report *report, skel_report_section *section,
                                    const skel_report_members *members, const char *by)
{
    builder making = {.report = report, .section = section, .members = *members};
    builder *make = &making;
    skel_status status = SKEL_OK;

    SKEL_TRY(choose_keys(make, by));
    SKEL_TRY(skel_report_entry_list(make->report, make->section, &make->members, &make->entry));
    SKEL_TRY(make_groups(make));
    SKEL_TRY(place_unknown(make));
    SKEL_TRY(list_sparsities(make->section));
    SKEL_TRY(skel_report_seeds_find(make->report, make->members.count, make->entry, make->section));
    SKEL_TRY(describe_groups(make));
    find_chance(make);
done:
    skel_report_entry_free(make->members.count, &make->entry);
    return status;
}
