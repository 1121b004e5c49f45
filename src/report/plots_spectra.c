/* Spectra of the neural tangent kernel, of the files that `skel spectrum` leaves beside the runs:
 * eigenvalues by method, and the accuracy against the numbers that sum them up. */
#include "plots_list.h"

#include "skel/correlation.h"
#include "skel/memory.h"

#include "eigenvalues.h"
#include "plots_names.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { SPECTRA_PANELS = 2 };

/* As skel_eigenvalues_read(); a file that cannot be read is passed over. */
static skel_status take_values(skel_plots *plots, const skel_eigenvalues_choice *choice,
                               const skel_report_run *run, skel_eigenvalues *out)
{
    skel_status status = skel_eigenvalues_read(run, &choice->settings, out);

    if (status != SKEL_OK) {
        SKEL_FREE(&out->value);
        out->count = 0;
    }
    return skel_plots_pass_over(plots, status);
}

/* What is rounding is no eigenvalue: it has no place on a logarithmic axis. */
static void drop_rounding(skel_eigenvalues *of)
{
    double floor = of->count > 0 ? (double)of->count * DBL_EPSILON * of->value[0] : 0;

    while (of->count > 0 && !(of->value[of->count - 1] > floor)) {
        of->count--;
    }
}

/* Mean over the runs in logarithms, and a standard deviation of these on each side: eigenvalues of
 * seeds differ by factors. */
static skel_average average_of(const skel_columns *columns, size_t row)
{
    skel_running running = {0};
    skel_average out;

    for (size_t i = 0; i < columns->runs; i++) {
        if (row < columns->count[i]) {
            skel_running_add(&running, log(columns->value[i][row]));
        }
    }
    out = skel_average_make((double)row + 1, &running);
    out.y = exp(out.y);
    out.low = exp(out.low);
    out.high = exp(out.high);
    return out;
}

/* Eigenvalues of the runs of a group that have the chosen spectra; `rows` of the columns is the
 * number that all of these runs have. */
static skel_status read_group(skel_plots *plots, const skel_eigenvalues_choice *choice,
                              const skel_report_group *group, skel_columns *out)
{
    size_t probed = 0;
    skel_status status = SKEL_OK;

    *out = (skel_columns){.runs = group->runs};
    SKEL_TRY(SKEL_ALLOC(group->runs, sizeof *out->count, &out->count));
    SKEL_TRY(SKEL_ALLOC(group->runs, sizeof *out->value, &out->value));
    for (size_t i = 0; i < group->runs; i++) {
        skel_eigenvalues of = {.count = 0};

        SKEL_TRY(take_values(plots, choice, skel_plots_run(plots, group, i), &of));
        if (of.count > 0) {
            drop_rounding(&of);
            out->rows = probed++ == 0 || of.count < out->rows ? of.count : out->rows;
        }
        out->count[i] = of.count;
        out->value[i] = of.value;
    }
done:
    return status;
}

/* The means of a group: of those eigenvalues that a logarithmic axis can tell apart. */
static skel_status add_values(skel_plots *plots, const skel_eigenvalues_choice *choice,
                              const skel_report_group *group, skel_panel *panel)
{
    skel_columns columns = {0};
    skel_series *series = NULL;
    size_t next = 0;
    skel_status status = read_group(plots, choice, group, &columns);

    for (size_t row = 0; status == SKEL_OK && row < columns.rows; row = next) {
        skel_average average = average_of(&columns, row);

        status = skel_plots_series(plots, group->line, panel, &series);
        if (status == SKEL_OK) {
            status = skel_series_add_average(series, &average);
        }
        next = row + 1 + row / 8;
        if (row + 1 < columns.rows && next >= columns.rows) {
            next = columns.rows - 1; /* the smallest is drawn, too */
        }
    }
    skel_plots_free_columns(&columns);
    return status;
}

