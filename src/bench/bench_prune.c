/* A whole pruning: all iterations of a method on one network, as `skel run` does them. */
#include "described.h"
#include "parts.h"
#include "prune_job.h"

#include "skel/experiment.h"
#include "skel/isa.h"
#include "skel/network.h"
#include "skel/session.h"
#include "skel/settings.h"

#include <stdio.h>

enum { REQUEST = 256 }; /* bytes of a request to the peer */

typedef struct skel_prune_bench {
    skel_bench *bench;
    skel_session *session;
    skel_prune_job work;
    skel_outcome outcome; /* of the latest pruning */
} skel_prune_bench;

static skel_status prune_once(void *context, double *seconds)
{
    skel_prune_bench *prune = context;
    const skel_comm *comm = prune->bench->comm;
    const skel_assignment assignment = {.comm = comm,
                                        .job = &prune->work.job,
                                        .dataset = &prune->work.dataset,
                                        .invocation = &prune->session->invocation,
                                        .path = prune->work.path,
                                        .timed = true};
    skel_status status = skel_experiment_run(&assignment, &prune->outcome);

    *seconds = prune->outcome.seconds_prune;
    skel_prune_job_clean(comm, &prune->work);
    return status;
}

static void print(const skel_prune_bench *prune, const skel_contestant entries[2])
{
    const skel_bench *bench = prune->bench;
    const skel_job *job = &prune->work.job;
    char width[32] = "";

    if (job->model.width > 0) {
        (void)snprintf(width, sizeof width, " of width %zu", (size_t)job->model.width);
    }
    (void)printf("\nprune: %s on %s%s, %zu iterations to %zu of %zu weights, batch %zu, engine %s, "
                 "instruction set %s\n",
                 job->prune.method, job->model.name, width, bench->iterations, prune->outcome.kept,
                 prune->outcome.prunable, bench->batch, job->compute.engine,
                 skel_isa_name(skel_isa_best()));
    skel_bench_print(bench, 2, entries, (double)bench->iterations, "iterations/s");
}

/* Root only: the network that the job has, for the images that the job has.
 * `path` is the file of its description. */
static skel_status write_request(const skel_prune_bench *prune, char path[SKEL_DESCRIBED_PATH],
                                 char request[REQUEST])
{
    const skel_bench *bench = prune->bench;
    const skel_job *job = &prune->work.job;
    skel_settings settings;
    skel_network *network = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_resolve_for(job, prune->work.dataset.info, &settings));
    SKEL_TRY(skel_settings_network(job, &settings, &network));
    (void)snprintf(request, REQUEST, "prune %s %zu %zu %zu %zu %zu %s %.9g %zu",
                   skel_described_for(bench, network, path), network->width, network->classes,
                   network->tensor[0].channels, network->tensor[0].height, bench->batch,
                   bench->method, bench->density, bench->iterations);
done:
    skel_network_destroy(&network);
    return status;
}

static skel_status contest(skel_prune_bench *prune)
{
    skel_bench *bench = prune->bench;
    skel_contestant entries[2] = {
        {.name = "skel", .run = prune_once, .context = prune, .threads = bench->threads}};
    char path[SKEL_DESCRIBED_PATH] = "";
    char request[REQUEST] = "";
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(bench->comm)) {
        status = write_request(prune, path, request);
    }
    SKEL_TRY(skel_comm_agree(bench->comm, status));
    skel_bench_peer_enter(bench, &entries[1], "prune", ", masked", request);
    skel_described_remove(path);
    SKEL_TRY(skel_bench_contest(bench, "prune", 2, entries));
    if (skel_comm_is_root(bench->comm)) {
        print(prune, entries);
    }
done:
    return status;
}

skel_status skel_bench_prune(skel_bench *bench)
{
    const char *model = bench->model == NULL ? "resnet20" : bench->model;
    char program[] = "skel bench prune";
    char *arguments[] = {program, NULL};
    skel_prune_bench prune = {.bench = bench};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_session_create(bench->comm, 1, arguments, &prune.session));
    SKEL_TRY(skel_prune_job_make(bench, model, &prune.work));
    SKEL_TRY(contest(&prune));
done:
    skel_prune_job_free(bench->comm, &prune.work);
    skel_session_destroy(&prune.session);
    return status;
}
