/** The settings in which runs differ. */
#ifndef SKEL_REPORT_KEYS_H
#define SKEL_REPORT_KEYS_H

#include "skel/report.h"

/** Runs of a section, by their places in the report. Plain data; `run` is owned. */
typedef struct skel_report_members {
    size_t count;
    size_t *run; /**< [count] ascending; done or not, without duplicates */
} skel_report_members;

/** Finds keys in which the runs that are done differ, those that are equal in all of them, and
 *  those that follow from the method and the keys that are shown.
 *
 *  Local. Fills `keys`, `shared` and `dependent` of the section. `prune.sparsity` and
 *  `prune.method` are among `keys` if runs differ in them.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_keys_find(const skel_report *report,
                                               const skel_report_members *members,
                                               skel_report_section *section);

/** Whether two runs have the same value of a setting.
 *
 *  Local.
 */
bool skel_report_keys_agree(const skel_report_run *a, const skel_report_run *b, const char *key);

/** Adds to `out` the keys in which two runs differ.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_keys_differing(const skel_report_run *a,
                                                    const skel_report_run *b, skel_texts *out);

#endif
