/** The watchdog's options, and its start, for the commands of several ranks. */
#ifndef SKEL_CLI_WATCH_H
#define SKEL_CLI_WATCH_H

#include "command.h"

/** Entries of a command's list of options. */
#define SKEL_WATCH_OPTIONS                                                                         \
    {"watchdog", 0, "TIME",                                                                        \
     "end with status 74 after TIME without progress; 0: never (default: 10m)"},                   \
    {                                                                                              \
        "watchdog-io", 0, "TIME", "the same during input and output (default: as --watchdog)"      \
    }

/** Starts the watchdog of each rank as the command's options say; skel_command_leave() ends it.
 *
 *  Collective.
 *  Errors: SKEL_ERR_USAGE for a text that is no duration; as skel_watchdog_start(); agreed on.
 */
SKEL_CHECKED skel_status skel_watch_start(const skel_arguments *arguments, const skel_comm *comm);

#endif
