/* skel run: prune, train and test every run of a job. */
#include "help.h"
#include "watch.h"

#include "skel/comm.h"
#include "skel/dataset.h"
#include "skel/duration.h"
#include "skel/engine.h"
#include "skel/launch.h"
#include "skel/line.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/network.h"
#include "skel/progress.h"
#include "skel/stop.h"
#include "skel/sweep.h"
#include "skel/text.h"
#include "skel/version.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double margin_default = 90; /* seconds */

static const char details[] =
    "  mpirun -n 4 skel run jobs/cifar10-resnet50.yaml prune.sparsity=0.98 seed=3\n\n"
    "Each run of the job's sweep writes OUT/JOB/METHOD-sSPARSITY-seedN-HASH.h5. HASH is of all\n"
    "settings that can change the result. A run that any job below OUT has finished is not done\n"
    "again. So the same command continues a job that was stopped, and an extended sweep costs\n"
    "its new runs alone.\n"
    "key=value replaces a value of the job file. The key is a dotted path, the value is YAML:\n"
    "seed=3, train.milestones=[150,250], sweep.seed=[0,1,2]. The number of ranks does not\n"
    "change the results.\n\n"
    "--groups N divides the ranks into N groups. A group does one run at a time and then takes\n"
    "the next one, the longest first. The files are those of one group. Groups have ranks of one\n"
    "node each, or whole nodes; otherwise their sizes differ by at most 1. A run that fails does\n"
    "not end the others: a table says what failed and why, and the exit status is that of the\n"
    "worst run (from the worst: 70, 74, 65, 69, 64). A file system that is full, read-only or\n"
    "broken ends the sweep.\n\n"
    "A line says which run goes on, how many are done, and when all will be. On a terminal it is\n"
    "live. In a file there is one a minute at most after the first minutes; -v prints each "
    "result.\n\n"
    "SIGUSR1, SIGTERM, SIGINT, SIGHUP, --max-time, the coming end of a Slurm allocation\n"
    "(SLURM_JOB_END_TIME) or a file OUT/STOP stop the program after the microbatch that is being\n"
    "computed: it writes a checkpoint and ends with exit status 75. The same command goes on,\n"
    "with the same result, on any number of ranks. All groups stop. A second signal ends the\n"
    "program at once. mpirun passes on SIGUSR1 at once, SIGTERM and SIGINT after a second, and\n"
    "a second later it kills the ranks: the last checkpoint counts. `mpirun --mca\n"
    "odls_base_sigkill_timeout 20` makes 20 seconds of both. While OUT/STOP is there nothing is\n"
    "begun (75): remove it, then the same command goes on. Open MPI's mpirun prints some lines of\n"
    "its own after every exit status but 0, that \"the job has been aborted\": after 75 they are\n"
    "expected, and nothing is lost.\n\n"
    "A thread of each rank watches its progress. If a rank hangs, because another one was\n"
    "stopped, a file system is dead or a call of MPI never returns, the thread names rank, host\n"
    "and phase and ends the job with exit status 74 (--watchdog, --watchdog-io).\n\n"
    "A file of a finished run is compared with its checksums before the run is skipped: summary,\n"
    "metrics and provenance always, weights and masks with --verify=full, the default of --table.\n"
    "A damaged file is never counted: exit status 65 and its name; it is kept until you move "
    "it.\n\n"
    "A checkpoint that is damaged, or of other data or other settings, is never continued. If a\n"
    "run has checkpoints and none can be used, it ends with exit status 65 or 64 and the reason;\n"
    "--restart does such runs from the beginning.\n";

static const skel_option options[] = {
    {"out", 0, "DIR", "folder of the run files (default: runs)"},
    {"index", 0, "N", "do only run N of the sweep; the first is 0"},
    {"groups", 0, "N", "divide the ranks into N groups that take the runs in turn (default: 1)"},
    {"keep-going", 0, NULL, "after a run that failed, do the others (default)"},
    {"no-keep-going", 0, NULL, "after a run that failed, begin no other run"},
    {"max-time", 0, "TIME", "stop after a checkpoint when TIME is over: 90s, 15m, 2h, 1-02:00:00"},
    {"margin", 0, "TIME", "stop so long before the end of a Slurm allocation (default: 90s)"},
    SKEL_WATCH_OPTIONS,
    {"verify", 0, "quick|full",
     "how to check files of finished runs (default: quick; --table: full)"},
    {"restart", 0, NULL, "do runs from the beginning whose checkpoints cannot be used"},
    {"dry-run", 0, NULL, "list each run and whether it would be done or skipped, then exit"},
    {"table", 0, NULL, "print the table of the runs that are done, do none, then exit"},
    {"print-config", 0, NULL, "print the resolved job of every run, then exit"},
    {"help-job", 0, NULL, "describe every key of the job file, then exit"},
    {"quiet", 'q', NULL, "print warnings and errors only, no progress"},
    {"verbose", 'v', NULL, "print details, such as a line for each epoch"},
    {NULL, 0, NULL, NULL},
};