skel_status skel_plots_spectra(skel_plots *plots, skel_figure **out)
{
    const skel_report_section *section = plots->section;
    char caption[SKEL_FIGURE_CAPTION];
    char chosen[SKEL_EIGENVALUES_TEXT];
    char title[SKEL_FIGURE_LABEL];
    double sparsity[SPECTRA_PANELS];
    size_t count = skel_plots_pick(plots, SPECTRA_PANELS, 1, sparsity);
    skel_eigenvalues_choice choice;
    skel_panel *panel = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_eigenvalues_choose(plots->report, section, &choice));
    skel_eigenvalues_describe(&choice, chosen);
    (void)snprintf(caption, sizeof caption,
                   "Eigenvalues of the neural tangent kernel over the kept weights, the largest "
                   "first: means of their logarithms over the seeds, and one standard deviation "
                   "(n - 1) on each side, of the %s. A line ends where the next eigenvalue of a "
                   "seed is 0 but for rounding, and a kernel that is 0 has none",
                   chosen);
    SKEL_TRY(
        skel_plots_create(plots, "spectra", caption, "means of logarithms; bands: 1 s.d.", out));
    (*out)->panel_height = 110.0;
    for (size_t i = 0; i < count; i++) {
        skel_plots_title(plots, sparsity[i], title);
        SKEL_TRY(skel_figure_add_panel(*out, title, &panel));
        panel->x.log = true;
        panel->y.log = true;
        (void)snprintf(panel->x.label, sizeof panel->x.label, "number of the eigenvalue");
        (void)snprintf(panel->y.label, sizeof panel->y.label, "eigenvalue");
        for (size_t j = 0; j < section->groups; j++) {
            if (section->group[j].sparsity == sparsity[i] &&
                !section->line[section->group[j].line].is_dense) {
                SKEL_TRY(add_values(plots, &choice, &section->group[j], panel));
            }
        }
    }
done:
    return status;
}

/* The runs of a section that have the chosen spectra. */
typedef struct probed {
    size_t count;
    size_t *line;      /* [count] of the section */
    const char **run;  /* [count] names; borrowed */
    double *accuracy;  /* [count] percent */
    double *number[2]; /* [count] condition number, effective rank */
    size_t *seed;      /* [count] number of the seed */
    size_t seeds;
    uint64_t *seed_of; /* [seeds] */
} probed;

static void forget(probed *all)
{
    SKEL_FREE(&all->line);
    SKEL_FREE(&all->run);
    SKEL_FREE(&all->accuracy);
    SKEL_FREE(&all->number[0]);
    SKEL_FREE(&all->number[1]);
    SKEL_FREE(&all->seed);
    SKEL_FREE(&all->seed_of);
}

static size_t number_seed(probed *all, uint64_t seed)
{
    size_t number = 0;

    while (number < all->seeds && all->seed_of[number] != seed) {
        number++;
    }
    if (number == all->seeds) {
        all->seed_of[all->seeds++] = seed;
    }
    return number;
}

static void append(probed *all, const skel_report_run *run, size_t line, const skel_eigenvalues *of)
{
    size_t i = all->count++;

    all->line[i] = line;
    all->run[i] = run->name;
    all->accuracy[i] = 100.0 * run->number[SKEL_REPORT_TEST_ACCURACY];
    all->number[0][i] = isnan(of->condition) ? (double)INFINITY : of->condition; /* of zeros */
    all->number[1][i] = of->effective_rank;
    all->seed[i] = number_seed(all, run->seed);
}

static skel_status gather(skel_plots *plots, const skel_eigenvalues_choice *choice, probed *all)
{
    const skel_report_section *section = plots->section;
    size_t runs = plots->report->runs;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(runs, sizeof *all->line, &all->line));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof *all->run, &all->run));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof *all->accuracy, &all->accuracy));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof(double), &all->number[0]));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof(double), &all->number[1]));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof *all->seed, &all->seed));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof *all->seed_of, &all->seed_of));
    for (size_t j = 0; j < section->groups; j++) {
        const skel_report_group *group = &section->group[j];

        for (size_t i = 0; i < group->runs && !section->line[group->line].is_dense; i++) {
            const skel_report_run *run = skel_plots_run(plots, group, i);
            skel_eigenvalues of = {.count = 0};

            SKEL_TRY(take_values(plots, choice, run, &of));
            if (of.count > 0) {
                append(all, run, group->line, &of);
            }
            SKEL_FREE(&of.value);
        }
    }
