/* Building figures. Arrays double when they are full. */
#include "figure.h"

#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PANEL_HEIGHT = 130 };

/* Room for one more in an array of `count` elements, which has the next power of two of them. */
#define ROOM_FOR_ONE(count, array)                                                                 \
    (((count) & ((count)-1)) == 0                                                                  \
         ? SKEL_GROW((count) == 0 ? 1 : 2 * (count), sizeof *(array), &(array))                    \
         : SKEL_OK)

static void copy_text(size_t size, char out[], const char *text)
{
    (void)snprintf(out, size, "%s", text);
}

skel_status skel_figure_create(const char *name, const char *caption, skel_figure **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK) {
        copy_text(sizeof(*out)->name, (*out)->name, name);
        copy_text(sizeof(*out)->caption, (*out)->caption, caption);
        (*out)->columns = 1;
        (*out)->panel_height = PANEL_HEIGHT;
    }
    return status;
}

static void clear_panel(skel_panel *panel)
{
    for (size_t i = 0; i < panel->serieses; i++) {
        SKEL_FREE(&panel->series[i].point);
        SKEL_FREE(&panel->series[i].average);
    }
    SKEL_FREE(&panel->series);
    SKEL_FREE(&panel->x.tick);
    SKEL_FREE(&panel->y.tick);
    SKEL_FREE(&panel->map.cell);
}

void skel_figure_destroy(skel_figure **figure)
{
    if (*figure == NULL) {
        return;
    }
    for (size_t i = 0; i < (*figure)->panels; i++) {
        clear_panel(&(*figure)->panel[i]);
    }
    SKEL_FREE(&(*figure)->panel);
    SKEL_FREE(figure);
}

skel_status skel_figure_add_panel(skel_figure *figure, const char *title, skel_panel **out)
{
    skel_status status = ROOM_FOR_ONE(figure->panels, figure->panel);

    *out = NULL;
    if (status == SKEL_OK) {
        *out = &figure->panel[figure->panels++];
        memset(*out, 0, sizeof **out);
        copy_text(sizeof(*out)->title, (*out)->title, title);
    }
    return status;
}

skel_status skel_panel_find_series(skel_panel *panel, const char *name, size_t look,
                                   skel_series **out)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < panel->serieses; i++) {
        if (strncmp(panel->series[i].name, name, SKEL_FIGURE_LABEL - 1) == 0) {
            *out = &panel->series[i];
            return SKEL_OK;
        }
    }
    *out = NULL;
    status = ROOM_FOR_ONE(panel->serieses, panel->series);
    if (status == SKEL_OK) {
        *out = &panel->series[panel->serieses++];
        memset(*out, 0, sizeof **out);
        copy_text(sizeof(*out)->name, (*out)->name, name);
        (*out)->look = look;
    }
    return status;
}

void skel_panel_add_level(skel_panel *panel, double y, const char *name)
{
    if (isfinite(y) && panel->levels < SKEL_FIGURE_LEVELS) {
        skel_level *level = &panel->level[panel->levels++];

        level->y = y;
        level->dashes = panel->levels - 1;
        copy_text(sizeof level->name, level->name, name);
    }
}

skel_status skel_series_add_point(skel_series *series, double x, double y, const char *source)
{
    skel_status status = ROOM_FOR_ONE(series->points, series->point);

    if (status == SKEL_OK) {
        skel_point *point = &series->point[series->points++];

        point->x = x;
        point->y = y;
        copy_text(sizeof point->source, point->source, source);
    }
    return status;
}

skel_status skel_series_add_average(skel_series *series, const skel_average *average)
{
    skel_status status = ROOM_FOR_ONE(series->averages, series->average);

    if (status == SKEL_OK) {
        series->average[series->averages++] = *average;
    }
    return status;
}

static int compare_points(const void *left, const void *right)
{
    const skel_point *a = (const skel_point *)left;
    const skel_point *b = (const skel_point *)right;

    if (a->x != b->x) {
        return a->x < b->x ? -1 : 1;
    }
    return strcmp(a->source, b->source);
}

