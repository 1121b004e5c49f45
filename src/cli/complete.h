/** Completion of the command line in a shell. */
#ifndef SKEL_CLI_COMPLETE_H
#define SKEL_CLI_COMPLETE_H

#include "command.h"

/** Prints the words that can stand in the place of the last of `words`, as skel_job_complete().
 *
 *  Local. The words come from the table of commands and from the usage and the options of each.
 *  @param command  ends with NULL
 *  @param word     [words] of a command line behind "skel", the last one maybe unfinished or ""
 */
void skel_complete_print(const skel_command *const command[], size_t words, char *const word[]);

#endif
