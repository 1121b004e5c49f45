/* The program: finds the command, runs it, and prints the one error. */
#include "complete.h"
#include "help.h"
#include "manual.h"

#include "skel/isa.h"
#include "skel/launch.h"
#include "skel/log.h"
#include "skel/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const skel_command *const commands[] = {
    &skel_command_run,    &skel_command_plan,    &skel_command_submit,   &skel_command_status,
    &skel_command_report, &skel_command_data,    &skel_command_inspect,  &skel_command_export,
    &skel_command_verify, &skel_command_compare, &skel_command_saliency, &skel_command_spectrum,
    &skel_command_eval,   &skel_command_bench,   &skel_command_doctor,   NULL,
};

/* `skel help [COMMAND]`, a manual page, or a completion. */
static skel_status help_on(int argc, char **argv)
{
    const skel_command *found = NULL;
    skel_status status = SKEL_OK;

    if (argc > 3 && strcmp(argv[2], "--complete") == 0) {
        skel_complete_print(commands, (size_t)argc - 3, argv + 3);
        return SKEL_OK;
    }
    if (argc == 4 && strcmp(argv[2], "--man") == 0) {
        return skel_manual_print(commands, argv[3]);
    }
    if (argc > 3) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel help: too many arguments; usage: skel help COMMAND");
    }
    if (argc < 3) {
        skel_help_print(commands);
        return SKEL_OK;
    }
    SKEL_TRY(skel_help_find(commands, argv[2], &found));
    skel_help_command(found);
done:
    return status;
}

static skel_status run_command(int argc, char **argv)
{
    const skel_command *command = NULL;
    skel_arguments arguments;
    char **words = NULL;
    bool help = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_help_find(commands, argv[1], &command));
    SKEL_TRY(SKEL_ALLOC((size_t)argc, sizeof *words, &words));
    SKEL_TRY(skel_arguments_parse(command, argc, argv, words, &arguments, &help));
    if (help) {
        skel_help_command(command);
    } else {
        SKEL_TRY(command->run(&arguments));
    }
done:
    SKEL_FREE(&words);
    return status;
}

/* Does what the first word asks for. */
static skel_status dispatch(int argc, char **argv)
{
    const char *word = argc < 2 ? "--help" : argv[1];

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        skel_help_print(commands);
        return argc < 2 ? SKEL_ERR_USAGE : SKEL_OK;
    }
    if (strcmp(word, "--version") == 0) {
        skel_command_version();
        return SKEL_OK;
    }
    return strcmp(word, "help") == 0 ? help_on(argc, argv) : run_command(argc, argv);
}

/* Prints an error from before MPI was started. Every rank has this error; MPI is started so that
 * the launcher kills no rank before the root has printed. */
static void leave_with(skel_status status)
{
    skel_comm *comm = NULL;

    if (skel_launch_has_ranks()) {
        int argc = 0;
        char **argv = NULL;
        char message[2048];

        (void)snprintf(message, sizeof message, "%s", skel_error_message());
        (void)(skel_comm_start(&argc, &argv, &comm) != SKEL_OK);
        (void)skel_error_set(status, "%s", message);
    }
    (void)skel_command_leave(&comm, status);
}

/* The next file that is opened would take the number of a closed standard stream, and the program
 * would print into a run file. What goes to a closed standard output is lost: there the file is not
 * for writing, so that printing fails. */
static void fill_closed_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) == -1) { /* open() takes the lowest free number */
            (void)!open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_RDWR);
        }
    }
}

/* Whether all that was printed is out. ferror() tells of an earlier flush that failed. */
static skel_status finish_output(void)
{
    bool failed = fflush(stdout) != 0;
    const char *reason = failed ? strerror(errno) : "";

    if (!failed && ferror(stdout) == 0) {
        return SKEL_OK;
    }
    skel_log(SKEL_LOG_ERROR, "cannot write to standard output%s%s", failed ? ": " : "", reason);
    return SKEL_ERR_IO;
}

int main(int argc, char **argv)
{
    skel_status status = SKEL_OK;

    fill_closed_streams();
    (void)signal(SIGXFSZ,
                 SIG_IGN); /* a write beyond the user's limit of a file's size then fails */
    skel_log_configure(SKEL_LOG_INFO, skel_launch_is_first());
    status = skel_isa_check();
    if (status == SKEL_OK) {
        status = dispatch(argc, argv);
    }
    if (status != SKEL_OK && skel_error_message()[0] != '\0') {
        leave_with(status);
    }
    if (status == SKEL_OK && skel_memory_blocks() != 0) {
        skel_log(SKEL_LOG_WARNING, "%zu blocks of memory were not freed", skel_memory_blocks());
    }
    if (status == SKEL_OK) {
        status = finish_output();
    }
    return skel_status_exit_code(status);
}
