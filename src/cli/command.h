/** What a command is to main, and how its arguments are read. */
#ifndef SKEL_CLI_COMMAND_H
#define SKEL_CLI_COMMAND_H

#include "skel/comm.h"

#include <stddef.h>

enum { SKEL_COMMAND_OPTIONS = 16 };

/** One option of a command. Static, immutable. A list ends with a name of NULL. */
typedef struct skel_option {
    const char *name;     /**< "out" for --out */
    char letter;          /**< 'q' for -q, 0 for none */
    const char *argument; /**< "DIR" if it takes a value, NULL for a switch */
    const char *help;
} skel_option;

/** Command line of a command, taken apart. Borrowed from argv. */
typedef struct skel_arguments {
    const char *value[SKEL_COMMAND_OPTIONS]; /**< per option: its value, "" for a switch that is
                                                  on, NULL if it was not given */
    size_t count;                            /**< words that are no options */
    char **word;
} skel_arguments;

/** One command. Static, immutable; each lives in src/cli/cmd_NAME.c. */
typedef struct skel_command {
    const char *name;    /**< "inspect" */
    const char *usage;   /**< "FILE [key=value ...]" */
    const char *summary; /**< one line for the list of commands */
    const char *details; /**< paragraphs for its own --help, ending in a newline; may be "" */
    const skel_option *options;
    size_t words_min; /**< words that are no options */
    size_t words_max; /**< SKEL_ANY for any number */
    /** Does the work. `argc` and `argv` are main's, for MPI_Init.
     *
     *  Results go to standard output. Errors: the caller prints the message.
     */
    skel_status (*run)(const skel_arguments *arguments, int argc, char **argv);
} skel_command;

#define SKEL_ANY ((size_t)-1)

extern const skel_command skel_command_bench;
extern const skel_command skel_command_compare;
extern const skel_command skel_command_data;
extern const skel_command skel_command_inspect;
extern const skel_command skel_command_plan;
extern const skel_command skel_command_run;
extern const skel_command skel_command_saliency;
extern const skel_command skel_command_verify;

/** Ends MPI for a command: the error is printed first, by the rank that speaks.
 *
 *  Collective; frees `*comm`. The launcher kills all ranks as soon as one ends with an error: no
 * rank leaves before the message is out. main prints what has not been printed. Returns `status`.
 */
skel_status skel_command_leave(skel_comm **comm, skel_status status);

/** Prints release, git revision and the versions of the libraries.
 *
 *  Local.
 */
void skel_command_version(void);

/** Takes a command's arguments apart; options may stand anywhere, `--` ends them.
 *
 *  Local.
 *  @param words  [argc] room for the words
 *  @param help   out: whether --help was asked for; nothing else is checked then
 *  Errors: SKEL_ERR_USAGE for an unknown option (suggesting the nearest), a missing value, too few
 *          or too many words.
 */
SKEL_CHECKED skel_status skel_arguments_parse(const skel_command *command, int argc, char **argv,
                                              char *words[], skel_arguments *out, bool *help);

/** Value of an option of the command, NULL if it was not given.
 *
 *  Local. Asserts that the command has such an option.
 */
const char *skel_arguments_get(const skel_command *command, const skel_arguments *arguments,
                               const char *name);

#endif
