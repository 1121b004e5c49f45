/** Groups of runs that differ in the seed alone. */
#ifndef SKEL_REPORT_GROUP_H
#define SKEL_REPORT_GROUP_H

#include "report_keys.h"

/** Makes the groups of a section.
 *
 *  Local. Fills all of the section but the names of its data set and network. Duplicates are left
 *  out of the groups, and are counted.
 *  @param members  the section's runs
 *  @param by  keys, or NULL: as of skel_report_options
 *  Errors: SKEL_ERR_USAGE for an unknown key, or runs that would be pooled but differ, naming the
 *  keys; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_group_build(skel_report *report, skel_report_section *section,
                                                 const skel_report_members *members,
                                                 const char *by);

#endif
