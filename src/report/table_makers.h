/** What makes the tables of a section: one function for each. */
#ifndef SKEL_REPORT_TABLE_MAKERS_H
#define SKEL_REPORT_TABLE_MAKERS_H

#include "skel/report_tables.h"

/** Makes one table of a section; without rows if the section has nothing for it.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
typedef skel_status skel_table_maker(const skel_report *report, const skel_report_section *section,
                                     skel_report_table *out);

skel_table_maker skel_table_make_accuracy; /**< mean by line and sparsity */

/** Adds a sentence for each run that a table lacks: seeds that failed, run, are missing.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_table_note_absents(const skel_report *report,
                                                 const skel_report_section *section,
                                                 skel_report_table *table);

#endif
