/** The tables of a section. */
#ifndef SKEL_REPORT_TABLES_H
#define SKEL_REPORT_TABLES_H

#include "skel/report.h"
#include "skel/report_table.h"

/** Tables, in the order of printing. */
typedef struct skel_report_tables {
    size_t tables;
    skel_report_table *table; /**< [tables] owned */
} skel_report_tables;

/** Makes all tables of a section: accuracy by method and sparsity, accuracy in detail, sparsity
 *  and layers, cost and time, pairwise differences, and the runs without a result.
 *
 *  Local. Without a tested run those of accuracy are left out.
 *  @param out  *owned*: skel_report_tables_clear() it, also after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_tables_make(const skel_report *report,
                                                 const skel_report_section *section,
                                                 skel_report_tables *out);

/** Frees the tables.
 *
 *  Local.
 */
void skel_report_tables_clear(skel_report_tables *tables);

#endif
