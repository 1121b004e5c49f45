/** Figures as files. */
#ifndef SKEL_REPORT_FIGURE_WRITE_H
#define SKEL_REPORT_FIGURE_WRITE_H

#include "figure.h"

/** Writes NAME.tsv, the data, and NAME.gp, the script that draws it as NAME.svg, NAME.pdf and
 *  NAME.png when the user runs `gnuplot NAME.gp` in the folder.
 *
 *  Local.
 *  @param dir  folder that exists
 *  Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_figure_write(const skel_figure *figure, const char *dir);

/** Runs gnuplot on the script of a figure that was written.
 *
 *  Local.
 *  Errors: SKEL_ERR_MISSING if gnuplot is not installed; SKEL_ERR_IO with its message if it fails.
 */
SKEL_CHECKED skel_status skel_figure_draw(const skel_figure *figure, const char *dir);

#endif
