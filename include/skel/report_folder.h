/** The folder that a report is written to. */
#ifndef SKEL_REPORT_FOLDER_H
#define SKEL_REPORT_FOLDER_H

#include "skel/report_tables.h"

/** What is written, as bits. */
typedef enum skel_report_part {
    SKEL_REPORT_PART_TEXT = 1 << SKEL_TABLE_TEXT, /**< all tables in one file, as on a terminal */
    SKEL_REPORT_PART_CSV = 1 << SKEL_TABLE_CSV,   /**< NAME.csv, a file for each table */
    SKEL_REPORT_PART_MARKDOWN = 1 << SKEL_TABLE_MARKDOWN, /**< all tables in one file */
    SKEL_REPORT_PART_LATEX = 1 << SKEL_TABLE_LATEX,       /**< likewise */
    SKEL_REPORT_PART_ARRAYS = 1 << SKEL_TABLE_FORMATS,    /**< summary.h5 */
    SKEL_REPORT_PART_FIGURES =
        2 << SKEL_TABLE_FORMATS, /**< of each figure data, script, SVG, PDF, PNG */
    SKEL_REPORT_PART_PAGE =
        4 << SKEL_TABLE_FORMATS, /**< report.html, with the figures if they are written */
} skel_report_part;

/** Writes a report: to a new folder beside, whose files then replace those of the last report.
 *
 *  Local. Files in `dir` that no report has written stay. A file that this report does not write
 *  and an earlier one did is removed.
 *  @param parts     bits of skel_report_part
 *  @param tables    [report->sections]
 *  @param left_out  out: why figures leave out datasets; SKEL_OK if they do not. A warning said so
 *  Errors: SKEL_ERR_USAGE if a file of another origin has the name of one of the report's;
 *          SKEL_ERR_IO or SKEL_ERR_STORAGE if a file cannot be written; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_folder_write(const skel_report *report,
                                                  const skel_report_tables tables[], unsigned parts,
                                                  const char *dir, skel_status *left_out);

#endif
