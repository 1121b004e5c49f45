/* skel help: commands, options, exit statuses. */
#include "help.h"

#include "skel/dataset.h"
#include "skel/engine.h"
#include "skel/network.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

enum { LEFT = 24, RIGHT = LEFT + 3, COMMANDS = 32 };

const skel_help_word skel_help_statuses[] = {
    {"0", "done"},
    {"1", "done, but skel doctor has warnings"},
    {"64", "wrong usage or job"},
    {"65", "damaged data"},
    {"69", "a program or service is missing"},
    {"70", "internal error or a number that is not finite"},
    {"74", "input/output"},
    {"75", "stopped on request: the same command goes on"},
    {NULL, NULL},
};

const skel_help_word skel_help_variables[] = {
    {"SKEL_DATA", "folder of the data sets, one folder for each below it"},
    {"XDG_DATA_HOME", "without SKEL_DATA, data sets are in its folder skel; its default is "
                      "~/.local/share"},
    {"SKEL_MAX_ISA", "baseline or avx2: use no better kernels, even if the processor has more"},
    {"DNNL_MAX_CPU_ISA", "the same for oneDNN: SSE41, AVX2, AVX512_CORE, ..."},
    {"SKEL_SITE", "file with the defaults of the cluster, instead of ~/.config/skel/site.yaml"},
    {"SKEL_SHARE", "the folder share/skel, if it is not beside the folder of the program"},
    {NULL, NULL},
};

const skel_job_list skel_help_lists[SKEL_HELP_LISTS] = {
    {"data.set", skel_dataset_names},
    {"model.name", skel_model_names},
    {"compute.engine", skel_engine_kinds},
};

/* "usage: skel run JOB.yaml [key=value ...]" */
static void print_usage(const skel_command *command)
{
    int column = printf("usage: skel %s ", command->name);

    skel_text_wrap(stdout, command->usage, (size_t)column, (size_t)column);
}

static void print_option(const skel_option *option)
{
    char left[96];
    bool fits = false;

    (void)snprintf(left, sizeof left, "%s%c%s--%s%s%s", option->letter != 0 ? "-" : " ",
                   option->letter != 0 ? option->letter : ' ', option->letter != 0 ? ", " : "  ",
                   option->name, option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
    fits = strlen(left) <= LEFT;
    printf("  %-*s%s", fits ? LEFT : 0, left, fits ? " " : "\n");
    if (!fits) {
        printf("%*s", RIGHT, "");
    }
    skel_text_wrap(stdout, option->help, RIGHT, RIGHT);
}

/* Prints "exit status: 0 done; 64 ...", with lines of at most 88 characters. */
static void print_statuses(void)
{
    size_t column = (size_t)printf("exit status:");

    for (const skel_help_word *status = skel_help_statuses; status->word != NULL; status++) {
        size_t length = strlen(status->word) + strlen(status->meaning) + 3;

        if (column + length > 88) {
            column = (size_t)printf("\n ") - 1;
        }
        column += (size_t)printf(" %s %s%s", status->word, status->meaning,
                                 status[1].word != NULL ? ";" : "\n");
    }
}

void skel_help_print(const skel_command *const command[])
{
    printf("skel prunes convolutional networks at initialization, on MPI ranks, and trains what is "
           "left.\n\nusage: skel COMMAND [ARGUMENTS]\n\ncommands:\n");
    for (size_t i = 0; command[i] != NULL; i++) {
        printf("  %-9s %s\n", command[i]->name, command[i]->summary);
    }
    printf(
        "\n`skel help COMMAND` describes a command. `skel run --help-job` describes the job file.\n"
        "`skel --version` prints the versions of the program and of its libraries, and the\n"
        "processor's instruction set in use; SKEL_MAX_ISA=baseline or avx2 allows less.\n\n");
    print_statuses();
}

void skel_help_command(const skel_command *command)
{
    print_usage(command);
    printf("\n%s\n", command->summary);
    if (command->details[0] != '\0') {
        printf("\n%s", command->details);
    }
    printf("\noptions:\n");
    for (const skel_option *option = command->options; option->name != NULL; option++) {
        print_option(option);
    }
    printf("  %-*s %s\n", LEFT, "    --help", "print this and exit");
}

skel_status skel_help_find(const skel_command *const command[], const char *name,
                           const skel_command **out)
{
    const char *names[COMMANDS];
    const char *nearest = NULL;
    size_t count = 0;

    for (; command[count] != NULL; count++) {
        SKEL_ASSERT(count < COMMANDS);
        names[count] = command[count]->name;
        if (strcmp(name, names[count]) == 0) {
            *out = command[count];
            return SKEL_OK;
        }
    }
    nearest = skel_text_nearest(name, count, names);
    if (nearest != NULL) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "unknown command %s; did you mean %s?", name, nearest);
    }
    return SKEL_FAIL(SKEL_ERR_USAGE, "unknown command %s; see skel --help", name);
}
