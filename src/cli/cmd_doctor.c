/* skel doctor: checks this machine, its MPI, its file system and its libraries. */
#include "command.h"

#include "skel/doctor.h"
#include "skel/json.h"
#include "skel/log.h"
#include "skel/memory.h"

#include <stdio.h>

static const char details[] =
    "  skel doctor                                  this machine, as one rank\n"
    "  mpirun -n 4 skel doctor runs                 the ranks of a run, and its output folder\n"
    "  srun --mpi=pmix -N 2 -n 64 skel doctor DIR   the same in a Slurm allocation\n\n"
    "Prints one line for each check: ok, warning or failure, with what was found, what skel does\n"
    "about it and what you can do. DIR (default: the current folder) is the folder whose file\n"
    "system is checked; nothing stays there. Start it as you start your runs.\n"
    "Exit status: 0 all is well, 1 there are warnings, 74 there are failures. Open MPI's mpirun\n"
    "prints some lines of its own after 1 and 74, that \"the job has been aborted\": they are\n"
    "expected.\n";

static const skel_option options[] = {
    {"format", 0, "text|json", "lines for people, or a JSON object a line (text)"},
    {"patience", 0, "N", "seconds that one check may take before skel gives up (120)"},
    {NULL, 0, NULL, NULL},
};

enum { VERDICTS = SKEL_VERDICT_FAILURE + 1 };

/* What print() knows. */
typedef struct report {
    bool speaking; /* the root */
    bool json;
    size_t count[VERDICTS];
    skel_status status; /* of the output */
} report;

static skel_status print_json(const skel_finding *finding)
{
    skel_json *json = NULL;
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_json_create(&json));
    skel_json_add_text(json, "check", finding->check);
    skel_json_add_text(json, "verdict", skel_doctor_word(finding->verdict));
    skel_json_add_text(json, "found", finding->found);
    skel_json_add_text(json, "advice", finding->advice);
    SKEL_TRY(skel_json_print(json, &text));
    printf("%s\n", text);
done:
    SKEL_FREE(&text);
    skel_json_destroy(&json);
    return status;
}

static void print(void *context, const skel_finding *finding)
{
    report *all = context;

    all->count[finding->verdict]++;
    if (!all->speaking) {
        return;
    }
    if (!all->json) {
        printf("%-8s %-13s %s%s%s\n", skel_doctor_word(finding->verdict), finding->check,
               finding->found, finding->advice[0] != '\0' ? "; " : "", finding->advice);
    } else if (all->status == SKEL_OK) {
        all->status = print_json(finding);
    }
    (void)fflush(stdout);
}

static void print_sum(const report *all)
{
    size_t checks = 0;

    for (size_t i = 0; i < VERDICTS; i++) {
        checks += all->count[i];
    }
    printf("%zu checks: %zu ok, %zu skipped, %zu warning%s, %zu failure%s\n", checks,
           all->count[SKEL_VERDICT_OK], all->count[SKEL_VERDICT_SKIPPED],
           all->count[SKEL_VERDICT_WARNING], all->count[SKEL_VERDICT_WARNING] == 1 ? "" : "s",
           all->count[SKEL_VERDICT_FAILURE], all->count[SKEL_VERDICT_FAILURE] == 1 ? "" : "s");
}

/* The lines have said it all: the status comes without a message. */
static skel_status status_of(skel_verdict worst)
{
    skel_error_clear();
    if (worst == SKEL_VERDICT_FAILURE) {
        return SKEL_ERR_IO;
    }
    return worst == SKEL_VERDICT_WARNING ? SKEL_WARNED : SKEL_OK;
}

static skel_status run(const skel_arguments *arguments)
{
    static const char *const formats[] = {"text", "json"};
    int argc = arguments->argc;
    char **argv = arguments->argv;
    size_t format = 0;
    uint64_t patience = 120;
    report all = {.json = false};
    skel_comm *comm = NULL;
    skel_verdict worst = SKEL_VERDICT_OK;
    skel_status status = skel_arguments_choice(arguments, "format", 2, formats, &format);

    if (status == SKEL_OK) {
        status = skel_arguments_number(arguments, "patience", 1, 86400, &patience);
    }
    if (status != SKEL_OK) {
        return status;
    }
    skel_doctor_limit("start of MPI", (unsigned)patience);
    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    skel_log_configure(SKEL_LOG_ERROR, skel_comm_is_root(comm));
    all.json = format == 1;
    all.speaking = skel_comm_is_root(comm);
    SKEL_TRY(skel_doctor_run(comm, arguments->count > 0 ? arguments->word[0] : ".",
                             (unsigned)patience, print, &all, &worst));
    SKEL_TRY(skel_comm_agree(comm, all.status));
    if (all.speaking && !all.json) {
        print_sum(&all);
    }
    status = status_of(worst);
done:
    return skel_command_leave(&comm, status);
}

SKEL_COMMAND(doctor, "[DIR] [options]", "check this machine, its MPI, file system and libraries", 0,
             1);
