/* Small multiples: the series of a crowded panel in several panels with the same axes. */
#include "figure_divide.h"

#include "skel/memory.h"

#include "figure_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 2, PART_HEIGHT = 85 };

/* Looks of all series of a figure, ascending, each once. */
typedef struct look_list {
    size_t count;
    size_t *look; /* [count] */
} look_list;

static int in_order(const void *left, const void *right)
{
    const size_t *a = left;
    const size_t *b = right;

    return (*a > *b) - (*a < *b);
}

/* All series, and the most that a panel has; 0 with a map. */
static size_t count_series(const skel_figure *figure, size_t *most)
{
    size_t all = 0;

    *most = 0;
    for (size_t i = 0; i < figure->panels; i++) {
        size_t serieses = figure->panel[i].serieses;

        if (figure->panel[i].map.rows > 0) {
            *most = 0;
            return 0;
        }
        all += serieses;
        *most = serieses > *most ? serieses : *most;
    }
    return all;
}

static void list_looks(const skel_figure *figure, look_list *out)
{
    size_t listed = 0;

    for (size_t i = 0; i < figure->panels; i++) {
        for (size_t j = 0; j < figure->panel[i].serieses; j++) {
            out->look[listed++] = figure->panel[i].series[j].look;
        }
    }
    qsort(out->look, listed, sizeof *out->look, in_order);
    for (size_t i = 0; i < listed; i++) {
        if (out->count == 0 || out->look[out->count - 1] != out->look[i]) {
            out->look[out->count++] = out->look[i];
        }
    }
}

/* The part of a series: parts hold equally many looks. */
static size_t part_of(const look_list *looks, size_t parts, size_t look)
{
    size_t at = 0;

    while (looks->look[at] != look) {
        at++;
    }
    return at * parts / looks->count;
}

/* Rows of parts that hold so many series. */
static size_t rows_of(size_t count)
{
    const size_t most = (size_t)COLUMNS * SKEL_DIVIDE_PART;

    return (count + most - 1) / most;
}

static skel_status copy_ticks(const skel_axis *from, skel_axis *to)
{
    skel_status status = SKEL_OK;

    to->ticks = 0;
    to->tick = NULL;
    for (size_t i = 0; i < from->ticks && status == SKEL_OK; i++) {
        status = skel_axis_add_tick(to, from->tick[i].at, from->tick[i].label);
    }
    return status;
}

/* The panel without its series, and with room for all of them. */
static skel_status copy_panel(const skel_panel *from, skel_panel *to)
{
    skel_range x = skel_layout_range_x(from);
    skel_range y = skel_layout_range_y(from);
    skel_status status = SKEL_OK;

    *to = *from;
    to->serieses = 0;
    to->series = NULL;
    to->x.low = x.low;
    to->x.high = x.high;
    to->y.low = y.low;
    to->y.high = y.high;
    status = copy_ticks(&from->x, &to->x);
    if (status == SKEL_OK) {
        status = copy_ticks(&from->y, &to->y);
    } else {
        to->y.tick = NULL;
    }
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(from->serieses, sizeof *to->series, &to->series);
    }
    return status;
}

static void free_parts(size_t panels, skel_panel **panel)
{
    for (size_t i = 0; *panel != NULL && i < panels; i++) {
        SKEL_FREE(&(*panel)[i].series);
        SKEL_FREE(&(*panel)[i].x.tick);
        SKEL_FREE(&(*panel)[i].y.tick);
    }
    SKEL_FREE(panel);
}

/* The parts take the series, and the place of the old panels. */
static void hand_over(skel_figure *figure, const look_list *looks, size_t parts, skel_panel *panel)
{
    for (size_t i = 0; i < figure->panels; i++) {
        skel_panel *old = &figure->panel[i];

        for (size_t j = 0; j < old->serieses; j++) {
            skel_panel *part = &panel[i * parts + part_of(looks, parts, old->series[j].look)];

            part->series[part->serieses++] = old->series[j];
        }
    }
    free_parts(figure->panels, &figure->panel);
    figure->panel = panel;
    figure->panels *= parts;
    figure->columns = COLUMNS;
    figure->panel_height = PART_HEIGHT;
}

/* Each of the panels that the figure had is divided into so many parts. */
static void tell(skel_figure *figure, size_t parts)
{
    size_t used = strlen(figure->caption);

    (void)snprintf(figure->caption + used, sizeof figure->caption - used,
                   " The methods%s are divided among %zu panels with the same axes.",
                   figure->panels > parts ? " of each part" : "", parts);
}

skel_status skel_figure_divide(skel_figure *figure)
{
    look_list looks = {0};
    skel_panel *panel = NULL;
    size_t most = 0;
    size_t all = count_series(figure, &most);
    size_t parts = 0;
    skel_status status = SKEL_OK;

    if (most <= SKEL_DIVIDE_MOST) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(all, sizeof *looks.look, &looks.look));
    list_looks(figure, &looks);
    parts = rows_of(looks.count) * COLUMNS;
    SKEL_TRY(SKEL_ALLOC(figure->panels * parts, sizeof *panel, &panel));
    for (size_t i = 0; i < figure->panels * parts; i++) {
        SKEL_TRY(copy_panel(&figure->panel[i / parts], &panel[i]));
    }
    hand_over(figure, &looks, parts, panel);
    panel = NULL;
    tell(figure, parts);
done:
    free_parts(figure->panels * parts, &panel);
    SKEL_FREE(&looks.look);
    return status;
}