static skel_log_level level_of(const skel_arguments *arguments)
{
    return skel_arguments_has(arguments, "quiet")     ? SKEL_LOG_WARNING
           : skel_arguments_has(arguments, "verbose") ? SKEL_LOG_DEBUG
                                                      : SKEL_LOG_INFO;
}

static const char *const verify_words[] = {"quick", "full"};

static skel_status read_options(const skel_arguments *arguments, skel_sweep_options *out)
{
    const char *folder = skel_arguments_get(arguments, "out");
    uint64_t index = 0;
    uint64_t groups = 1;
    size_t verify = skel_arguments_has(arguments, "table") ? 1 : 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_arguments_number(arguments, "index", 0, SIZE_MAX, &index));
    SKEL_TRY(skel_arguments_number(arguments, "groups", 1, INT_MAX, &groups));
    SKEL_TRY(skel_arguments_choice(arguments, "verify", 2, verify_words, &verify));
    *out = (skel_sweep_options){.out = folder != NULL ? folder : "runs",
                                .index = index,
                                .only = skel_arguments_has(arguments, "index"),
                                .groups = groups,
                                .verify_full = verify == 1,
                                .restart = skel_arguments_has(arguments, "restart"),
                                .stop_early = skel_arguments_has(arguments, "no-keep-going")};
    if (out->only && groups > 1) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel run: --groups %zu with --index: one run is done by one group",
                         out->groups);
    }
    if (out->stop_early && skel_arguments_has(arguments, "keep-going")) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel run: --keep-going with --no-keep-going: give one of them");
    }
    if (out->out[0] == '\0' || strlen(out->out) >= SKEL_JOB_PATH) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel run: --out: %s folder name",
                         out->out[0] == '\0' ? "empty" : "too long a");
    }
done:
    return status;
}

static void print_configs(const skel_sweep *sweep, const skel_sweep_options *which)
{
    for (size_t i = 0; i < sweep->runs; i++) {
        char *text = NULL;

        if (which->only && i != which->index) {
            continue;
        }
        if (skel_job_print(&sweep->run[i].job, &text) == SKEL_OK) {
            printf("%s# run %zu\n%s", i > 0 && !which->only ? "---\n" : "", i, text);
        }
        SKEL_FREE(&text);
    }
}

static void print_dry_run(const skel_sweep *sweep, const skel_sweep_options *which)
{
    for (size_t i = 0; i < sweep->runs; i++) {
        const skel_sweep_run *run = &sweep->run[i];
        char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];

        if (which->only && i != which->index) {
            continue;
        }
        skel_sweep_path(which->out, run, sizeof path, path);
        printf("%-6s %s\n",
               access(path, F_OK) == 0 || (!which->only && run->first != i) ? "skip" : "run", path);
    }
}

static void print_results(const skel_sweep *sweep, const skel_sweep_options *which, double seconds)
{
    char took[SKEL_TEXT_DURATION];

    skel_text_duration(seconds, took);
    for (size_t i = 0; i < sweep->runs; i++) {
        if (sweep->run[i].state == SKEL_RUN_DONE) {
            skel_sweep_table(sweep, which->out);
            printf("files: %s/%s (%s in all)\n", which->out, sweep->run[0].job.name, took);
            return;
        }
    }
}

static skel_status do_runs(const skel_comm *comm, skel_sweep *sweep,
                           const skel_sweep_options *which, int argc, char **argv)
{
    skel_session *session = NULL;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_session_create(comm, argc, argv, &session));
    SKEL_INFO("skel %s: %s, %zu run%s on %d rank%s", skel_version(), sweep->run[0].job.name,
              which->only ? (size_t)1 : sweep->runs, which->only || sweep->runs == 1 ? "" : "s",
              skel_comm_size(comm), skel_comm_size(comm) == 1 ? "" : "s");
    status = skel_sweep_run_all(session, sweep, which);
    if (skel_comm_is_root(comm)) {
        print_results(sweep, which, skel_seconds() - started);
    }
done:
    skel_session_destroy(&session);
    return status;
}

static void print_table(const skel_sweep *sweep, const skel_sweep_options *which)
{
    size_t done = 0;

    for (size_t i = 0; i < sweep->runs; i++) {
        done += sweep->run[i].state == SKEL_RUN_DONE;
    }
    skel_sweep_table(sweep, which->out);
    printf("%zu of %zu run%s done\n", done, sweep->runs, sweep->runs == 1 ? " is" : "s are");
}

static bool only_prints(const skel_arguments *arguments)
{
    return skel_arguments_has(arguments, "print-config") ||
           skel_arguments_has(arguments, "dry-run") || skel_arguments_has(arguments, "table");
}

static skel_status check_index(const skel_sweep *sweep, const skel_sweep_options *which)
{
    if (!which->only || which->index < sweep->runs) {
        return SKEL_OK;
    }
    if (sweep->runs == 1) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel run: --index %zu: the job has 1 run, number 0",
                         which->index);
    }
    return SKEL_FAIL(SKEL_ERR_USAGE,
                     "skel run: --index %zu: the job has %zu runs, numbered 0 to %zu", which->index,
                     sweep->runs, sweep->runs - 1);
}

