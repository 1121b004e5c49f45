/* Density of each layer, by method. */
#include "plots_list.h"

#include "skel/reader.h"

#include "figure_layout.h"
#include "plots_names.h"

#include <math.h>
#include <stdio.h>

enum { LAYER_PANELS = 2, NAME_MAX = 22 };

/* Ticks with the layers' names, of the first run that has them. */
static skel_status add_names(skel_plots *plots, const skel_report_group *group, skel_panel *panel)
{
    char label[SKEL_FIGURE_LABEL];
    skel_reader *reader = NULL;
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(skel_plots_run(plots, group, 0)->path, &reader));
    if (skel_reader_has(reader, "/metrics/layers/name")) {
        SKEL_TRY(skel_reader_texts(reader, "/metrics/layers/name", &count, &names));
    }
    for (size_t i = 0; i < count; i++) {
        skel_plots_layer(names[i], NAME_MAX, label);
        SKEL_TRY(skel_axis_add_tick(&panel->x, (double)i + 1.0, label));
    }
done:
    skel_reader_free_names(count, &names);
    return skel_plots_pass_over(plots, skel_reader_close(&reader, status));
}

static skel_status add_group(skel_plots *plots, const skel_report_group *group, skel_panel *panel)
{
    skel_columns columns = {0};
    skel_series *series = NULL;
    skel_status status = SKEL_OK;

    if (group->runs > 0 && panel->x.ticks == 0) {
        SKEL_TRY(add_names(plots, group, panel));
    }
    SKEL_TRY(skel_plots_read(plots, group, "/metrics/layers/density", &columns));
    for (size_t row = 0; row < columns.rows; row++) {
        skel_average average = skel_plots_average(&columns, row, 100.0);

        if (average.count > 0) {
            SKEL_TRY(skel_plots_series(plots, group->line, panel, &series));
            SKEL_TRY(skel_series_add_average(series, &average));
        }
    }
done:
    skel_plots_free_columns(&columns);
    return status;
}

/* The axis ends at all weights of a layer, with room for markers. */
static void limit_to_all(skel_panel *panel)
{
    skel_range range = skel_layout_range_y(panel);

    panel->y.low = range.low;
    panel->y.high = range.low < 90.0 ? fmin(range.high, 106.0) : range.high;
}

skel_status skel_plots_layers(skel_plots *plots, skel_figure **out)
{
    const skel_report_section *section = plots->section;
    char title[SKEL_FIGURE_LABEL];
    double sparsity[LAYER_PANELS];
    size_t count = skel_plots_pick(plots, LAYER_PANELS, 1, sparsity);
    skel_panel *panel = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_plots_create(
        plots, "layers",
        "Share of the weights that is kept in each layer, in the order of the network: means over "
        "the seeds. A layer without a weight has no place on the logarithmic axis, and its line "
        "is interrupted there",
        "means", out));
    (*out)->panel_height = 100.0;
    for (size_t i = 0; i < count; i++) {
        skel_plots_title(plots, sparsity[i], title);
        SKEL_TRY(skel_figure_add_panel(*out, title, &panel));
        panel->x.rotated = true;
        panel->y.log = true;
        (void)snprintf(panel->y.label, sizeof panel->y.label, "kept in layer (%%)");
        for (size_t j = 0; j < section->groups; j++) {
            if (section->group[j].sparsity == sparsity[i] &&
                !section->line[section->group[j].line].is_dense) {
                SKEL_TRY(add_group(plots, &section->group[j], panel));
            }
        }
        limit_to_all(panel);
    }
    skel_plots_note_bands(*out);
done:
    return status;
}
