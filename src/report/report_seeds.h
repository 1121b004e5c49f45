/** The seeds of groups: those that they have, those that they lack. */
#ifndef SKEL_REPORT_SEEDS_H
#define SKEL_REPORT_SEEDS_H

#include "report_entry.h"

/** Whether a group has a run of a seed, done or not.
 *
 *  Local.
 */
bool skel_report_seeds_has(const skel_report *report, const skel_report_group *group,
                           uint64_t seed);

/** Adds a seed that a group lacks.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_seeds_add_absent(skel_report_group *group,
                                                      skel_report_absent absent);

/** Lists the seeds of a section, and those that its groups lack.
 *
 *  Local. Fills `seed` of the section, and `absent` of its groups, sorted. A seed is missing in a
 *  group if other runs of a folder of the group have it: the runs of a folder are of one job, and
 *  two jobs need not have the same seeds.
 *  @param entry  [count] the section's runs
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_seeds_find(const skel_report *report, size_t count,
                                                const skel_report_entry entry[],
                                                skel_report_section *section);

#endif
