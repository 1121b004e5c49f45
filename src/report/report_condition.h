/** The condition --where: settings that a run must have. */
#ifndef SKEL_REPORT_CONDITION_H
#define SKEL_REPORT_CONDITION_H

#include "skel/report.h"

/** Removes the runs that do not have the settings. Runs whose setting is not known stay.
 *
 *  Local.
 *  @param where  "KEY=VALUE,KEY=VALUE"; the key `seed`, too. NULL: no condition. A key that is
 *                named twice may have either value
 *  Errors: SKEL_ERR_USAGE for a text of another form, or a key that no run has, with the nearest;
 *  SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_condition_apply(const char *where, skel_report *report);

/** Checks that a run of the report has each key.
 *
 *  Local. Errors: SKEL_ERR_USAGE naming `option`, with the nearest key.
 */
SKEL_CHECKED skel_status skel_report_condition_check_keys(const skel_report *report,
                                                          const char *option,
                                                          const skel_texts *keys);

#endif
