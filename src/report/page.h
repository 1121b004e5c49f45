/** Parts of the page: texts, tables, figures, and the constant parts. */
#ifndef SKEL_REPORT_PAGE_PARTS_H
#define SKEL_REPORT_PAGE_PARTS_H

#include "skel/report_figures.h"
#include "skel/report_table.h"

#include <stdio.h>

/** Writes a text, with the characters that HTML takes for its own escaped.
 *
 *  Local. Right between tags, and in attributes in double quotes.
 */
void skel_page_text(FILE *file, const char *text);

/** Writes the page's head, with its style, and opens its body.
 *
 *  Local.
 */
void skel_page_head(FILE *file, const char *title);

/** Writes the script that sorts tables, and closes the page.
 *
 *  Local.
 */
void skel_page_foot(FILE *file);

/** Writes the warnings of a report: of files, of figures, and of the runs.
 *
 *  Local.
 */
void skel_page_warnings(FILE *file, const skel_report *report, const skel_report_figures *figures);

/** Writes a table whose columns sort it; of one with more than 2,000 rows, the file that has it.
 *
 *  Local.
 *  @param id  of the page's element
 *  Errors: SKEL_ERR_MEMORY.
 */
void skel_page_table(FILE *file, const skel_report_table *table, const char *id);

/** Writes a figure: the SVG of DIR/NAME.svg, its caption, and the names of its files.
 *
 *  Local. Errors: SKEL_ERR_IO if the SVG cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_page_figure(FILE *file, const skel_report_picture *picture,
                                          const char *dir, size_t number);

#endif
