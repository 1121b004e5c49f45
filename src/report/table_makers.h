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

skel_table_maker skel_table_make_accuracy;    /**< mean by line and sparsity */
skel_table_maker skel_table_make_detail;      /**< interval, median, range by group */
skel_table_maker skel_table_make_sparsity;    /**< weights that are left, and what is lost */
skel_table_maker skel_table_make_cost;        /**< multiply-adds, speeds, seconds */
skel_table_maker skel_table_make_differences; /**< each pair of lines at each sparsity */
skel_table_maker skel_table_make_absents;     /**< seeds without a result, with the reason */

/** Title of a column. Static. */
typedef struct skel_table_head {
    const char *title;
    skel_cell_kind kind;
    int decimals;
} skel_table_head;

/** Makes a table with columns and without rows.
 *
 *  Local. `out` is owned, also after an error. Errors: SKEL_ERR_MEMORY.
 *  @param head  [heads]
 */
SKEL_CHECKED skel_status skel_table_begin(const char *name, const char *caption, size_t heads,
                                          const skel_table_head head[], skel_report_table *out);

/** Sets a 95 % interval in two columns, cut where no value can be; "-" in both if it holds all
 *  values that can be.
 *
 *  Local.
 *  @param column  of the low end; that of the high end follows
 *  @param least   the lowest value that can be
 *  @return whether the interval is cut
 */
bool skel_table_set_interval(skel_report_table *table, size_t column, double low, double high,
                             double least, double most);

/** Says where intervals are cut.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 *  @param quantity  "accuracies"
 */
SKEL_CHECKED skel_status skel_table_note_cut(const char *quantity, double least, double most,
                                             skel_report_table *table);

/** Adds a sentence for each line whose runs keep another share of the weights than was asked for,
 *  with the reason.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_table_note_shares(const skel_report *report,
                                                const skel_report_section *section,
                                                skel_report_table *table);

/** Adds a sentence for each run that a table lacks: seeds that failed, run, are missing.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_table_note_absents(const skel_report *report,
                                                 const skel_report_section *section,
                                                 skel_report_table *table);

#endif
