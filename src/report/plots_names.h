/** Names of lines and layers, as figures have room for them. */
#ifndef SKEL_REPORT_PLOTS_NAMES_H
#define SKEL_REPORT_PLOTS_NAMES_H

#include "plots.h"

/** Name of a line: its label. Where labels are longer than a figure's key has room for, with the
 *  last part of each key alone: "force, iterations 60".
 *
 *  Local.
 */
void skel_plots_label(const skel_plots *plots, size_t line, char out[SKEL_FIGURE_LABEL]);

/** Finds the series of a line in a panel, or makes it.
 *
 *  Local. As skel_panel_find_series().
 */
SKEL_CHECKED skel_status skel_plots_series(const skel_plots *plots, size_t line, skel_panel *panel,
                                           skel_series **out);

/** Name of a layer, without ".weight". A long name has "…" in place of its beginning: the end tells
 *  layers apart.
 *
 *  Local.
 *  @param most  characters
 */
void skel_plots_layer(const char *name, size_t most, char out[SKEL_FIGURE_LABEL]);

#endif
