/** Runs of a section in the order of its groups. */
#ifndef SKEL_REPORT_ENTRY_H
#define SKEL_REPORT_ENTRY_H

#include "report_keys.h"

/** A run on its way to a group. Plain data; `label` is owned. */
typedef struct skel_report_entry {
    size_t run;
    char *label; /**< of its line */
    size_t rank; /**< of its method: dense first, then in the order of the list of methods */
    double sparsity;
    uint64_t seed;
    skel_report_state state;
    bool is_known; /**< all of the section's keys are known of the run */
} skel_report_entry;

/** Makes an entry for each member, sorted by line, sparsity, seed, and path.
 *
 *  Local.
 *  @param entry  [members->count] out, *owned*: skel_report_entry_free()
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_entry_list(const skel_report *report,
                                                const skel_report_section *section,
                                                const skel_report_members *members,
                                                skel_report_entry **entry);

/** Frees a list of entries.
 *
 *  Local.
 */
void skel_report_entry_free(size_t count, skel_report_entry **entry);

/** Whether two entries are of one line.
 *
 *  Local.
 */
bool skel_report_entry_shares_line(const skel_report_entry *a, const skel_report_entry *b);

#endif
