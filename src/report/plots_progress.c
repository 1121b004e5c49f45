/* Curves: training against epochs, pruning against iterations. */
#include "plots_list.h"

#include "plots_names.h"

#include <math.h>
#include <stdio.h>

enum {
    CURVE_POINTS = 100, /* of a curve: more are not seen, and make the page large */
    TRAINING_PANELS = 3,
    ITERATION_PANELS = 3,
};

/* One panel of curves. */
typedef struct curve {
    const char *dataset;
    const char *x_label;
    const char *y_label;
    double scale;
    bool log;
    size_t rows_min; /* groups with fewer rows have no curve */
} curve;

/* Adds the mean over the runs of a group, and the band, thinned. */
static skel_status add_curve(skel_plots *plots, const curve *what, const skel_report_group *group,
                             skel_panel *panel)
{
    skel_columns columns = {0};
    skel_series *series = NULL;
    size_t step = 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_plots_read(plots, group, what->dataset, &columns));
    step = (columns.rows + CURVE_POINTS - 1) / CURVE_POINTS;
    for (size_t row = 0; columns.rows >= what->rows_min && row < columns.rows; row++) {
        skel_average average = skel_plots_average(&columns, row, what->scale);

        if (average.count > 0 && ((columns.rows - 1 - row) % step == 0)) {
            SKEL_TRY(skel_plots_series(plots, group->line, panel, &series));
            SKEL_TRY(skel_series_add_average(series, &average));
        }
    }
done:
    skel_plots_free_columns(&columns);
    return status;
}

/* Ticks at whole numbers, at most ten of them. */
static skel_status add_ticks(skel_panel *panel)
{
    static const double steps[] = {1.0, 2.0, 5.0};
    char label[32];
    double last = 0.0;
    double step = 1.0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < panel->serieses; i++) {
        for (size_t j = 0; j < panel->series[i].averages; j++) {
            last = fmax(last, panel->series[i].average[j].x);
        }
    }
    for (size_t i = 0; last > 10.0 * step; i++) {
        step = steps[i % 3] * pow(10.0, floor((double)i / 3.0));
    }
    for (int i = 1; i * step <= last; i++) {
        (void)snprintf(label, sizeof label, "%.0f", i * step);
        SKEL_TRY(skel_axis_add_tick(&panel->x, i * step, label));
    }
done:
    return status;
}

static skel_status add_panel(skel_plots *plots, const curve *what, double sparsity,
                             const char *title, skel_figure *figure)
{
    const skel_report_section *section = plots->section;
    skel_panel *panel = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_figure_add_panel(figure, title, &panel));
    panel->y.log = what->log;
    (void)snprintf(panel->x.label, sizeof panel->x.label, "%s", what->x_label);
    (void)snprintf(panel->y.label, sizeof panel->y.label, "%s", what->y_label);
    for (size_t i = 0; i < section->groups; i++) {
        if (section->group[i].sparsity == sparsity &&
            !section->line[section->group[i].line].is_dense) {
            SKEL_TRY(add_curve(plots, what, &section->group[i], panel));
        }
    }
    SKEL_TRY(add_ticks(panel));
done:
    return status;
}

/* Whether runs were tested in more than the last epoch. */
static skel_status has_tests(skel_plots *plots, bool *out)
{
    const skel_report_section *section = plots->section;
    skel_columns columns = {0};
    size_t tests = 0;
    skel_status status = SKEL_OK;

    *out = false;
    for (size_t i = 0; i < section->groups && !*out; i++) {
        if (section->group[i].runs > 0 && !section->line[section->group[i].line].is_dense) {
            skel_plots_free_columns(&columns);
            SKEL_TRY(skel_plots_read(plots, &section->group[i], "/metrics/train/test_accuracy",
                                     &columns));
            tests = 0;
            for (size_t row = 0; row < columns.rows; row++) {
                tests += skel_plots_average(&columns, row, 1.0).count > 0;
            }
            *out = tests > 1;
        }
        if (tests > 0) { /* all runs of a section were tested alike */
            break;
        }
    }
done:
    skel_plots_free_columns(&columns);
    return status;
}

skel_status skel_plots_training(skel_plots *plots, skel_figure **out)
{
    curve what = {.dataset = "/metrics/train/accuracy",
                  .x_label = "epoch",
                  .y_label = "training acc. (%)",
                  .scale = 100.0,
                  .rows_min = 2};
    char title[SKEL_FIGURE_LABEL];
    double sparsity[TRAINING_PANELS];
    size_t count = skel_plots_pick(plots, TRAINING_PANELS, 1, sparsity);
    bool tested = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(has_tests(plots, &tested));
    if (tested) {
        what.dataset = "/metrics/train/test_accuracy";
        what.y_label = "test accuracy (%)";
    }
    SKEL_TRY(skel_plots_create(
        plots, "training",
        tested ? "Test accuracy after each epoch that was tested: means over the seeds; bands of "
                 "one standard deviation where they do not hide each other. Epochs of all legs of "
                 "a method are counted on"
               : "Accuracy on the training images of each epoch, as they were shown: means over "
                 "the seeds; bands of one standard deviation where they do not hide each other. "
                 "Epochs of all legs of a method are counted on",
        "means", out));
    (*out)->panel_height = 90.0;
    for (size_t i = 0; i < count; i++) {
        skel_plots_title(plots, sparsity[i], title);
        SKEL_TRY(add_panel(plots, &what, sparsity[i], title, *out));
    }
    skel_plots_note_bands(*out);
done:
    return status;
}

/* A logarithmic axis is of use over a wide range alone. */
static void choose_scale(skel_panel *panel)
{
    double low = (double)INFINITY;
    double high = 0.0;

    for (size_t i = 0; i < panel->serieses; i++) {
        for (size_t j = 0; j < panel->series[i].averages; j++) {
            double y = panel->series[i].average[j].y;

            low = y > 0.0 ? fmin(low, y) : low;
            high = fmax(high, y);
        }
    }
    panel->y.log = panel->y.log && high / low > 20.0;
}

skel_status skel_plots_iterations(skel_plots *plots, skel_figure **out)
{
    static const curve curves[ITERATION_PANELS] = {
        {"/metrics/prune/objective", "iteration", "objective", 1.0, true, 2},
        {"/metrics/prune/threshold", "iteration", "threshold", 1.0, true, 2},
        {"/metrics/prune/resurrected", "iteration", "weights resurrected", 1.0, false, 2},
    };
    char title[SKEL_FIGURE_LABEL];
    double sparsity[1];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_plots_create(
        plots, "iterations",
        "Iterative pruning: FORCE's objective, the sum over the kept weights of |weight x "
        "gradient| at the pruned network before the iteration; the lowest score that is kept; and "
        "the number of weights that were pruned and are kept again. Means over the seeds; 0 has "
        "no place on a logarithmic axis. Scores of methods with different criteria do not compare",
        "means", out));
    (*out)->panel_height = 85.0;
    if (skel_plots_pick(plots, 1, 1, sparsity) == 0) {
        goto done;
    }
    skel_plots_title(plots, sparsity[0], title);
    for (size_t i = 0; i < ITERATION_PANELS; i++) {
        SKEL_TRY(add_panel(plots, &curves[i], sparsity[0], i == 0 ? title : "", *out));
        choose_scale(&(*out)->panel[i]);
    }
    skel_plots_note_bands(*out);
done:
    return status;
}
