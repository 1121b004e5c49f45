/** The interface between main and a command, and the reading of a command's arguments. */
#ifndef SKEL_CLI_COMMAND_H
#define SKEL_CLI_COMMAND_H

#include "skel/comm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SKEL_COMMAND_OPTIONS = 32 };

/** One option of a command. Static, immutable. A list ends with a name of NULL. */
typedef struct skel_option {
    const char *name;     /**< "out" for --out */
    char letter;          /**< 'q' for -q, 0 for none */
    const char *argument; /**< "DIR" if it takes a value, NULL for a switch */
    const char *help;
} skel_option;

typedef struct skel_command skel_command;

/** Command line of a command, taken apart. Borrowed from argv. */
typedef struct skel_arguments {
    const skel_command *command;
    int argc; /**< main's, for MPI_Init */
    char **argv;
    /** Of each option: its value, "" for a switch that is on, NULL if it was not given. */
    const char *value[SKEL_COMMAND_OPTIONS];
    size_t count;      /**< words that are no options */
    size_t before_end; /**< those of them that stand before `--` */
    char **word;
} skel_arguments;

/** One command. Static, immutable; each lives in src/cli/cmd_NAME.c. */
struct skel_command {
    const char *name;    /**< "inspect" */
    const char *usage;   /**< "FILE [key=value ...]" */
    const char *summary; /**< one line for the list of commands */
    const char *details; /**< paragraphs for its own --help, ending in a newline; may be "" */
    const skel_option *options;
    size_t words_min; /**< words that are no options */
    size_t words_max; /**< SKEL_ANY for any number */
    /** Does the work.
     *
     *  Results go to standard output. Errors: the caller prints the message.
     */
    skel_status (*run)(const skel_arguments *arguments);
};

#define SKEL_ANY ((size_t)-1)

/** Defines a command of a file that has static `details`, `options` and `run()`. */
#define SKEL_COMMAND(NAME, USAGE, SUMMARY, WORDS_MIN, WORDS_MAX)                                   \
    const skel_command skel_command_##NAME = {.name = #NAME,                                       \
                                              .usage = (USAGE),                                    \
                                              .summary = (SUMMARY),                                \
                                              .details = details,                                  \
                                              .options = options,                                  \
                                              .words_min = (WORDS_MIN),                            \
                                              .words_max = (WORDS_MAX),                            \
                                              .run = run}

extern const skel_command skel_command_bench;
extern const skel_command skel_command_compare;
extern const skel_command skel_command_data;
extern const skel_command skel_command_doctor;
extern const skel_command skel_command_eval;
extern const skel_command skel_command_export;
extern const skel_command skel_command_inspect;
extern const skel_command skel_command_plan;
extern const skel_command skel_command_report;
extern const skel_command skel_command_run;
extern const skel_command skel_command_saliency;
extern const skel_command skel_command_spectrum;
extern const skel_command skel_command_status;
extern const skel_command skel_command_submit;
extern const skel_command skel_command_verify;

/** Ends MPI for a command: prints the error, if it has a message, then frees `*comm`.
 *
 *  Collective. The root alone prints. The launcher kills all ranks when one of them ends with an
 *  error, so no rank leaves before the root has printed. Returns `status`.
 */
skel_status skel_command_leave(skel_comm **comm, skel_status status);

/** Prints release, git revision, the versions of the libraries, and the instruction set.
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
 *          or too many words, and the empty name of a file or folder.
 */
SKEL_CHECKED skel_status skel_arguments_parse(const skel_command *command, int argc, char **argv,
                                              char *words[], skel_arguments *out, bool *help);

/** Value of an option of the command, NULL if it was not given.
 *
 *  Local. Asserts that the command has such an option.
 */
const char *skel_arguments_get(const skel_arguments *arguments, const char *name);

/** Whether an option of the command was given.
 *
 *  Local. Asserts that the command has such an option.
 */
bool skel_arguments_has(const skel_arguments *arguments, const char *name);

/** Value of an option that is a whole number.
 *
 *  Local.
 *  @param value  in: the default; out: the number, unchanged if the option was not given
 *  Errors: SKEL_ERR_USAGE if it is no number from `least` to `most`.
 */
SKEL_CHECKED skel_status skel_arguments_number(const skel_arguments *arguments, const char *name,
                                               uint64_t least, uint64_t most, uint64_t *value);

/** Value of an option that is a number with or without a decimal point.
 *
 *  Local.
 *  @param value  in: the default; out: the number, unchanged if the option was not given
 *  Errors: SKEL_ERR_USAGE if it is no number above 0 and at most `most`.
 */
SKEL_CHECKED skel_status skel_arguments_real(const skel_arguments *arguments, const char *name,
                                             double most, double *value);

/** Value of an option that is one word of a list.
 *
 *  Local.
 *  @param index  in: the default; out: the word's place in `words`, unchanged if the option was not
 *                given
 *  Errors: SKEL_ERR_USAGE for any other word, with the list.
 */
SKEL_CHECKED skel_status skel_arguments_choice(const skel_arguments *arguments, const char *name,
                                               size_t count, const char *const words[],
                                               size_t *index);

#endif
