/** What `skel help` prints, and the tables that it shares with manual pages and completion. */
#ifndef SKEL_CLI_HELP_H
#define SKEL_CLI_HELP_H

#include "command.h"

#include "skel/job.h"

/** An exit status or a variable of the environment, and its meaning. */
typedef struct skel_help_word {
    const char *word;
    const char *meaning;
} skel_help_word;

/** All exit statuses of the program; a word of NULL ends the table. */
extern const skel_help_word skel_help_statuses[];

/** All variables of the environment that the program reads; a word of NULL ends the table. */
extern const skel_help_word skel_help_variables[];

enum { SKEL_HELP_LISTS = 3 };

/** Values of the job's keys that name things of other rooms. */
extern const skel_job_list skel_help_lists[SKEL_HELP_LISTS];

/** Prints what the program is, and its commands.
 *
 *  Local. `command` ends with NULL.
 */
void skel_help_print(const skel_command *const command[]);

/** Prints what a command does, and its options.
 *
 *  Local.
 */
void skel_help_command(const skel_command *command);

/** Finds a command by its name.
 *
 *  Local. `command` ends with NULL. Errors: SKEL_ERR_USAGE; the message suggests the nearest name.
 */
SKEL_CHECKED skel_status skel_help_find(const skel_command *const command[], const char *name,
                                        const skel_command **out);

#endif
