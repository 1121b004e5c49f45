/* All figures of a report. */
#include "skel/report_figures.h"

#include "skel/memory.h"

#include "figure_divide.h"
#include "figure_write.h"
#include "plots_list.h"

#include <stdio.h>

/* A figure of each section. */
typedef skel_status make_figure(skel_plots *plots, skel_figure **out);

static make_figure *const makers[] = {
    skel_plots_kept,     skel_plots_effective,    skel_plots_macs,    skel_plots_time,
    skel_plots_training, skel_plots_layers,       skel_plots_overlap, skel_plots_iterations,
    skel_plots_spectra,  skel_plots_trainability, skel_plots_masks,
};

enum { MAKERS = sizeof makers / sizeof makers[0] };

/* Draws; without gnuplot, or if it fails, the scripts are left for the user. */
static skel_status draw(const skel_figure *figure, const char *dir, skel_report_figures *all,
                        skel_report_picture *picture)
{
    skel_status status = SKEL_ERR_MISSING;

    if (!all->no_gnuplot) {
        status = skel_figure_draw(figure, dir);
        all->no_gnuplot = status == SKEL_ERR_MISSING;
    }
    picture->is_drawn = status == SKEL_OK;
    if (status == SKEL_ERR_MEMORY) {
        return status;
    }
    if (status != SKEL_OK) {
        if (all->undrawn++ == 0) {
            (void)snprintf(all->problem, sizeof all->problem, "%s", skel_error_message());
        }
        skel_error_clear();
    }
    return SKEL_OK;
}

static skel_status add(const skel_figure *figure, size_t section, const char *dir,
                       skel_report_figures *all)
{
    skel_report_picture *picture = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_figure_write(figure, dir));
    SKEL_TRY(SKEL_GROW(all->pictures + 1, sizeof *all->picture, &all->picture));
    picture = &all->picture[all->pictures++];
    *picture = (skel_report_picture){.section = section};
    (void)snprintf(picture->name, sizeof picture->name, "%s", figure->name);
    (void)snprintf(picture->caption, sizeof picture->caption, "%s", figure->caption);
    picture->is_map = figure->panels > 0 && figure->panel[0].map.rows > 0;
    SKEL_TRY(draw(figure, dir, all, picture));
done:
    return status;
}

static skel_status write_section(const skel_report *report, size_t index, const char *dir,
                                 skel_report_figures *all)
{
    char prefix[SKEL_REPORT_SECTION_NAME + 1] = ""; /* a single section needs none */
    skel_plots plots = {.report = report, .section = &report->section[index], .prefix = prefix};
    skel_figure *figure = NULL;
    skel_status status = SKEL_OK;

    if (report->sections > 1) {
        (void)snprintf(prefix, sizeof prefix, "%s-", report->section[index].name);
    }
    for (size_t i = 0; i < MAKERS; i++) {
        SKEL_TRY(makers[i](&plots, &figure));
        if (skel_figure_is_drawable(figure)) {
            skel_figure_drop_empty(figure);
            SKEL_TRY(skel_figure_divide(figure));
            SKEL_TRY(add(figure, index, dir, all));
        }
        skel_figure_destroy(&figure);
    }
    if (all->unread == 0) {
        (void)snprintf(all->reason, sizeof all->reason, "%s", plots.reason);
    }
    all->unread += plots.unread;
    all->failure = skel_status_of_files(all->failure, plots.failure);
done:
    skel_figure_destroy(&figure);
    return status;
}

skel_status skel_report_figures_write(const skel_report *report, const char *dir,
                                      skel_report_figures *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_report_figures){0};
    for (size_t i = 0; i < report->sections; i++) {
        SKEL_TRY(write_section(report, i, dir, out));
    }
done:
    return status;
}

void skel_report_figures_clear(skel_report_figures *figures)
{
    SKEL_FREE(&figures->picture);
    figures->pictures = 0;
}
