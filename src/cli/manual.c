/* Manual pages, from the tables of commands, options, exit statuses and job keys. */
#include "manual.h"

#include "help.h"

#include "skel/roff.h"
#include "skel/version.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The head of a page: its name, "skel-run", its section and what it describes. */
static void print_head(const char *command, const char *section, const char *summary)
{
    printf(".TH SKEL%s", command[0] != '\0' ? "\\-" : "");
    for (const char *letter = command; *letter != '\0'; letter++) {
        (void)putchar(toupper((unsigned char)*letter));
    }
    printf(" %s \"%s\" \"skel %s\" \"skel\"\n.nh\n.ad l\n.SH NAME\nskel", section,
           skel_version_date(), skel_version());
    skel_roff_words(stdout, command[0] != '\0' ? "-" : "");
    skel_roff_words(stdout, command);
    printf(" \\- ");
    skel_roff_words(stdout, summary);
    printf("\n");
}

static void print_words(const char *title, const skel_help_word word[])
{
    printf(".SH %s\n", title);
    for (size_t i = 0; word[i].word != NULL; i++) {
        skel_roff_entry(stdout, word[i].word);
        skel_roff_text(stdout, word[i].meaning);
    }
}

/* The last section: the other pages. */
static void print_others(const skel_command *const command[], const char *except)
{
    printf(".SH SEE ALSO\n");
    if (except[0] != '\0') {
        printf(".BR skel (1),\n");
    }
    for (size_t i = 0; command[i] != NULL; i++) {
        if (strcmp(command[i]->name, except) != 0) {
            printf(".BR skel\\-%s (1)%s\n", command[i]->name,
                   command[i + 1] != NULL || strcmp(except, "job") != 0 ? "," : "");
        }
    }
    if (strcmp(except, "job") != 0) {
        printf(".BR skel\\-job (5)\n");
    }
}

static void print_program(const skel_command *const command[])
{
    print_head("", "1", "prune convolutional networks at initialization");
    printf(".SH SYNOPSIS\n.B skel\n.I COMMAND\n.RI [ ARGUMENTS ]\n.SH DESCRIPTION\n");
    skel_roff_text(stdout,
                   "skel prunes convolutional networks at initialization, on MPI ranks, and trains "
                   "what is left. A job file describes all runs; masks, weights and figures are "
                   "kept in HDF5 files.\n\n"
                   "`skel help COMMAND` and `skel COMMAND --help` describe a command; `skel "
                   "--version` prints the versions of the program and of its libraries.\n");
    printf(".SH COMMANDS\n");
    for (size_t i = 0; command[i] != NULL; i++) {
        skel_roff_entry(stdout, command[i]->name);
        skel_roff_text(stdout, command[i]->summary);
    }
    print_words("EXIT STATUS", skel_help_statuses);
    print_words("ENVIRONMENT", skel_help_variables);
    printf(".SH FILES\n");
    skel_roff_text(stdout,
                   "The folder share/skel of the installation has job files (jobs), "
                   "examples and tables of results (analysis), README.md, FORMAT.md, which "
                   "describes the HDF5 files, and NUMBERS.md, which says what their numbers "
                   "mean.\n");
    print_others(command, "");
}

static void print_options(const skel_command *command)
{
    printf(".SH OPTIONS\n");
    for (const skel_option *option = command->options; option->name != NULL; option++) {
        printf(".TP\n");
        if (option->letter != 0) {
            printf("\\fB\\-%c\\fR, ", option->letter);
        }
        printf("\\fB\\-\\-");
        skel_roff_words(stdout, option->name);
        printf("\\fR");
        if (option->argument != NULL) {
            printf(" \\fI");
            skel_roff_words(stdout, option->argument);
            printf("\\fR");
        }
        printf("\n");
        skel_roff_text(stdout, option->help);
    }
    skel_roff_entry(stdout, "--help");
    skel_roff_text(stdout, "print a summary of this page and exit");
}

static void print_command(const skel_command *const all[], const skel_command *command)
{
    print_head(command->name, "1", command->summary);
    printf(".SH SYNOPSIS\n.B skel %s\n", command->name);
    skel_roff_text(stdout, command->usage);
    if (command->details[0] != '\0') {
        printf(".SH DESCRIPTION\n");
        skel_roff_text(stdout, command->details);
    }
    print_options(command);
    print_words("EXIT STATUS", skel_help_statuses);
    print_words("ENVIRONMENT", skel_help_variables);
    print_others(all, command->name);
}

skel_status skel_manual_print(const skel_command *const command[], const char *page)
{
    const skel_command *found = NULL;
    skel_status status = SKEL_OK;

    if (strcmp(page, "skel") == 0) {
        print_program(command);
    } else if (strcmp(page, "job") == 0) {
        print_head("job", "5", "the job file of skel run");
        skel_job_manual(stdout, SKEL_HELP_LISTS, skel_help_lists);
        print_others(command, "job");
    } else {
        SKEL_TRY(skel_help_find(command, page, &found));
        print_command(command, found);
    }
done:
    return status;
}
