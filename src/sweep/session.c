/* Sessions: how the program was started, and the data set of the latest run. */
#include "skel/session.h"

#include "stock.h"

#include "skel/libraries.h"
#include "skel/memory.h"
#include "skel/settings.h"
#include "skel/watchdog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* Prefixes of the variables that say how a scheduler has started us. */
static const char *const scheduler_prefixes[] = {"SLURM_JOB",    "SLURM_ARRAY",  "SLURM_CLUSTER",
                                                 "SLURM_NNODES", "SLURM_NTASKS", "PBS_JOB",
                                                 "LSB_JOB",      "PJM_JOB"};

static bool is_scheduler_variable(const char *entry)
{
    for (size_t i = 0; i < sizeof scheduler_prefixes / sizeof *scheduler_prefixes; i++) {
        if (strncmp(entry, scheduler_prefixes[i], strlen(scheduler_prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Appends `text` and a separator to a growing text. */
static skel_status append(char **whole, const char *text, const char *separator)
{
    size_t old = *whole == NULL ? 0 : strlen(*whole);
    size_t bytes = old + strlen(separator) + strlen(text) + 1;
    skel_status status = SKEL_GROW(bytes, 1, whole);

    if (status == SKEL_OK) {
        (void)snprintf(*whole + old, bytes - old, "%s%s", old == 0 ? "" : separator, text);
    }
    return status;
}

static skel_status collect_scheduler(char **out)
{
    skel_status status = skel_strdup("", out);

    for (char **entry = environ; status == SKEL_OK && *entry != NULL; entry++) {
        if (is_scheduler_variable(*entry)) {
            status = append(out, *entry, "\n");
        }
    }
    return status;
}

static skel_status collect_command_line(int argc, char **argv, char **out)
{
    skel_status status = skel_strdup("", out);

    for (int i = 0; status == SKEL_OK && i < argc; i++) {
        status = append(out, argv[i], " ");
    }
    return status;
}

static skel_status collect_local(skel_session *session, int argc, char **argv, char **command,
                                 char **scheduler)
{
    size_t size = (size_t)skel_comm_size(session->comm);
    skel_status status = SKEL_OK;

    SKEL_TRY(collect_command_line(argc, argv, command));
    SKEL_TRY(collect_scheduler(scheduler));
    SKEL_TRY(SKEL_ALLOC(size * SKEL_HOST, 1, &session->invocation.hosts));
done:
    return status;
}

static void collect_hosts(skel_session *session)
{
    char host[SKEL_HOST] = "unknown";

    (void)gethostname(host, sizeof host - 1);
    skel_comm_gather_text(session->comm, host, SKEL_HOST, session->invocation.hosts);
}

/* Results have the same bits on any number of ranks only if all use the same kernels. */
static skel_status check_kernels(const skel_comm *comm, const char *hosts)
{
    char own[SKEL_KERNELS_TEXT];
    char(*all)[SKEL_KERNELS_TEXT] = NULL;
    skel_status status = SKEL_ALLOC((size_t)skel_comm_size(comm), sizeof *all, &all);

    SKEL_TRY(skel_comm_agree(comm, status));
    skel_kernels_text(own);
    skel_comm_gather_text(comm, own, SKEL_KERNELS_TEXT, all[0]);
    for (int rank = 1; status == SKEL_OK && rank < skel_comm_size(comm); rank++) {
        if (strcmp(all[rank], all[0]) != 0) {
            status = SKEL_FAIL(SKEL_ERR_USAGE,
                               "rank 0 (%s) uses %s, rank %d (%s) uses %s, and the results depend "
                               "on it: set SKEL_MAX_ISA and DNNL_MAX_CPU_ISA on all nodes to what "
                               "all of them have",
                               hosts, all[0], rank, hosts + (size_t)rank * SKEL_HOST, all[rank]);
        }
    }
done:
    SKEL_FREE(&all);
    return status;
}

skel_status skel_session_create(const skel_comm *comm, int argc, char **argv, skel_session **out)
{
    char *command = NULL;
    char *scheduler = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC(1, sizeof **out, out)));
    (*out)->comm = comm;
    SKEL_TRY(skel_comm_agree(comm, collect_local(*out, argc, argv, &command, &scheduler)));
    SKEL_TRY(skel_comm_broadcast_text(comm, command, &(*out)->invocation.command_line));
    SKEL_TRY(skel_comm_broadcast_text(comm, scheduler, &(*out)->invocation.scheduler));
    collect_hosts(*out);
    SKEL_TRY(check_kernels(comm, (*out)->invocation.hosts));
done:
    SKEL_FREE(&scheduler);
    SKEL_FREE(&command);
    if (status != SKEL_OK) {
        skel_session_destroy(out);
    }
    return status;
}

static skel_status copy_invocation(const skel_invocation *from, size_t ranks, skel_invocation *to)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_strdup(from->command_line, &to->command_line));
    SKEL_TRY(skel_strdup(from->scheduler, &to->scheduler));
    SKEL_TRY(SKEL_ALLOC(ranks * SKEL_HOST, 1, &to->hosts));
done:
    return status;
}

skel_status skel_session_part(const skel_session *whole, const skel_comm *group, skel_session **out)
{
    size_t ranks = (size_t)skel_comm_size(group);
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_comm_agree(group, SKEL_ALLOC(1, sizeof **out, out)));
    (*out)->comm = group;
    (*out)->runs = whole->runs;
    SKEL_TRY(
        skel_comm_agree(group, copy_invocation(&whole->invocation, ranks, &(*out)->invocation)));
    collect_hosts(*out);
done:
    if (status != SKEL_OK) {
        skel_session_destroy(out);
    }
    return status;
}

void skel_session_destroy(skel_session **session)
{
    if (*session == NULL) {
        return;
    }
    skel_dataset_close(&(*session)->dataset);
    SKEL_FREE(&(*session)->invocation.hosts);
    SKEL_FREE(&(*session)->invocation.scheduler);
    SKEL_FREE(&(*session)->invocation.command_line);
    SKEL_FREE(session);
}

skel_status skel_session_dataset(skel_session *session, const skel_job *job,
                                 const skel_dataset **out)
{
    const skel_dataset_source source = skel_settings_source(job);
    const skel_dataset_source last = skel_settings_source(&session->job);
    skel_status status = SKEL_OK;

    *out = skel_stock_find(session->stock, job);
    if (*out != NULL) {
        return SKEL_OK;
    }
    if (session->dataset == NULL || !skel_dataset_is_same(&source, &last)) {
        skel_dataset_close(&session->dataset);
        skel_watchdog_io_begin("reading the data set %s", job->data.set);
        status = skel_dataset_open(session->comm, &source, &session->dataset);
        skel_watchdog_io_end();
        SKEL_TRY(status);
        session->job = *job;
    }
    *out = session->dataset;
done:
    return status;
}
