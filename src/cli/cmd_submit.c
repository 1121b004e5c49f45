/* skel submit: hands the runs of a job to Slurm. It never starts MPI: it runs on a login node. */
#include "command.h"

#include "skel/installed.h"
#include "skel/submit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char details[] =
    "  skel submit job.yaml --ranks 32 --time 4:00:00 --parallel 8 --partition long\n\n"
    "The resolved job is frozen beside its run files: if the job file is changed later, the\n"
    "frozen one counts. Runs whose file exists are done, and runs that wait or run in Slurm's\n"
    "queue are not submitted again: the same command submits what is missing. One array does\n"
    "the runs, one element each (or one job in groups of ranks); after it, one job writes the\n"
    "table and the report. A job that is warned of its time limit or preempted stops after a\n"
    "checkpoint and goes back to the queue.\n\n"
    "Defaults of the cluster are read from ~/.config/skel/site.yaml, or the file that SKEL_SITE\n"
    "names; slurm/site.yaml is an example. slurm/ has the batch scripts.\n";

static const skel_option options[] = {
    {"out", 0, "DIR", "folder of the run files (default: runs in the site's scratch, or here)"},
    {"ranks", 'n', "N", "ranks of each job (default: 1)"},
    {"nodes", 'N', "N", "nodes of each job (default: 1)"},
    {"time", 't', "T", "time limit of each job, in sbatch's form"},
    {"parallel", 0, "P", "runs at a time (default: as many as Slurm starts)"},
    {"groups", 0, "G", "one job, whose ranks do the runs in G groups"},
    {"partition", 'p', "NAME", "sbatch's option"},
    {"account", 'A', "NAME", "sbatch's option"},
    {"qos", 'q', "NAME", "sbatch's option"},
    {"requeues", 0, "N", "returns to the queue without progress before giving up (default: 20)"},
    {"dry-run", 0, NULL, "print the plan and what would be submitted, then exit"},
    {NULL, 0, NULL, NULL},
};

static skel_status find_program(char path[SKEL_JOB_PATH])
{
    ssize_t length = readlink("/proc/self/exe", path, SKEL_JOB_PATH - 1);

    if (length <= 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "/proc/self/exe: %s", strerror(errno));
    }
    path[length] = '\0';
    return SKEL_OK;
}

static skel_status read_numbers(const skel_arguments *arguments, skel_submit_options *out)
{
    skel_status status = SKEL_OK;

    out->ranks = 1;
    out->nodes = 1;
    out->requeues = 20;
    SKEL_TRY(skel_arguments_number(arguments, "ranks", 1, 10000000, &out->ranks));
    SKEL_TRY(skel_arguments_number(arguments, "nodes", 1, 1000000, &out->nodes));
    SKEL_TRY(skel_arguments_number(arguments, "parallel", 1, 1000000, &out->parallel));
    SKEL_TRY(skel_arguments_number(arguments, "groups", 1, 1000000, &out->groups));
    SKEL_TRY(skel_arguments_number(arguments, "requeues", 0, 1000000, &out->requeues));
    if (out->nodes > out->ranks) {
        status = SKEL_FAIL(SKEL_ERR_USAGE,
                           "skel submit: --nodes %llu with --ranks %llu: a node "
                           "without a rank has nothing to do",
                           (unsigned long long)out->nodes, (unsigned long long)out->ranks);
    }
done:
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    const char *const *words = (const char *const *)arguments->word;
    char program[SKEL_JOB_PATH];
    char scripts[SKEL_INSTALLED_PATH];
    skel_submit_options how = {
        .out = skel_arguments_get(arguments, "out"),
        .program = program,
        .scripts = scripts,
        .time = skel_arguments_get(arguments, "time"),
        .partition = skel_arguments_get(arguments, "partition"),
        .account = skel_arguments_get(arguments, "account"),
        .qos = skel_arguments_get(arguments, "qos"),
        .dry_run = skel_arguments_has(arguments, "dry-run"),
        .extras = arguments->count - arguments->before_end,
        .extra = words + arguments->before_end,
    };
    skel_status status = SKEL_OK;

    if (arguments->before_end == 0) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel submit: which job? usage: skel submit %s",
                         skel_command_submit.usage);
    }
    SKEL_TRY(find_program(program));
    SKEL_TRY(skel_installed_find("slurm", scripts));
    SKEL_TRY(read_numbers(arguments, &how));
    SKEL_TRY(skel_submit(words[0], arguments->before_end - 1, words + 1, &how));
done:
    return status;
}

SKEL_COMMAND(submit, "JOB.yaml [key=value ...] [options] [-- options of sbatch]",
             "hand the runs of a job to Slurm", 1, SKEL_ANY);
