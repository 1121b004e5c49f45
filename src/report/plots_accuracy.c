/* Test accuracy against numbers of the summaries. */
#include "plots_list.h"

#include "skel/memory.h"

#include "figure_layout.h"
#include "plots_names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What stands on the horizontal axis: a number of a run, in the axis' unit. */
typedef double horizontal(const skel_report_group *group, const skel_report_run *run);

/* One of these figures. */
typedef struct accuracy_figure {
    const char *name;
    const char *caption;
    const char *label;
    horizontal *x;
    const char *none; /* a run that is 0 there, and has no place on the logarithmic axis */
    bool reversed;
    bool at_settings; /* ticks at the values that were run */
} accuracy_figure;

static const char spread[] = "points: runs; bands, bars: 1 s.d.";

/* Of runs that keep the asked share of the weights but for rounding, the asked one: they stand at
 * one place. */
static double density(const skel_report_group *group, const skel_report_run *run)
{
    return group->is_off ? 100.0 * run->number[SKEL_REPORT_KEPT] / run->number[SKEL_REPORT_PRUNABLE]
                         : 100.0 * (1.0 - group->sparsity);
}

static double effective_density(const skel_report_group *group, const skel_report_run *run)
{
    (void)group;
    return 100.0 * run->number[SKEL_REPORT_KEPT_EFFECTIVE] / run->number[SKEL_REPORT_PRUNABLE];
}

static double million_macs(const skel_report_group *group, const skel_report_run *run)
{
    (void)group;
    return 1e-6 * run->number[SKEL_REPORT_MACS_KEPT];
}

static double seconds(const skel_report_group *group, const skel_report_run *run)
{
    (void)group;
    return run->number[SKEL_REPORT_SECONDS_PRUNE];
}

/* The points of a group, and the mean in both directions of those that have a place on the
 * logarithmic axis. Counts the others. */
static skel_status add_group(const skel_plots *plots, const accuracy_figure *what,
                             const skel_report_group *group, skel_series *series, size_t *undrawn)
{
    skel_average average = {.low = (double)NAN, .high = (double)NAN};
    skel_estimate accuracy;
    double *values = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(group->runs, sizeof *values, &values));
    for (size_t i = 0; i < group->runs; i++) {
        const skel_report_run *run = skel_plots_run(plots, group, i);
        double x = what->x(group, run);
        double y = 100.0 * run->number[SKEL_REPORT_TEST_ACCURACY];

        SKEL_TRY(skel_series_add_point(series, x, y, run->name));
        if (isfinite(x) && isfinite(y) && x > 0.0) {
            average.x += x;
            values[average.count++] = y;
        }
        *undrawn += isfinite(y) && x <= 0.0;
    }
    if (average.count > 0) {
        skel_estimate_make(average.count, values, &accuracy);
        average.x /= (double)average.count;
        average.y = accuracy.mean;
        average.low = accuracy.mean - accuracy.deviation;
        average.high = accuracy.mean + accuracy.deviation;
        SKEL_TRY(skel_series_add_average(series, &average));
    }
done:
    SKEL_FREE(&values);
    return status;
}

/* Horizontal lines: networks with all weights, and guessing. */
static void add_levels(const skel_plots *plots, skel_panel *panel)
{
    const skel_report_section *section = plots->section;
    char name[SKEL_FIGURE_LABEL];

    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];
        const skel_report_line *line = &section->line[group->line];

        if (line->is_dense && panel->levels + 1 < SKEL_FIGURE_LEVELS) {
            size_t length = strlen(line->method);
            /* with the method among the keys, the label begins with its name */
            bool begins = length > 0 && strncmp(line->label, line->method, length) == 0;

            (void)snprintf(name, sizeof name, "dense%s%s (%.1f %%)", begins ? "" : " ",
                           line->label + (begins ? length : 0), 100.0 * group->accuracy.mean);
            skel_panel_add_level(panel, 100.0 * group->accuracy.mean, name);
        }
    }
    (void)snprintf(name, sizeof name, "chance (%.1f %%)", 100.0 * section->chance);
    if (isfinite(section->chance)) {
        skel_panel_add_level(panel, 100.0 * section->chance, name);
        panel->level[panel->levels - 1].dashes =
            SKEL_FIGURE_LEVELS - 1; /* with and without dense */
    }
}

/* Ticks at the shares that were asked for, where runs keep them, and at all weights. */
static skel_status add_ticks(const skel_report_section *section, skel_panel *panel)
{
    char label[32];
    skel_status status = SKEL_OK;

    bool keeps_all = false;

    for (size_t i = section->sparsities; i > 0; i--) {
        double at = 100.0 * (1.0 - section->sparsity[i - 1]);
        bool is_kept = false;

        for (size_t j = 0; j < section->groups; j++) {
            const skel_report_group *group = &section->group[j];

            is_kept = is_kept || (group->sparsity == section->sparsity[i - 1] &&
                                  group->tested > 0 && !group->is_off);
            keeps_all = keeps_all || (group->is_off && group->density > 0.995);
        }
        (void)snprintf(label, sizeof label, "%.4g", at);
        if (is_kept && status == SKEL_OK) {
            status = skel_axis_add_tick(&panel->x, at, label);
        }
    }
    return keeps_all && status == SKEL_OK ? skel_axis_add_tick(&panel->x, 100.0, "100") : status;
}

