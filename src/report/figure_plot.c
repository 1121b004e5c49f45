/* Plot commands: series with points, bands and means; maps of cells. */
#include "figure_plot.h"

#include "skel/memory.h"

#include <math.h>

enum {
    MARKED = 24, /* means of a series that have a marker each */
    MARKERS_OF_CURVE = 6,
};

static const double number_width = 20.0; /* points: of a number in a cell */
static const double number_height = 9.0;

/* The blocks of a series in the data file. */
typedef struct series_blocks {
    size_t points;
    size_t averages;
} series_blocks;

/* Two empty lines stand between blocks: gnuplot's `index` counts them. */
static size_t begin_block(skel_script *script, size_t panel, const char *what, const char *name)
{
    (void)fprintf(script->data, "%s# block %zu, panel %zu, %s", script->blocks > 0 ? "\n\n" : "",
                  script->blocks, panel + 1, what);
    skel_script_comment(script->data, name);
    return script->blocks++;
}

static void write_points(skel_script *script, const skel_series *series)
{
    for (size_t i = 0; i < series->points; i++) {
        const skel_point *point = &series->point[i];

        (void)fprintf(script->data, "%.10g\t%.10g\t# ", point->x, point->y);
        skel_script_comment(script->data, point->source);
    }
}

static void write_averages(skel_script *script, const skel_series *series)
{
    for (size_t i = 0; i < series->averages; i++) {
        const skel_average *average = &series->average[i];

        (void)fprintf(script->data, "%.10g\t%.10g\t%.10g\t%.10g\t%zu\n", average->x, average->y,
                      average->low, average->high, average->count);
    }
}

/* Empty blocks are left out, because gnuplot does not count them. */
static void write_series(skel_script *script, size_t panel, const skel_series *series,
                         series_blocks *out)
{
    if (series->points > 0) {
        out->points = begin_block(script, panel, "runs (x, y, file): ", series->name);
        write_points(script, series);
    }
    if (series->averages > 0) {
        out->averages = begin_block(script, panel, "means (x, y, low, high, runs): ", series->name);
        write_averages(script, series);
    }
}

/* The x of a mean, for gnuplot. Where a mean has no place on a logarithmic axis, a band is
 * interrupted: else gnuplot would draw it on to the edge of the frame. */
static void name_place(const skel_panel *panel, size_t size, char out[])
{
    const char *has_place = panel->x.log && panel->y.log ? "$1 > 0 && $2 > 0"
                            : panel->x.log               ? "$1 > 0"
                                                         : "$2 > 0";

    if (panel->x.log || panel->y.log) {
        (void)snprintf(out, size, "(%s ? $1 : NaN)", has_place);
    } else {
        (void)snprintf(out, size, "1");
    }
}

/* A band where there is a line to accompany, else bars, where series do not hide each other. On a
 * logarithmic axis they end at its low end, because gnuplot draws a band without an end beyond the
 * axes. gnuplot's own error bars have a white disc in their middle, which hides other series. */
static void plot_spread(FILE *file, const skel_panel *panel, size_t index, size_t block)
{
    const skel_series *series = &panel->series[index];
    double bound = panel->y.log ? skel_layout_range_y(panel).low : -HUGE_VAL;
    size_t style = series->look + 1;
    char low[96];
    char place[64];

    if (!skel_series_has_band(series)) {
        return;
    }
    if (panel->y.log) {
        (void)snprintf(low, sizeof low, "($3 < %.6g ? %.6g : $3)", bound, bound);
    } else {
        (void)snprintf(low, sizeof low, "($3)");
    }
    if (panel->serieses <= SKEL_LAYOUT_BANDS && series->averages > 1) {
        name_place(panel, sizeof place, place);
        (void)fprintf(file,
                      "  data index %zu using %s:%s:4 with filledcurves ls %zu fs transparent "
                      "solid 0.15 noborder, \\\n",
                      block, place, low, style);
    } else if (series->averages <= MARKED && panel->x.log) {
        (void)fprintf(file,
                      "  data index %zu using (%.6g*$1):%s:(0):($4-%s) with vectors nohead ls %zu "
                      "dt 1 lw 0.6, \\\n",
                      block, skel_layout_shift(panel, index), low, low, style);
    }
}

static void plot_means(FILE *file, const skel_panel *panel, size_t index, size_t block)
{
    const skel_series *series = &panel->series[index];
    size_t style = series->look + 1;

    if (series->averages <= MARKED) {
        (void)fprintf(file,
                      "  data index %zu using (%.6g*$1):2 with linespoints ls %zu ps 0.6, \\\n",
                      block, skel_layout_shift(panel, index), style);
    } else {
        size_t every = series->averages / MARKERS_OF_CURVE;
        size_t first = every * (series->look % MARKERS_OF_CURVE) / MARKERS_OF_CURVE;

        (void)fprintf(file, "  data index %zu using 1:2 with lines ls %zu, \\\n", block, style);
        (void)fprintf(file,
                      "  data index %zu using 1:2 every %zu::%zu with points ls %zu ps 0.6, \\\n",
                      block, every, first, style);
    }
}

