/** A report as one page: an HTML file that needs no other file and no network. */
#ifndef SKEL_REPORT_PAGE_H
#define SKEL_REPORT_PAGE_H

#include "skel/report_figures.h"
#include "skel/report_tables.h"

/** Writes DIR/report.html: warnings, then for each section figures, tables, settings, and runs.
 *
 *  Local. The figures' SVG files are read from `dir`. A figure without one is named, with its
 *  script.
 *  @param tables   [report->sections]
 *  @param dir      folder that exists
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE if a file cannot be read or written; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_page_write(const skel_report *report,
                                                const skel_report_tables tables[],
                                                const skel_report_figures *figures,
                                                const char *dir);

#endif
