/** Where the parts of a figure stand: ranges of axes, margins, the key below the panels.
 *
 *  Lengths are points, 1/72 inch, from the figure's lower left corner.
 */
#ifndef SKEL_REPORT_FIGURE_LAYOUT_H
#define SKEL_REPORT_FIGURE_LAYOUT_H

#include "figure.h"

#define SKEL_FIGURE_WIDTH 238.11 /**< points: 84 mm, a column of a journal */

enum {
    SKEL_LAYOUT_BANDS = 6, /**< more series than these hide each other at the same x */
    SKEL_LAYOUT_NAME = 46, /**< characters of an entry of the key that the width has room for */
};

/** A range of an axis. */
typedef struct skel_range {
    double low;
    double high;
} skel_range;

/** Edges of a panel's plot, inside its axes. */
typedef struct skel_frame {
    double left;
    double right;
    double bottom;
    double top;
} skel_frame;

/** An entry of the key. */
typedef struct skel_entry {
    const char *name; /**< borrowed */
    size_t look;      /**< of a series; dashes of a reference line */
    bool is_level;    /**< a reference line */
} skel_entry;

/** A figure's measures. Owned: skel_layout_clear() it. */
typedef struct skel_layout {
    double height;
    size_t rows; /**< of panels */
    double row_height;
    double left; /**< room for the labels at the left of each panel */
    double right;
    double below; /**< room for the labels below each panel */
    double above; /**< room for the title above each panel */
    double foot;  /**< room for the labels below the last row of masks */
    double key_height;
    size_t note_lines;
    double note_height;
    size_t key_columns;
    size_t entries;
    skel_entry *entry; /**< [entries] owned */
} skel_layout;

/** Measures a figure.
 *
 *  Local. `out` is owned: skel_layout_clear() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_layout_make(const skel_figure *figure, skel_layout *out);

/** Frees what a layout owns.
 *
 *  Local.
 */
void skel_layout_clear(skel_layout *layout);

/** The frame of a panel.
 *
 *  Local.
 *  @param index  of the panel
 */
skel_frame skel_layout_frame(const skel_figure *figure, const skel_layout *layout, size_t index);

/** The lower left corner of an entry of the key, at its line of text.
 *
 *  Local.
 */
void skel_layout_entry(const skel_layout *layout, size_t index, double *x, double *y);

/** Bytes of a text before its first "\n" that have room in a line as wide as the figure: whole
 *  words, at least one; up to a ";" where that is not far before the end.
 *
 *  Local.
 */
size_t skel_layout_line(const char *text);

/** Height of the middle of a line of the note.
 *
 *  Local.
 *  @param line  0 for the first, which is the highest
 */
double skel_layout_note(const skel_layout *layout, size_t line);

/** Factor of the x of a series: where many series meet at the ticks of a logarithmic axis, they
 *  stand beside each other. It is 1 where any of the panel's series has a mean beside the ticks: a
 *  reader could not tell which places are true.
 *
 *  Local.
 */
double skel_layout_shift(const skel_panel *panel, size_t series);

/** Shortens a text to a number of characters: its middle is left out, because names end in their
 *  differences.
 *
 *  Local.
 *  @param most  characters, at least 3
 *  @param out   [SKEL_FIGURE_LABEL]
 */
void skel_layout_shorten(const char *text, size_t most, char out[SKEL_FIGURE_LABEL]);

/** Range of a panel's horizontal axis, with a margin around its points, means and ticks.
 *
 *  Local.
 */
skel_range skel_layout_range_x(const skel_panel *panel);

/** Range of a panel's vertical axis, likewise, and around its bands.
 *
 *  Local.
 */
skel_range skel_layout_range_y(const skel_panel *panel);

/** Width of a text of the figures' size.
 *
 *  Local. An estimate from the number of characters, on the safe side for Helvetica. Unit: points.
 */
double skel_layout_text_width(const char *text);

/** Writes a number of a logarithmic axis: with a power of ten, as "1e-5", where the axis has
 *  numbers that would be long.
 *
 *  Local.
 *  @param range  of the axis
 */
void skel_layout_label(skel_range range, double at, size_t size, char out[]);

/** Whether names stand beside each other below the columns of a map, turned by 90 degrees; else
 *  gnuplot would have to leave some of them out.
 *
 *  Local.
 *  @param columns  of the map
 *  @param longest  characters of the longest name at a row
 */
bool skel_layout_has_room(size_t columns, size_t longest);

/** Chooses the ticks whose labels have room beside each other.
 *
 *  Local.
 *  @param is_along  the labels run along the axis, not across it
 *  @param length    of the axis, in points
 *  @param shown     [axis->ticks] out
 */
void skel_layout_thin_ticks(const skel_axis *axis, bool is_along, skel_range range, double length,
                            bool shown[]);

#endif
