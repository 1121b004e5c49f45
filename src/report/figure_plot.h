/** Plot commands of gnuplot, with their data. */
#ifndef SKEL_REPORT_FIGURE_PLOT_H
#define SKEL_REPORT_FIGURE_PLOT_H

#include "figure_script.h"

/** Writes the data of a panel's series, and the plot command.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_plot_series(skel_script *script, size_t index);

/** Writes the data of a panel's map, and the plot command.
 *
 *  Local.
 */
void skel_plot_map(skel_script *script, size_t index);

#endif
