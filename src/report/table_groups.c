/* Tables with a row for each group: accuracy in detail, sparsity, cost. */
#include "table_makers.h"

#include "skel/memory.h"

#include <math.h>

skel_status skel_table_estimate(const skel_report *report, const skel_report_group *group,
                                skel_report_number number, skel_estimate *out)
{
    double *values = NULL;
    skel_status status = SKEL_ALLOC(group->runs, sizeof *values, &values);

    if (status == SKEL_OK) {
        for (size_t i = 0; i < group->runs; i++) {
            values[i] = report->run[group->run[i]].number[number];
        }
        skel_estimate_make(group->runs, values, out);
    }
    SKEL_FREE(&values);
    return status;
}

skel_status skel_table_begin(skel_report_table *table, size_t heads, const skel_table_head head[])
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_add_column(table, "method", SKEL_CELL_TEXT, 0));
    SKEL_TRY(skel_report_table_add_column(table, "removed (%)", SKEL_CELL_NUMBER, -1));
    for (size_t i = 0; i < heads; i++) {
        SKEL_TRY(
            skel_report_table_add_column(table, head[i].title, head[i].kind, head[i].decimals));
    }
done:
    return status;
}

skel_status skel_table_add_group(const skel_report_section *section, const skel_report_group *group,
                                 skel_report_table *table)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_add_row(table));
    SKEL_TRY(skel_report_table_set_text(table, 0, section->line[group->line].label));
    skel_report_table_set_number(table, 1, 100 * group->sparsity);
done:
    return status;
}

skel_status skel_table_make_detail(const skel_report *report, const skel_report_section *section,
                                   skel_report_table *out)
{
    static const skel_table_head columns[] = {
        {"runs", SKEL_CELL_NUMBER, 0},      {"mean (%)", SKEL_CELL_NUMBER, 2},
        {"sd", SKEL_CELL_NUMBER, 2},        {"95 % from", SKEL_CELL_NUMBER, 2},
        {"to", SKEL_CELL_NUMBER, 2},        {"median", SKEL_CELL_NUMBER, 2},
        {"least", SKEL_CELL_NUMBER, 2},     {"most", SKEL_CELL_NUMBER, 2},
        {"at chance", SKEL_CELL_NUMBER, 0},
    };
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_make("accuracy-detail",
                                    "Test accuracy: mean, standard deviation (n - 1), 95 % "
                                    "interval of the mean by Student's t; median and range of five "
                                    "runs or more",
                                    out));
    SKEL_TRY(skel_table_begin(out, sizeof columns / sizeof *columns, columns));
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];
        const skel_estimate *a = &group->accuracy;
        const double values[] = {(double)a->count, 100 * a->mean, 100 * a->deviation,
                                 100 * a->low,     100 * a->high, 100 * a->median,
                                 100 * a->least,   100 * a->most, (double)group->at_chance};

        if (group->tested == 0) {
            continue;
        }
        SKEL_TRY(skel_table_add_group(section, group, out));
        for (size_t c = 0; c < sizeof values / sizeof *values; c++) {
            skel_report_table_set_number(out, 2 + c, values[c]);
        }
    }
    if (out->rows > 0) {
        SKEL_TRY(skel_table_note_absents(report, section, out));
    }
done:
    return status;
}

/* A column whose estimate is of a number, times a factor. */
typedef struct number_column {
    skel_report_number number;
    double scale;
} number_column;

static skel_status add_estimates(const skel_report *report, const skel_report_group *group,
                                 size_t first, size_t count, const number_column column[],
                                 skel_report_table *table)
{
    skel_estimate estimate;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        status = skel_table_estimate(report, group, column[i].number, &estimate);
        if (status == SKEL_OK) {
            skel_report_table_set_estimate(table, first + i, &estimate, column[i].scale);
        }
    }
    return status;
}

static double count_disconnected(const skel_report *report, const skel_report_group *group)
{
    size_t count = 0;

    for (size_t i = 0; i < group->runs; i++) {
        count += report->run[group->run[i]].number[SKEL_REPORT_CONNECTED] == 0;
    }
    return (double)count;
}

skel_status skel_table_make_sparsity(const skel_report *report, const skel_report_section *section,
                                     skel_report_table *out)
{
    static const skel_table_head columns[] = {
        {"reached (%)", SKEL_CELL_ESTIMATE, 3},      {"effective (%)", SKEL_CELL_ESTIMATE, 3},
        {"weights kept", SKEL_CELL_ESTIMATE, 0},     {"of them effective", SKEL_CELL_ESTIMATE, 0},
        {"collapsed layers", SKEL_CELL_ESTIMATE, 1}, {"disconnected runs", SKEL_CELL_NUMBER, 0},
    };
    static const number_column numbers[] = {
        {SKEL_REPORT_SPARSITY_REACHED, 100},
        {SKEL_REPORT_SPARSITY_EFFECTIVE, 100},
        {SKEL_REPORT_KEPT, 1},
        {SKEL_REPORT_KEPT_EFFECTIVE, 1},
        {SKEL_REPORT_COLLAPSED_LAYERS, 1},
    };
    const size_t count = sizeof numbers / sizeof *numbers;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_make("sparsity",
                                    "Sparsity reached, and effective: weights count that are on a "
                                    "path from the image to an output and have a gradient; mean ± "
                                    "standard deviation over the seeds",
                                    out));
    SKEL_TRY(skel_table_begin(out, sizeof columns / sizeof *columns, columns));
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        if (group->runs == 0) {
            continue;
        }
        SKEL_TRY(skel_table_add_group(section, group, out));
        SKEL_TRY(add_estimates(report, group, 2, count, numbers, out));
        skel_report_table_set_number(out, 2 + count, count_disconnected(report, group));
    }
    if (out->rows > 0) {
        SKEL_TRY(skel_table_note_absents(report, section, out));
    }
done:
    return status;
}

skel_status skel_table_make_cost(const skel_report *report, const skel_report_section *section,
                                 skel_report_table *out)
{
    static const skel_table_head columns[] = {
        {"multiply-adds dense (million/image)", SKEL_CELL_ESTIMATE, 3},
        {"kept (million/image)", SKEL_CELL_ESTIMATE, 3},
        {"training (images/s)", SKEL_CELL_ESTIMATE, 0},
        {"testing (images/s)", SKEL_CELL_ESTIMATE, 0},
        {"pruning (s)", SKEL_CELL_ESTIMATE, 2},
        {"training (s)", SKEL_CELL_ESTIMATE, 2},
    };
    static const number_column numbers[] = {
        {SKEL_REPORT_MACS_DENSE, 1e-6}, {SKEL_REPORT_MACS_KEPT, 1e-6},
        {SKEL_REPORT_TRAIN_SPEED, 1},   {SKEL_REPORT_TEST_SPEED, 1},
        {SKEL_REPORT_SECONDS_PRUNE, 1}, {SKEL_REPORT_SECONDS_TRAIN, 1},
    };
    const size_t count = sizeof numbers / sizeof *numbers;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_make("cost",
                                    "Multiply-adds of a forward pass, speed, and time of pruning "
                                    "and training (wall clock); mean ± standard deviation over the "
                                    "seeds",
                                    out));
    SKEL_TRY(skel_table_begin(out, sizeof columns / sizeof *columns, columns));
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        if (group->runs > 0) {
            SKEL_TRY(skel_table_add_group(section, group, out));
            SKEL_TRY(add_estimates(report, group, 2, count, numbers, out));
        }
    }
    if (out->rows > 0) {
        SKEL_TRY(skel_table_note_absents(report, section, out));
    }
done:
    return status;
}