static skel_status check_groups(const skel_comm *comm, const skel_sweep_options *which)
{
    size_t ranks = (size_t)skel_comm_size(comm);

    if (which->groups > ranks) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel run: --groups %zu: there %s %zu rank%s, and a group needs at least "
                         "one; start more ranks (mpirun -n %zu) or ask for fewer groups",
                         which->groups, ranks == 1 ? "is" : "are", ranks, ranks == 1 ? "" : "s",
                         which->groups);
    }
    return SKEL_OK;
}

/* What is only printed needs no MPI, and works on a login node; under a launcher, one process
 * prints. */
static skel_status without_ranks(const skel_arguments *arguments, const skel_sweep_options *which)
{
    skel_comm *self = NULL;
    skel_sweep *sweep = NULL;
    skel_status status = SKEL_OK;

    skel_log_configure(level_of(arguments), skel_launch_is_first());
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_sweep_open(self, arguments->word[0], arguments->count - 1,
                             (const char *const *)(arguments->word + 1), &sweep));
    SKEL_TRY(check_index(sweep, which));
    if (!skel_launch_is_first()) {
        goto done;
    }
    if (skel_arguments_has(arguments, "table")) {
        SKEL_TRY(skel_sweep_find_done(self, sweep, which));
        print_table(sweep, which);
    } else if (skel_arguments_has(arguments, "dry-run")) {
        SKEL_TRY(skel_sweep_locate(self, sweep, which->out));
        print_dry_run(sweep, which);
    } else {
        print_configs(sweep, which);
    }
done:
    skel_sweep_close(&sweep);
    skel_comm_destroy(&self);
    return status;
}

/* The wall clock is read once, because it may be put back later. */
static void listen_to_slurm(double margin)
{
    const char *text = getenv("SLURM_JOB_END_TIME");
    double left = text != NULL ? strtod(text, NULL) - (double)time(NULL) : 0;

    if (left > 0) {
        skel_stop_set_end(left, margin);
    } else if (text != NULL) {
        SKEL_WARN("SLURM_JOB_END_TIME=%s is in the past by this machine's clock, and is ignored: "
                  "skel will not stop by itself before the end of the allocation",
                  text);
    }
}

/* Listens to all that can stop the program. The root looks for OUT/STOP, and tells the others. */
static skel_status listen_to_all(const skel_arguments *arguments, const skel_sweep_options *which,
                                 const skel_comm *comm)
{
    const char *most = skel_arguments_get(arguments, "max-time");
    const char *margin_text = skel_arguments_get(arguments, "margin");
    double seconds = 0;
    double margin = margin_default;
    char file[SKEL_JOB_PATH + 8];
    skel_status status = SKEL_OK;

    if (most != NULL) {
        SKEL_TRY(skel_duration_read("skel run: --max-time", most, &seconds));
        skel_stop_set_time(seconds);
    }
    if (margin_text != NULL) {
        SKEL_TRY(skel_duration_read("skel run: --margin", margin_text, &margin));
    }
    listen_to_slurm(margin);
    if (skel_comm_is_root(comm)) {
        (void)snprintf(file, sizeof file, "%s/STOP", which->out);
        skel_stop_set_file(file);
    }
    skel_stop_listen(skel_comm_rank(comm));
done:
    return status;
}

static skel_status with_ranks(const skel_arguments *arguments, const skel_sweep_options *which)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    skel_comm *comm = NULL;
    skel_sweep *sweep = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    skel_log_configure(level_of(arguments), skel_comm_is_root(comm));
    skel_log_stamp(skel_line_is_live() ? SKEL_LOG_CLOCK : SKEL_LOG_DATE);
    SKEL_TRY(skel_watch_start(arguments, comm));
    SKEL_TRY(skel_sweep_open(comm, arguments->word[0], arguments->count - 1,
                             (const char *const *)(arguments->word + 1), &sweep));
    SKEL_TRY(check_index(sweep, which));
    SKEL_TRY(check_groups(comm, which));
    SKEL_TRY(listen_to_all(arguments, which, comm));
    SKEL_TRY(do_runs(comm, sweep, which, argc, argv));
done:
    skel_sweep_close(&sweep);
    return skel_command_leave(&comm, status);
}

static skel_status run(const skel_arguments *arguments)
{
    skel_sweep_options which;
    skel_status status = SKEL_OK;

    if (skel_arguments_has(arguments, "help-job")) {
        skel_job_help(stdout, SKEL_HELP_LISTS, skel_help_lists);
        return SKEL_OK;
    }
    if (arguments->count == 0) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel run: which job? usage: skel run %s",
                         skel_command_run.usage);
    }
    SKEL_TRY(read_options(arguments, &which));
    SKEL_TRY((only_prints(arguments) ? without_ranks : with_ranks)(arguments, &which));
done:
    return status;
}

SKEL_COMMAND(run, "JOB.yaml [key=value ...] [options]",
             "prune, train and test every run of a job (under mpirun or srun)", 0, SKEL_ANY);
