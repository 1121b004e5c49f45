/** A figure as data: panels with axes, series, reference lines or a map of cells.
 *
 *      SKEL_TRY(skel_figure_create("accuracy", "Test accuracy ...", &figure));
 *      SKEL_TRY(skel_figure_add_panel(figure, "", &panel));
 *      panel->x = (skel_axis){.label = "weights kept (%)", .log = true, .reversed = true};
 *      SKEL_TRY(skel_panel_find_series(panel, "force", 3, &series));
 *      SKEL_TRY(skel_series_add_point(series, 1.0, 85.2, "force-s0.99-seed0-1234abcd.h5"));
 *      SKEL_TRY(skel_series_average(series));
 *      done:
 *      skel_figure_destroy(&figure);
 */
#ifndef SKEL_REPORT_FIGURE_H
#define SKEL_REPORT_FIGURE_H

#include "skel/estimate.h"
#include "skel/status.h"

#include <stddef.h>

enum {
    SKEL_FIGURE_NAME = 192,     /**< bytes of a figure's name, which its files have */
    SKEL_FIGURE_LABEL = 128,    /**< bytes of a series' name, an axis' label, a tick's label */
    SKEL_FIGURE_CAPTION = 1024, /**< bytes of a caption */
    SKEL_FIGURE_NOTE = 8192,    /**< bytes of a note */
    SKEL_FIGURE_LEVELS = 4,     /**< reference lines of a panel */
};

/** One measured point. Plain data. */
typedef struct skel_point {
    double x;
    double y;
    char source[SKEL_FIGURE_LABEL]; /**< file of the run, for the reader of the data file */
} skel_point;

/** Mean of the points at one x. Plain data. */
typedef struct skel_average {
    double x;
    double y;
    double low; /**< of the band: mean - standard deviation; NaN for a single point */
    double high;
    size_t count; /**< points */
} skel_average;

/** The average of values at one x; y is NaN if there are none.
 *
 *  Local.
 */
skel_average skel_average_make(double x, const skel_running *running);

/** The points of one method, or of one group of runs. */
typedef struct skel_series {
    char name[SKEL_FIGURE_LABEL];
    size_t look; /**< number of colour, marker and dashes; the same name has the same look in all
                    figures of a report */
    size_t points;
    skel_point *point; /**< [points] owned */
    size_t averages;
    skel_average *average; /**< [averages] owned; ascending in x */
} skel_series;

/** A place on an axis that has a label. Plain data. */
typedef struct skel_tick {
    double at;
    char label[SKEL_FIGURE_LABEL];
} skel_tick;

/** An axis. `tick` is owned by the panel. */
typedef struct skel_axis {
    char label[SKEL_FIGURE_LABEL]; /**< quantity and unit: "weights kept (%)" */
    bool log;
    bool reversed; /**< the largest value stands at the left or at the bottom */
    bool rotated;  /**< the ticks' labels are turned by 90 degrees */
    double low;    /**< range that the axis shows; both 0: around what is drawn */
    double high;
    size_t ticks;
    skel_tick *tick; /**< [ticks] owned, ascending; none: gnuplot chooses */
} skel_axis;

/** A horizontal reference line. */
typedef struct skel_level {
    double y;
    size_t
        dashes; /**< below SKEL_FIGURE_LEVELS: lines of one meaning have the same in all panels */
    char name[SKEL_FIGURE_LABEL]; /**< "dense (89.1 %)" */
} skel_level;

/** A rectangle of cells that are drawn by their value. */
typedef struct skel_map {
    size_t rows;
    size_t columns;
    double *cell; /**< [rows][columns] owned, NaN: empty; the first row is at the top */
    char label[SKEL_FIGURE_LABEL]; /**< of the values, beside their scale */
    bool is_mask; /**< black is the largest value, white is 0; no ticks, numbers, scale */
} skel_map;

/** One pair of axes, with series or a map. */
typedef struct skel_panel {
    char title[SKEL_FIGURE_LABEL]; /**< may be "" */
    skel_axis x;
    skel_axis y;
    size_t serieses;
    skel_series *series; /**< [serieses] owned */
    size_t levels;
    skel_level level[SKEL_FIGURE_LEVELS];
    skel_map map; /**< rows 0: the panel has series */
} skel_panel;

/** A figure. Plain data but for what is owned. */
typedef struct skel_figure {
    char name[SKEL_FIGURE_NAME];
    char caption[SKEL_FIGURE_CAPTION]; /**< what is drawn, with units and the number of seeds */
    char note[SKEL_FIGURE_NOTE]; /**< at the foot of the figure: the number of seeds; "\n" ends a
                                    line, and long lines go on in the next one */
    size_t columns;              /**< panels side by side */
    double panel_height;         /**< points (1/72 inch) */
    size_t panels;
    skel_panel *panel; /**< [panels] owned, row by row */
} skel_figure;

/** Makes a figure without panels, of one column.
 *
 *  Local.
 *  @param name     of its files: letters, digits and "-"
 *  @param caption  copied
 *  @param out      *owned*: skel_figure_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_figure_create(const char *name, const char *caption,
                                            skel_figure **out);

/** Frees a figure; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_figure_destroy(skel_figure **figure);

/** Adds a panel.
 *
 *  Local.
 *  @param out  borrowed until the next panel is added
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_figure_add_panel(skel_figure *figure, const char *title,
                                               skel_panel **out);

/** Finds the series of a name; makes it at the end of the list if there is none.
 *
 *  Local.
 *  @param look  of a new series
 *  @param out   borrowed until the next series is made
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_panel_find_series(skel_panel *panel, const char *name, size_t look,
                                                skel_series **out);

/** Adds a reference line; a value that is not finite, or one line too many, is left out. Its dashes
 *  are those of its place in the list.
 *
 *  Local.
 */
void skel_panel_add_level(skel_panel *panel, double y, const char *name);

/** Adds a point. A value that is not finite stays in the data, and is not drawn.
 *
 *  Local.
 *  @param source  name of the run, copied
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_series_add_point(skel_series *series, double x, double y,
                                               const char *source);

/** Adds a mean that the caller has computed, behind the others.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_series_add_average(skel_series *series, const skel_average *average);

/** Computes the means of the points that have the same x, and standard deviations (n - 1).
 *
 *  Local. Replaces earlier means. Points whose y is not finite do not count.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_series_average(skel_series *series);

/** Whether a mean of the series has a standard deviation.
 *
 *  Local.
 */
bool skel_series_has_band(const skel_series *series);

/** Adds a tick; the caller adds them in ascending order. A value that is there is not added again.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_axis_add_tick(skel_axis *axis, double at, const char *label);

/** Gives a panel a map of empty cells.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_panel_add_map(skel_panel *panel, size_t rows, size_t columns);

/** Leaves out panels of a column in which nothing can be drawn.
 *
 *  Local. Panels that stand side by side keep their places.
 */
void skel_figure_drop_empty(skel_figure *figure);

/** Whether anything in the figure can be drawn: a finite point, a mean or a cell.
 *
 *  Local.
 */
bool skel_figure_is_drawable(const skel_figure *figure);

#endif