done:
    return status;
}

/* "rank correlation -0.62 [-0.81, -0.35], 24 runs" */
static void title_of(const skel_correlation *found, char out[SKEL_FIGURE_LABEL])
{
    if (isnan(found->rho)) {
        (void)snprintf(out, SKEL_FIGURE_LABEL, "no rank correlation, %zu run%s", found->count,
                       found->count == 1 ? "" : "s");
    } else {
        (void)snprintf(out, SKEL_FIGURE_LABEL, "rank correlation %.2f [%.2f, %.2f], %zu runs",
                       found->rho, found->low, found->high, found->count);
    }
}

static skel_status add_scatter(const skel_plots *plots, const probed *all, size_t number,
                               const char *label, skel_figure *figure)
{
    char title[SKEL_FIGURE_LABEL];
    skel_correlation found;
    skel_panel *panel = NULL;
    skel_series *series = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_correlation_make(all->count, all->number[number], all->accuracy, all->seeds,
                                   all->seed, &found));
    title_of(&found, title);
    SKEL_TRY(skel_figure_add_panel(figure, title, &panel));
    panel->x.log = true;
    (void)snprintf(panel->x.label, sizeof panel->x.label, "%s", label);
    (void)snprintf(panel->y.label, sizeof panel->y.label, "test accuracy (%%)");
    for (size_t i = 0; i < all->count; i++) {
        SKEL_TRY(skel_plots_series(plots, all->line[i], panel, &series));
        SKEL_TRY(
            skel_series_add_point(series, all->number[number][i], all->accuracy[i], all->run[i]));
    }
done:
    return status;
}

/* Runs whose number has no place on a logarithmic axis. */
static size_t count_undrawn(const probed *all, size_t number)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        count += !(isfinite(all->number[number][i]) && all->number[number][i] > 0);
    }
    return count;
}

skel_status skel_plots_trainability(skel_plots *plots, skel_figure **out)
{
    char caption[SKEL_FIGURE_CAPTION];
    char chosen[SKEL_EIGENVALUES_TEXT];
    skel_eigenvalues_choice choice;
    probed all = {.count = 0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_eigenvalues_choose(plots->report, plots->section, &choice));
    SKEL_TRY(gather(plots, &choice, &all));
    skel_eigenvalues_describe(&choice, chosen);
    (void)snprintf(
        caption, sizeof caption,
        "Test accuracy against condition number and effective rank of the neural tangent kernel, "
        "a point for each of the %s. Above: Spearman's rank correlation over methods, sparsities "
        "and seeds, and its 95 %% interval by the bootstrap over seeds, then runs. A singular "
        "kernel counts as the largest condition number, a kernel of zeros as effective rank 0; "
        "neither has a place on the axis. Both numbers follow the sparsity: correlation is no "
        "proof",
        chosen);
    SKEL_TRY(skel_plots_create(plots, "accuracy-spectra", caption, "points: runs", out));
    (*out)->panel_height = 110.0;
    if (all.count > 0) {
        SKEL_TRY(add_scatter(plots, &all, 0, "condition number of the kernel", *out));
        SKEL_TRY(add_scatter(plots, &all, 1, "effective rank of the kernel", *out));
        skel_plots_note_undrawn(*out, count_undrawn(&all, 0), "with a singular kernel, above");
        skel_plots_note_undrawn(*out, count_undrawn(&all, 1), "with a kernel of zeros, below");
    }
done:
    forget(&all);
    return status;
}