static void plot(const skel_script *script, const skel_panel *panel, const series_blocks blocks[])
{
    FILE *file = script->gnuplot;

    (void)fprintf(file, "set grid ytics lt 1 lc rgb '#dddddd' lw 0.5\nplot \\\n");
    for (size_t i = 0; i < panel->serieses; i++) {
        plot_spread(file, panel, i, blocks[i].averages);
    }
    for (size_t i = 0; i < panel->serieses; i++) {
        if (panel->series[i].points > 0) {
            (void)fprintf(file,
                          "  data index %zu using (%.6g*$1):2 with points ls %zu ps 0.3, \\\n",
                          blocks[i].points, skel_layout_shift(panel, i), panel->series[i].look + 1);
        }
    }
    for (size_t i = 0; i < panel->serieses; i++) {
        if (panel->series[i].averages > 0) {
            plot_means(file, panel, i, blocks[i].averages);
        }
    }
    for (size_t i = 0; i < panel->levels; i++) {
        (void)fprintf(file, "  %.10g with lines ls %zu, \\\n", panel->level[i].y,
                      SKEL_SCRIPT_LEVEL + panel->level[i].dashes);
    }
    (void)fprintf(file, "  NaN with lines\nunset grid\n");
}

skel_status skel_plot_series(skel_script *script, size_t index)
{
    const skel_panel *panel = &script->figure->panel[index];
    series_blocks *blocks = NULL;
    skel_status status = SKEL_ALLOC(panel->serieses, sizeof *blocks, &blocks);

    if (status != SKEL_OK) {
        return status;
    }
    for (size_t i = 0; i < panel->serieses; i++) {
        write_series(script, index, &panel->series[i], &blocks[i]);
    }
    plot(script, panel, blocks);
    SKEL_FREE(&blocks);
    return SKEL_OK;
}

static void write_cells(FILE *file, const skel_map *map)
{
    for (size_t i = 0; i < map->rows; i++) {
        for (size_t j = 0; j < map->columns; j++) {
            (void)fprintf(file, "%s%.5g", j > 0 ? "\t" : "", map->cell[i * map->columns + j]);
        }
        (void)fprintf(file, "\n");
    }
}

/* Numbers in the cells, black on light and white on dark ones, where they have room. */
static void plot_numbers(const skel_script *script, size_t index, size_t block)
{
    const skel_map *map = &script->figure->panel[index].map;
    skel_frame frame = skel_layout_frame(script->figure, script->layout, index);
    static const char *const sides[][2] = {{"<", "#000000"}, {">=", "#ffffff"}};

    if (map->is_mask || (frame.right - frame.left) / (double)map->columns < number_width ||
        (frame.top - frame.bottom) / (double)map->rows < number_height) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        (void)fprintf(script->gnuplot,
                      ", \\\n  data index %zu matrix using 1:2:($3 %s 0.55 * top ? "
                      "sprintf($3 < 0.095 ? '%%.3f' : '%%.2f', $3) : '') with labels tc rgb '%s'",
                      block, sides[i][0], sides[i][1]);
    }
}

static double largest_cell(const skel_map *map)
{
    double largest = 0.0;

    for (size_t i = 0; i < map->rows * map->columns; i++) {
        largest = isfinite(map->cell[i]) ? fmax(largest, map->cell[i]) : largest;
    }
    return largest > 0.0 ? largest : 1.0;
}

void skel_plot_map(skel_script *script, size_t index)
{
    const skel_panel *panel = &script->figure->panel[index];
    skel_frame frame = skel_layout_frame(script->figure, script->layout, index);
    double height = script->layout->height;
    size_t block = begin_block(script, index, "cells, rows from the top: ", panel->title);
    FILE *file = script->gnuplot;

    write_cells(script->data, &panel->map);
    if (panel->map.is_mask) {
        (void)fprintf(file,
                      "unset xtics\nunset ytics\nunset colorbox\n"
                      "set palette gray negative\ntop = %.6g\n",
                      largest_cell(&panel->map));
    } else {
        (void)fprintf(file,
                      "set tics out\nset palette defined (0 '#ffffff', 1 '#c6dbef', 2 '#6baed6', 3 "
                      "'#2171b5', "
                      "4 '#08306b')\n"
                      "set colorbox user origin screen %.4f, screen %.4f size screen %.4f, "
                      "screen %.4f\n"
                      "set cbtics %.6g format '%%.2g' scale 0.3 offset -0.7,0\ntop = %.6g\n",
                      (frame.right + 3.0) / SKEL_FIGURE_WIDTH, frame.bottom / height,
                      6.0 / SKEL_FIGURE_WIDTH, (frame.top - frame.bottom) / height,
                      skel_script_step(largest_cell(&panel->map)), largest_cell(&panel->map));
    }
    (void)fprintf(file, "set cbrange [0:top]\nplot data index %zu matrix using 1:2:3 with image%s",
                  block, panel->map.is_mask ? "" : " pixels");
    plot_numbers(script, index, block);
    (void)fprintf(file, "\n");
}