/* A panel of all sparsities, or of one of them. */
static skel_status add_panel(const skel_plots *plots, const accuracy_figure *what,
                             const double *sparsity, skel_figure *figure)
{
    const skel_report_section *section = plots->section;
    char title[SKEL_FIGURE_LABEL] = "";
    skel_panel *panel = NULL;
    skel_series *series = NULL;
    size_t undrawn = 0;
    skel_status status = SKEL_OK;

    if (sparsity != NULL) {
        skel_plots_title(plots, *sparsity, title);
    }
    SKEL_TRY(skel_figure_add_panel(figure, title, &panel));
    panel->x.log = true;
    panel->x.reversed = what->reversed;
    (void)snprintf(panel->x.label, sizeof panel->x.label, "%s", what->label);
    (void)snprintf(panel->y.label, sizeof panel->y.label, "test accuracy (%%)");
    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        if (!section->line[group->line].is_dense &&
            (sparsity == NULL || *sparsity == group->sparsity)) {
            SKEL_TRY(skel_plots_series(plots, group->line, panel, &series));
            SKEL_TRY(add_group(plots, what, group, series, &undrawn));
        }
    }
    skel_plots_note_undrawn(figure, undrawn, what->none);
    add_levels(plots, panel);
    if (what->at_settings) {
        SKEL_TRY(add_ticks(section, panel));
    }
done:
    return status;
}

static skel_status make(const skel_plots *plots, const accuracy_figure *what, skel_figure **out)
{
    skel_status status = skel_plots_create(plots, what->name, what->caption, spread, out);

    if (status == SKEL_OK) {
        status = add_panel(plots, what, NULL, *out);
    }
    return status;
}

skel_status skel_plots_kept(skel_plots *plots, skel_figure **out)
{
    static const accuracy_figure what = {
        .name = "accuracy",
        .caption = "Test accuracy against the share of the weights that is kept: a point for each "
                   "run, lines through the means over the seeds, bands or bars of one standard "
                   "deviation (n - 1) on each side. Many methods stand beside each other at each "
                   "share, if all runs keep the share that was asked for; else all runs stand at "
                   "their own",
        .label = "weights kept (%)",
        .none = "without a weight",
        .x = density,
        .reversed = true,
        .at_settings = true,
    };

    return make(plots, &what, out);
}

skel_status skel_plots_effective(skel_plots *plots, skel_figure **out)
{
    static const accuracy_figure what = {
        .name = "accuracy-effective",
        .caption = "Test accuracy against the effective density: the share of the weights that are "
                   "kept, lie on a path from the image to a logit and have a gradient. A run "
                   "without such a weight has no place on the logarithmic axis, and no part in a "
                   "mean. Points: runs; lines: means; bands or bars: one standard deviation",
        .label = "effective density (%)",
        .none = "without an effective weight",
        .x = effective_density,
        .reversed = true,
    };

    return make(plots, &what, out);
}

skel_status skel_plots_macs(skel_plots *plots, skel_figure **out)
{
    static const accuracy_figure what = {
        .name = "accuracy-macs",
        .caption = "Test accuracy against the multiply-adds of a forward pass with the kept "
                   "weights. Points: runs; lines: means; bands or bars: one standard deviation",
        .label = "multiply-adds (million per image)",
        .none = "without a multiply-add",
        .x = million_macs,
        .reversed = true,
    };

    return make(plots, &what, out);
}

/* Panels that are to be compared have the same axes. */
static void share_ranges(skel_figure *figure)
{
    skel_range x = {(double)INFINITY, -(double)INFINITY};
    skel_range y = x;

    for (size_t i = 0; i < figure->panels; i++) {
        skel_range own_x = skel_layout_range_x(&figure->panel[i]);
        skel_range own_y = skel_layout_range_y(&figure->panel[i]);

        x = (skel_range){fmin(x.low, own_x.low), fmax(x.high, own_x.high)};
        y = (skel_range){fmin(y.low, own_y.low), fmax(y.high, own_y.high)};
    }
    for (size_t i = 0; i < figure->panels; i++) {
        figure->panel[i].x.low = x.low;
        figure->panel[i].x.high = x.high;
        figure->panel[i].y.low = y.low;
        figure->panel[i].y.high = y.high;
    }
}

skel_status skel_plots_time(skel_plots *plots, skel_figure **out)
{
    static const accuracy_figure what = {
        .name = "accuracy-time",
        .caption =
            "Test accuracy against the wall-clock time of pruning. Points: runs; large "
            "markers: means; bars: one standard deviation of the accuracy. Training does not "
            "count, neither before nor after pruning. Times of runs on different machines do "
            "not compare",
        .label = "time of pruning (s)",
        .none = "without a time of pruning",
        .x = seconds,
    };
    double sparsity[2];
    size_t count = skel_plots_pick(plots, 2, 1, sparsity);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_plots_create(plots, what.name, what.caption, "points: runs; bars: 1 s.d.", out));
    (*out)->panel_height = 100.0;
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(add_panel(plots, &what, &sparsity[i], *out));
    }
    share_ranges(*out);
done:
    return status;
}