/* Values of x that come from the same setting differ in their last bits at most. */
static bool is_same(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

skel_average skel_average_make(double x, const skel_running *running)
{
    double deviation = skel_running_deviation(running);

    return (skel_average){.x = x,
                          .y = running->count > 0 ? running->mean : (double)NAN,
                          .low = running->mean - deviation,
                          .high = running->mean + deviation,
                          .count = running->count};
}

/* The mean of `count` points of the same x; count 0 if no y is finite. */
static skel_average average_of(size_t count, const skel_point point[])
{
    skel_running running = {0};

    for (size_t i = 0; i < count; i++) {
        skel_running_add(&running, point[i].y);
    }
    return skel_average_make(point[0].x, &running);
}

skel_status skel_series_average(skel_series *series)
{
    skel_status status = SKEL_OK;

    series->averages = 0;
    SKEL_FREE(&series->average);
    if (series->points > 1) {
        qsort(series->point, series->points, sizeof *series->point, compare_points);
    }
    for (size_t first = 0, next = 0; first < series->points && status == SKEL_OK; first = next) {
        skel_average average;

        for (next = first + 1; next < series->points; next++) {
            if (!is_same(series->point[next].x, series->point[first].x)) {
                break;
            }
        }
        average = average_of(next - first, &series->point[first]);
        if (average.count > 0 && isfinite(average.x)) {
            status = skel_series_add_average(series, &average);
        }
    }
    return status;
}

bool skel_series_has_band(const skel_series *series)
{
    for (size_t i = 0; i < series->averages; i++) {
        if (isfinite(series->average[i].low)) {
            return true;
        }
    }
    return false;
}

skel_status skel_axis_add_tick(skel_axis *axis, double at, const char *label)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < axis->ticks; i++) {
        if (is_same(axis->tick[i].at, at)) {
            return SKEL_OK;
        }
    }
    status = ROOM_FOR_ONE(axis->ticks, axis->tick);
    if (status == SKEL_OK) {
        skel_tick *tick = &axis->tick[axis->ticks++];

        tick->at = at;
        copy_text(sizeof tick->label, tick->label, label);
    }
    return status;
}

skel_status skel_panel_add_map(skel_panel *panel, size_t rows, size_t columns)
{
    skel_status status = SKEL_OK;

    SKEL_FREE(&panel->map.cell);
    status = SKEL_ALLOC(rows * columns, sizeof *panel->map.cell, &panel->map.cell);
    if (status == SKEL_OK) {
        panel->map.rows = rows;
        panel->map.columns = columns;
        panel->y.reversed = true;
        for (size_t i = 0; i < rows * columns; i++) {
            panel->map.cell[i] = (double)NAN;
        }
    }
    return status;
}

static bool is_drawable(const skel_panel *panel)
{
    for (size_t i = 0; i < panel->map.rows * panel->map.columns; i++) {
        if (isfinite(panel->map.cell[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < panel->serieses; i++) {
        const skel_series *series = &panel->series[i];

        for (size_t j = 0; j < series->points; j++) {
            if (isfinite(series->point[j].x) && isfinite(series->point[j].y)) {
                return true;
            }
        }
        if (series->averages > 0) {
            return true;
        }
    }
    return false;
}

bool skel_figure_is_drawable(const skel_figure *figure)
{
    for (size_t i = 0; i < figure->panels; i++) {
        if (is_drawable(&figure->panel[i])) {
            return true;
        }
    }
    return false;
}

void skel_figure_drop_empty(skel_figure *figure)
{
    size_t kept = 0;

    for (size_t i = 0; i < figure->panels && figure->columns == 1; i++) {
        if (is_drawable(&figure->panel[i])) {
            figure->panel[kept++] = figure->panel[i];
        } else {
            clear_panel(&figure->panel[i]);
        }
    }
    figure->panels = figure->columns == 1 ? kept : figure->panels;
}
