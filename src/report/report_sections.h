/** Division of a report's runs into sections. */
#ifndef SKEL_REPORT_SECTIONS_H
#define SKEL_REPORT_SECTIONS_H

#include "skel/report.h"

/** Makes the sections of a report, and the groups of each.
 *
 *  Local. Duplicates are left out of all groups, and are counted.
 *  @param by  keys, or NULL: as of skel_report_options
 *  Errors: SKEL_ERR_USAGE for an unknown key, or runs that would be pooled but differ, naming the
 *  keys; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_sections_make(skel_report *report, const char *by);

#endif
