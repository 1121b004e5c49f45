/** Manual pages. */
#ifndef SKEL_CLI_MANUAL_H
#define SKEL_CLI_MANUAL_H

#include "command.h"

/** Prints a manual page in roff: "skel", the name of a command, or "job" for the job file.
 *
 *  Local. `command` ends with NULL. Errors: SKEL_ERR_USAGE for another name.
 */
SKEL_CHECKED skel_status skel_manual_print(const skel_command *const command[], const char *page);

#endif
