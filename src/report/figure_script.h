/** The parts of a gnuplot script and its data file, that all panels have. */
#ifndef SKEL_REPORT_FIGURE_SCRIPT_H
#define SKEL_REPORT_FIGURE_SCRIPT_H

#include "figure_layout.h"

#include <stdio.h>

enum { SKEL_SCRIPT_LEVEL = 1000 }; /**< number of the first reference line's style */

/** The two files of a figure that is being written. */
typedef struct skel_script {
    const skel_figure *figure;
    const skel_layout *layout;
    FILE *data;
    FILE *gnuplot;
    size_t blocks; /**< of the data file so far; gnuplot calls their number `index` */
} skel_script;

/** A round distance of ticks, about a quarter of an axis' length.
 *
 *  Local.
 */
double skel_script_step(double length);

/** Writes a text as a gnuplot string in single quotes; control characters become spaces.
 *
 *  Local.
 *  @param is_format  gnuplot takes the text for a format, as it does with labels of ticks
 */
void skel_script_text(FILE *file, const char *text, bool is_format);

/** Writes a text into a comment: control characters become spaces.
 *
 *  Local.
 */
void skel_script_comment(FILE *file, const char *text);

/** Writes the style of each look: colour, marker and dashes.
 *
 *  Local.
 */
void skel_script_styles(const skel_script *script);

/** Writes the key as labels and lines at fixed places of the page.
 *
 *  Local.
 */
void skel_script_key(const skel_script *script);

/** Writes the note at the foot of the page, in as many lines as it needs.
 *
 *  Local.
 */
void skel_script_note(const skel_script *script);

/** Writes ranges, ticks, labels and margins of a panel.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_script_axes(const skel_script *script, size_t index);

#endif
