/** The figures of a report as files: data, script, SVG, PDF and PNG. */
#ifndef SKEL_REPORT_FIGURES_H
#define SKEL_REPORT_FIGURES_H

#include "skel/report.h"

enum { SKEL_PICTURE_NAME = 192, SKEL_PICTURE_CAPTION = 1024, SKEL_PICTURE_PROBLEM = 512 };

/** A figure that was written. Plain data. */
typedef struct skel_report_picture {
    size_t section;               /**< of the report */
    char name[SKEL_PICTURE_NAME]; /**< of its files: NAME.tsv, NAME.gp; if drawn NAME.svg, NAME.pdf,
                                     NAME.png */
    char caption[SKEL_PICTURE_CAPTION];
    bool is_drawn;
    bool is_map; /**< its colours tell values, and must not be changed */
} skel_report_picture;

/** All figures of a report. Plain data, owned. */
typedef struct skel_report_figures {
    size_t pictures;
    skel_report_picture *picture; /**< [pictures] owned; by section, the most important first */
    bool no_gnuplot;              /**< gnuplot is not installed */
    size_t undrawn;               /**< figures whose scripts were written, but not drawn */
    size_t unread;                /**< times that a dataset of a run could not be read */
    skel_status failure;          /**< of these datasets: skel_status_of_files() */
    char problem[SKEL_PICTURE_PROBLEM]; /**< why figures were not drawn; "" if all were */
    char reason[SKEL_PICTURE_PROBLEM];  /**< why datasets were not read, the first time */
} skel_report_figures;

/** Writes the figures of all sections into a folder, and draws them by gnuplot.
 *
 *  Local. Figures that have nothing to show are left out. Without gnuplot, data and scripts are
 *  written, and `out->problem` says so.
 *  @param dir  folder that exists
 *  @param out  *owned*: skel_report_figures_clear() it, also after an error
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE if a file cannot be written; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_figures_write(const skel_report *report, const char *dir,
                                                   skel_report_figures *out);

/** Frees the list; the files stay.
 *
 *  Local.
 */
void skel_report_figures_clear(skel_report_figures *figures);

#endif
