/* Tables with a row for each group: accuracy in detail, sparsity, cost. */
#include "table_makers.h"

#include "skel/memory.h"

enum { OWN = 2 }; /* columns that all of these tables begin with: method, sparsity */

/* Fills the cells of a group's row behind the first OWN ones. */
typedef skel_status fill_row(const skel_report *report, const skel_report_group *group,
                             skel_report_table *table);

/* What one of these tables is made of. */
typedef struct group_table {
    const char *name;
    const char *caption;
    size_t heads;
    const skel_table_head *head; /* [heads] */
    bool of_tested;              /* groups without a tested run have no row */
    fill_row *fill;
} group_table;

/* Describes a number of a group's runs. */
static skel_status estimate(const skel_report *report, const skel_report_group *group,
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

static skel_status make(const skel_report *report, const skel_report_section *section,
                        const group_table *what, skel_report_table *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_table_begin(what->name, what->caption, what->heads, what->head, out));
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        if ((what->of_tested ? group->tested : group->runs) == 0) {
            continue;
        }
        SKEL_TRY(skel_report_table_add_row(out));
        SKEL_TRY(skel_report_table_set_text(out, 0, section->line[group->line].label));
        skel_report_table_set_number(out, 1, 100 * group->sparsity);
        SKEL_TRY(what->fill(report, group, out));
    }
    if (out->rows > 0 && what->of_tested) { /* other tables have the shares in their rows */
        SKEL_TRY(skel_table_note_shares(report, section, out));
    }
    if (out->rows > 0) {
        SKEL_TRY(skel_table_note_absents(report, section, out));
    }
done:
    return status;
}

