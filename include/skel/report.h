/** Reports: many run files in groups, for tables, figures and a page.
 *
 *      SKEL_TRY(skel_report_open(1, (const char *[]){"runs/quickstart"}, &options, &report));
 *      for (size_t i = 0; i < report->sections; i++) {
 *          SKEL_TRY(skel_report_tables_make(report, &report->section[i], &tables));
 *      }
 *      done:
 *      skel_report_close(&report);
 *
 *  Local, without MPI.
 */
#ifndef SKEL_REPORT_H
#define SKEL_REPORT_H

#include "skel/report_section.h"

/** How runs are chosen and grouped. Plain data, borrowed. */
typedef struct skel_report_options {
    const char *by;    /**< "KEY,KEY": groups; NULL: by all in which the runs differ but the seed */
    const char *where; /**< "KEY=VALUE,KEY=VALUE": only such runs; NULL: all */
    const char *cache; /**< file that keeps the summaries of files that do not change; NULL: none */
} skel_report_options;

/** A report. Plain data, all owned. */
typedef struct skel_report {
    skel_texts sources; /**< folders and files that were asked for */
    size_t runs;
    skel_report_run *run; /**< [runs] by path; done or not, duplicates too */
    size_t sections;
    skel_report_section *section; /**< [sections] by data set, then network */
    size_t duplicates;            /**< files of a run that an earlier file holds */
    size_t damaged;               /**< files that cannot be read */
    skel_status failure;          /**< of these files: skel_status_of_files() */
    skel_texts warnings;          /**< sentences */
} skel_report;

/** Reads the run files of folders and files, and makes sections and groups.
 *
 *  Local.
 *  Files that are not of skel's runs are passed over in folders, and folders of reports, too. A
 *  damaged file is a run of state SKEL_REPORT_DAMAGED, and no error.
 *  @param paths  [count] folders, searched with all below them, or run files; at least one
 *  @param out    *owned*: skel_report_close() it
 *  Errors: SKEL_ERR_IO if a path cannot be read; SKEL_ERR_DATA if there is no run;
 *          SKEL_ERR_USAGE for an unknown key, a condition that no run meets, or groups that would
 *          pool runs that differ in a key other than the seed, naming the keys; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_open(size_t count, const char *const paths[],
                                          const skel_report_options *options, skel_report **out);

/** Frees a report; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_report_close(skel_report **report);

#endif
