/* skel verify: every dataset of every file against its checksum. */
#include "skel/reader.h"

#include "command.h"

#include <stdio.h>
#include <string.h>

static const skel_option options[] = {{NULL, 0, NULL, NULL}};

/* The line begins with the file's name already. */
static const char *without_path(const char *message, const char *path)
{
    size_t length = strlen(path);

    return strncmp(message, path, length) == 0 ? message + length + strspn(message + length, ": ")
                                               : message;
}

/* Checks one file; its line goes to standard output. */
static skel_status verify_file(const char *path)
{
    skel_reader *reader = NULL;
    size_t datasets = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_verify(reader, &datasets));
    (void)printf("%s: ok (%zu datasets)\n", path, datasets);
done:
    if (status != SKEL_OK) {
        (void)printf("%s: FAILED: %s\n", path, without_path(skel_error_message(), path));
    }
    skel_reader_close(&reader);
    return status;
}

static skel_status run(const skel_arguments *arguments, int argc, char **argv)
{
    size_t bad = 0;
    skel_status worst = SKEL_OK;

    (void)argc;
    (void)argv;
    for (size_t i = 0; i < arguments->count; i++) {
        skel_status status = verify_file(arguments->word[i]);

        bad += status != SKEL_OK;
        /* A damaged file is what the exit status tells first. */
        if (worst == SKEL_OK || status == SKEL_ERR_DATA) {
            worst = status != SKEL_OK ? status : worst;
        }
    }
    if (bad > 0) {
        return SKEL_FAIL(worst, "%zu of %zu file%s did not pass", bad, arguments->count,
                         arguments->count == 1 ? "" : "s");
    }
    return SKEL_OK;
}

const skel_command skel_command_verify = {
    .name = "verify",
    .usage = "FILE...",
    .summary = "check the integrity of run files and checkpoints",
    .details = "Every dataset is read and compared with the checksum that it was written with,\n"
               "every attribute is read, and nothing may be missing that the file's schema\n"
               "promises. One line for each file. Exit status: 65 if a file is damaged or is\n"
               "none of skel's, 74 if one cannot be read. Works without MPI.\n",
    .options = options,
    .words_min = 1,
    .words_max = SKEL_ANY,
    .run = run,
};
