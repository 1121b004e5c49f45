/* Test accuracy by method and sparsity. */
#include "table_makers.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static size_t count_tested(const skel_report_section *section)
{
    size_t tested = 0;

    for (size_t i = 0; i < section->groups; i++) {
        tested += section->group[i].tested;
    }
    return tested;
}

static bool has_dense(const skel_report_section *section)
{
    return section->lines > 0 && section->line[0].is_dense;
}

static skel_status add_columns(const skel_report_section *section, skel_report_table *table)
{
    char title[64];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_add_column(table, "method", SKEL_CELL_TEXT, 0));
    if (has_dense(section)) {
        SKEL_TRY(skel_report_table_add_column(table, "dense", SKEL_CELL_ESTIMATE, 2));
    }
    for (size_t i = 0; i < section->sparsities; i++) {
        (void)snprintf(title, sizeof title, "%.10g %% removed", 100 * section->sparsity[i]);
        SKEL_TRY(skel_report_table_add_column(table, title, SKEL_CELL_ESTIMATE, 2));
    }
done:
    return status;
}

/* The runs of the largest mean. */
static size_t count_most(const skel_report_section *section)
{
    size_t most = 0;

    for (size_t i = 0; i < section->groups; i++) {
        size_t count = section->group[i].accuracy.count;

        most = count > most ? count : most;
    }
    return most;
}

/* A mean of fewer runs than others have, or than it should have, says so, and so do runs at chance.
 */
static skel_status fill_cell(const skel_report_section *section, const skel_report_group *group,
                             size_t column, skel_report_table *table)
{
    char note[64] = "";
    size_t used = 0;

    skel_report_table_set_estimate(table, column, &group->accuracy, 100);
    if (group->accuracy.count < count_most(section) ||
        group->accuracy.count < group->runs + group->absents) {
        used = (size_t)snprintf(note, sizeof note, " (n %zu)", group->accuracy.count);
    }
    if (group->at_chance > 0) {
        (void)snprintf(note + used, sizeof note - used, " (%zu at chance)", group->at_chance);
    }
    return note[0] != '\0' ? skel_report_table_set_text(table, column, note) : SKEL_OK;
}

/* The column of a group; dense ones have one of their own. */
static size_t column_of(const skel_report_section *section, const skel_report_group *group)
{
    size_t column = 1;

    if (section->line[group->line].is_dense) {
        return column;
    }
    while (section->sparsity[column - 1] != group->sparsity) {
        column++;
    }
    return column + has_dense(section);
}

static skel_status add_line(const skel_report_section *section, size_t line,
                            skel_report_table *table)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_add_row(table));
    SKEL_TRY(skel_report_table_set_text(table, 0, section->line[line].label));
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        if (group->line == line) {
            SKEL_TRY(fill_cell(section, group, column_of(section, group), table));
        }
    }
done:
    return status;
}

static skel_status note_chance(const skel_report_section *section, skel_report_table *table)
{
    if (isnan(section->chance)) {
        return SKEL_OK;
    }
    return skel_texts_add(&table->notes, "Guessing gives %.2f %% (%s).", 100 * section->chance,
                          section->chance_by_files
                              ? "the share of the test set's most frequent class"
                              : "1 / number of classes: the files do not say how many test images "
                                "each class has");
}

skel_status skel_table_make_accuracy(const skel_report *report, const skel_report_section *section,
                                     skel_report_table *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_make(
        "accuracy", "Test accuracy in %, mean ± standard deviation over the seeds", out));
    if (count_tested(section) == 0) {
        goto done;
    }
    SKEL_TRY(add_columns(section, out));
    for (size_t i = 0; i < section->lines; i++) {
        SKEL_TRY(add_line(section, i, out));
    }
    SKEL_TRY(note_chance(section, out));
    SKEL_TRY(skel_table_note_shares(report, section, out));
    SKEL_TRY(skel_table_note_absents(report, section, out));
done:
    return status;
}