static skel_status fill_detail(const skel_report *report, const skel_report_group *group,
                               skel_report_table *table)
{
    const skel_estimate *a = &group->accuracy;
    const double values[] = {(double)a->count, 100 * a->mean, 100 * a->deviation};
    const double others[] = {100 * a->median, 100 * a->least, 100 * a->most,
                             (double)group->at_chance};
    const size_t interval = OWN + sizeof values / sizeof *values;

    (void)report;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        skel_report_table_set_number(table, OWN + i, values[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        skel_report_table_set_number(table, interval + 2 + i, others[i]);
    }
    (void)skel_table_set_interval(table, interval, 100 * a->low, 100 * a->high, 0, 100);
    return SKEL_OK;
}

/* Whether an interval goes beyond what an accuracy can be. */
static bool is_any_cut(const skel_report_section *section)
{
    for (size_t i = 0; i < section->groups; i++) {
        const skel_estimate *accuracy = &section->group[i].accuracy;

        if (accuracy->low < 0 || accuracy->high > 1) {
            return true;
        }
    }
    return false;
}

skel_status skel_table_make_detail(const skel_report *report, const skel_report_section *section,
                                   skel_report_table *out)
{
    static const skel_table_head heads[] = {
        {"method", SKEL_CELL_TEXT, 0},      {"removed (%)", SKEL_CELL_NUMBER, -1},
        {"runs", SKEL_CELL_NUMBER, 0},      {"mean (%)", SKEL_CELL_NUMBER, 2},
        {"sd", SKEL_CELL_NUMBER, 2},        {"95 % from", SKEL_CELL_NUMBER, 2},
        {"to", SKEL_CELL_NUMBER, 2},        {"median", SKEL_CELL_NUMBER, 2},
        {"least", SKEL_CELL_NUMBER, 2},     {"most", SKEL_CELL_NUMBER, 2},
        {"at chance", SKEL_CELL_NUMBER, 0},
    };
    static const group_table what = {
        .name = "accuracy-detail",
        .caption = "Test accuracy: mean, standard deviation (n - 1), 95 % interval of the mean by "
                   "Student's t; median and range of five runs or more",
        .heads = sizeof heads / sizeof *heads,
        .head = heads,
        .of_tested = true,
        .fill = fill_detail,
    };
    skel_status status = make(report, section, &what, out);

    return status == SKEL_OK && is_any_cut(section) ? skel_table_note_cut("accuracies", 0, 100, out)
                                                    : status;
}

/* A column that is the estimate of a number, times a factor. */
typedef struct number_column {
    skel_report_number number;
    double scale;
    bool is_one; /* all runs of a group have the same: it is shown without a deviation */
} number_column;

static skel_status fill_numbers(const skel_report *report, const skel_report_group *group,
                                size_t count, const number_column column[],
                                skel_report_table *table)
{
    skel_estimate of_runs;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        status = estimate(report, group, column[i].number, &of_runs);
        if (status == SKEL_OK && column[i].is_one) {
            skel_report_table_set_number(table, OWN + i, column[i].scale * of_runs.mean);
        } else if (status == SKEL_OK) {
            skel_report_table_set_estimate(table, OWN + i, &of_runs, column[i].scale);
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

static skel_status fill_sparsity(const skel_report *report, const skel_report_group *group,
                                 skel_report_table *table)
{
    static const number_column numbers[] = {
        {SKEL_REPORT_SPARSITY_REACHED, 100, false},
        {SKEL_REPORT_SPARSITY_EFFECTIVE, 100, false},
        {SKEL_REPORT_KEPT, 1, false},
        {SKEL_REPORT_KEPT_EFFECTIVE, 1, false},
        {SKEL_REPORT_COLLAPSED_LAYERS, 1, false},
    };
    const size_t count = sizeof numbers / sizeof *numbers;

    skel_report_table_set_number(table, OWN + count, count_disconnected(report, group));
    return fill_numbers(report, group, count, numbers, table);
}

skel_status skel_table_make_sparsity(const skel_report *report, const skel_report_section *section,
                                     skel_report_table *out)
{
    static const skel_table_head heads[] = {
        {"method", SKEL_CELL_TEXT, 0},
        {"removed (%)", SKEL_CELL_NUMBER, -1},
        {"reached (%)", SKEL_CELL_ESTIMATE, 3},
        {"effectively removed (%)", SKEL_CELL_ESTIMATE, 3},
        {"weights kept", SKEL_CELL_ESTIMATE, 0},
        {"of them effective", SKEL_CELL_ESTIMATE, 0},
        {"collapsed layers", SKEL_CELL_ESTIMATE, 1},
        {"disconnected runs", SKEL_CELL_NUMBER, 0},
    };
    static const group_table what = {
        .name = "sparsity",
        .caption = "Sparsity reached, and effective: weights count as removed, too, that are on "
                   "no path from the image to an output, or have no gradient; mean ± standard "
                   "deviation over the "
                   "seeds",
        .heads = sizeof heads / sizeof *heads,
        .head = heads,
        .fill = fill_sparsity,
    };

    return make(report, section, &what, out);
}

static skel_status fill_cost(const skel_report *report, const skel_report_group *group,
                             skel_report_table *table)
{
    static const number_column numbers[] = {
        {SKEL_REPORT_MACS_DENSE, 1e-6, true},  {SKEL_REPORT_MACS_KEPT, 1e-6, false},
        {SKEL_REPORT_MASK_MACS, 1e-9, true},   {SKEL_REPORT_TRAINING_MACS, 1e-9, true},
        {SKEL_REPORT_TRAIN_SPEED, 1, false},   {SKEL_REPORT_TEST_SPEED, 1, false},
        {SKEL_REPORT_SECONDS_PRUNE, 1, false}, {SKEL_REPORT_SECONDS_TRAIN, 1, false},
    };

    return fill_numbers(report, group, sizeof numbers / sizeof *numbers, numbers, table);
}

skel_status skel_table_make_cost(const skel_report *report, const skel_report_section *section,
                                 skel_report_table *out)
{
    static const skel_table_head heads[] = {
        {"method", SKEL_CELL_TEXT, 0},
        {"removed (%)", SKEL_CELL_NUMBER, -1},
        {"dense (million/image)", SKEL_CELL_NUMBER, 3},
        {"kept (million/image)", SKEL_CELL_ESTIMATE, 3},
        {"mask (billion)", SKEL_CELL_NUMBER, 3},
        {"training (billion)", SKEL_CELL_NUMBER, 3},
        {"training (images/s)", SKEL_CELL_ESTIMATE, 0},
        {"testing (images/s)", SKEL_CELL_ESTIMATE, 0},
        {"pruning (s)", SKEL_CELL_ESTIMATE, 2},
        {"training (s)", SKEL_CELL_ESTIMATE, 2},
    };
    static const group_table what = {
        .name = "cost",
        .caption =
            "Multiply-adds: of a forward pass with all and with the kept weights; of a run until "
            "its last pruning iteration, and of the training after that, pruned weights included. "
            "Speed, and time of pruning and training (wall clock). Mean ± standard deviation over "
            "the seeds",
        .heads = sizeof heads / sizeof *heads,
        .head = heads,
        .fill = fill_cost,
    };

    return make(report, section, &what, out);
}
