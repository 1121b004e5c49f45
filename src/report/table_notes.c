/* Sentences below tables: shares of weights that were not asked for, and the runs that a table
 * lacks. */
#include "table_makers.h"

#include "skel/memory.h"
#include "skel/method.h"
#include "skel/traits.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    SHARE_BYTES = 64, /* of a group's share, at most */
    SEED_BYTES = 24,  /* of a seed, at most */
};

/* "force, 99 % removed" */
static void name_group(const skel_report_section *section, const skel_report_group *group,
                       size_t size, char out[])
{
    const skel_report_line *line = &section->line[group->line];

    if (line->is_dense) {
        (void)snprintf(out, size, "%s", line->label);
    } else {
        (void)snprintf(out, size, "%s, %.10g %% removed", line->label, 100 * group->sparsity);
    }
}

/* Why the runs of a group removed another share than was asked for; "" if there is no rule. */
static void explain_share(const skel_report *report, const skel_report_group *group, size_t size,
                          char out[])
{
    const skel_report_run *run = group->runs > 0 ? &report->run[group->run[0]] : NULL;
    const char *unit = run != NULL ? skel_report_run_setting(run, "prune.unit") : NULL;
    const skel_method *method = NULL;

    out[0] = '\0';
    if (run != NULL && skel_method_find(run->method, &method) != SKEL_OK) {
        skel_error_clear(); /* a release that knows more methods wrote the file */
    }
    if (method != NULL && skel_method_sparsity_is_outcome(method)) {
        (void)snprintf(out, size, ": the sparsity is an outcome of the training");
    } else if (unit != NULL && strcmp(unit, "channel") == 0) {
        (void)snprintf(out, size, ": prune.sparsity counts channels");
    } else if (unit != NULL && strcmp(unit, "block") == 0) {
        (void)snprintf(out, size, ": prune.sparsity counts blocks");
    }
}

skel_status skel_table_note_shares(const skel_report *report, const skel_report_section *section,
                                   skel_report_table *table)
{
    const size_t size = section->groups * SHARE_BYTES;
    char reason[64] = "";
    char *shares = NULL;
    size_t used = 0;
    skel_status status = SKEL_ALLOC(size, 1, &shares);

    for (size_t g = 0; g < section->groups && status == SKEL_OK; g++) {
        const skel_report_group *group = &section->group[g];
        bool is_last = g + 1 == section->groups || section->group[g + 1].line != group->line;

        if (group->is_off) {
            used += (size_t)snprintf(shares + used, size - used, "%s%.4g %% instead of %.10g %%",
                                     used > 0 ? ", " : "", 100 * (1 - group->density),
                                     100 * group->sparsity);
            explain_share(report, group, sizeof reason, reason);
        }
        if (is_last && used > 0) {
            status = skel_texts_add(&table->notes, "%s removed %s of the weights%s.",
                                    section->line[group->line].label, shares, reason);
            used = 0;
        }
    }
    SKEL_FREE(&shares);
    return status;
}

/* The seeds of one state; sets `out` to "" if there are none. */
static void list_seeds(const skel_report_group *group, skel_report_state state, size_t size,
                       char out[])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < group->absents; i++) {
        if (group->absent[i].state == state) {
            used += (size_t)snprintf(out + used, size - used, "%s%llu", used > 0 ? ", " : "",
                                     (unsigned long long)group->absent[i].seed);
        }
    }
}

/* A sentence for each state in which seeds of the group are. */
static skel_status note_seeds(const skel_report_group *group, const char *name, skel_texts *notes)
{
    const size_t size = group->absents * SEED_BYTES + 1;
    char *seeds = NULL;
    skel_status status = SKEL_ALLOC(size, 1, &seeds);

    for (skel_report_state state = SKEL_REPORT_DAMAGED;
         status == SKEL_OK && state < SKEL_REPORT_STATES; state++) {
        list_seeds(group, state, size, seeds);
        if (seeds[0] != '\0') {
            status = skel_texts_add(notes, "%s: seed %s %s.", name, seeds,
                                    skel_report_state_word(state));
        }
    }
    SKEL_FREE(&seeds);
    return status;
}

skel_status skel_table_note_absents(const skel_report *report, const skel_report_section *section,
                                    skel_report_table *table)
{
    char name[512];
    skel_status status = SKEL_OK;

    (void)report;
    for (size_t g = 0; g < section->groups; g++) {
        const skel_report_group *group = &section->group[g];

        name_group(section, group, sizeof name, name);
        SKEL_TRY(note_seeds(group, name, &table->notes));
        if (group->not_finite > 0) {
            SKEL_TRY(skel_texts_add(&table->notes,
                                    "%s: the test accuracy of %zu of %zu runs is not finite; means "
                                    "leave it out.",
                                    name, group->not_finite, group->runs));
        }
        if (group->tested < group->runs) {
            SKEL_TRY(skel_texts_add(&table->notes, "%s: %zu of %zu runs have no test accuracy.",
                                    name, group->runs - group->tested, group->runs));
        }
    }
done:
    return status;
}
