/* skel bench: times the parts on this machine, each against what else could do the same. */
#include "command.h"

#include "skel/bench.h"
#include "skel/log.h"
#include "skel/progress.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const skel_option options[] = {
    {"model", 0, "NAME", "network of gradient, flow (some in turn), hessian, startup (resnet20)"},
    {"width", 0, "N", "channels of its first stage (the model's own)"},
    {"batch", 0, "N", "images of one gradient or product (128)"},
    {"engine", 0, "NAME", "engine of gradient and hessian (auto)"},
    {"density", 0, "D", "share of the weights that step keeps, 0 to 1 (0.01)"},
    {"mask", 0, "SOURCE", "mask of step: uniform, or a file with /masks (uniform)"},
    {"microbatch", 0, "N", "images of one pass (the batch divided by the ranks)"},
    {"threads", 0, "N", "threads of each rank (1)"},
    {"count", 0, "N", "values of topk and reduce (23467712, resnet50's prunable weights)"},
    {"repeat", 0, "N", "rounds; every figure is their median (5)"},
    {"job", 0, "FILE", "job that startup starts (jobs/quickstart.yaml)"},
    {"peer", 0, "SCRIPT", "what runs the peer, or none (tests/bench/peer_torch.py)"},
    {"peer-threads", 0, "N", "threads of the peer (0: as many as it takes by itself)"},
    {NULL, 0, NULL, NULL},
};

/* Value of an option that is a number, at least `least`. */
static skel_status number(const skel_arguments *arguments, const char *name, size_t least,
                          size_t otherwise, size_t *out)
{
    const char *text = skel_arguments_get(&skel_command_bench, arguments, name);
    char *end = NULL;
    unsigned long long value = 0;

    *out = otherwise;
    if (text == NULL) {
        return SKEL_OK;
    }
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value < least ||
        value > INT32_MAX) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel bench: --%s %s: expected a number from %zu to %d",
                         name, text, least, INT32_MAX);
    }
    *out = (size_t)value;
    return SKEL_OK;
}

/* The share of the weights that a mask keeps. */
static skel_status read_density(const skel_arguments *arguments, double *out)
{
    const char *text = skel_arguments_get(&skel_command_bench, arguments, "density");
    char *end = NULL;

    *out = 0;
    if (text == NULL) {
        return SKEL_OK;
    }
    *out = strtod(text, &end);
    if (end == text || *end != '\0' || !(*out > 0) || !(*out <= 1)) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel bench: --density %s: expected a number above 0, at most 1", text);
    }
    return SKEL_OK;
}

static skel_status read_settings(const skel_arguments *arguments, skel_bench *out,
                                 size_t *peer_threads)
{
    size_t threads = 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(number(arguments, "width", 1, 0, &out->width));
    SKEL_TRY(number(arguments, "batch", 1, 128, &out->batch));
    SKEL_TRY(number(arguments, "microbatch", 1, 0, &out->microbatch));
    SKEL_TRY(number(arguments, "threads", 1, 1, &threads));
    SKEL_TRY(number(arguments, "count", 100, 23467712, &out->count));
    SKEL_TRY(number(arguments, "repeat", 1, 5, &out->repeat));
    SKEL_TRY(number(arguments, "peer-threads", 0, 0, peer_threads));
    if (out->repeat > BENCH_REPEATS) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel bench: --repeat %zu: at most %d", out->repeat,
                         BENCH_REPEATS);
    }
    SKEL_TRY(read_density(arguments, &out->density));
    out->threads = (int)threads;
    out->mask = skel_arguments_get(&skel_command_bench, arguments, "mask");
    if (out->mask == NULL) {
        out->mask = "uniform";
    }
    out->model = skel_arguments_get(&skel_command_bench, arguments, "model");
    out->engine = skel_arguments_get(&skel_command_bench, arguments, "engine");
    if (out->engine == NULL) {
        out->engine = "auto";
    }
    out->job = skel_arguments_get(&skel_command_bench, arguments, "job");
    if (out->job == NULL) {
        out->job = SKEL_SOURCE_DIR "/jobs/quickstart.yaml";
    }
done:
    return status;
}

static skel_status run(const skel_arguments *arguments, int argc, char **argv)
{
    skel_bench bench = {0};
    skel_comm *comm = NULL;
    size_t peer_threads = 0;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    status = skel_bench_check(arguments->count, arguments->word);
    if (status == SKEL_OK) {
        status = read_settings(arguments, &bench, &peer_threads);
    }
    if (status != SKEL_OK) {
        return status;
    }
    status = skel_comm_start(&argc, &argv, &comm);
    if (status != SKEL_OK) {
        return status;
    }
    bench.comm = comm;
    bench.mpi_seconds = skel_seconds() - started;
    skel_log_configure(SKEL_LOG_INFO, skel_comm_is_root(comm));
    SKEL_TRY(skel_shared_create(comm, 64, &bench.turn));
    skel_bench_peer_open(&bench, skel_arguments_get(&skel_command_bench, arguments, "peer"),
                         peer_threads);
    SKEL_TRY(skel_bench_run(&bench, arguments->count, arguments->word));
done:
    skel_bench_peer_stop(&bench.peer);
    skel_shared_destroy(&bench.turn);
    return skel_command_leave(&comm, status);
}

const skel_command skel_command_bench = {
    .name = "bench",
    .usage = "[startup] [gradient] [hessian] [flow] [topk] [reduce] [step] [options]",
    .summary = "time the parts on this machine",
    .details = "Times the parts on random data and, where PyTorch can be imported by\n"
               "/usr/bin/python3, PyTorch doing the same: in the same session, in turn, while the\n"
               "others sleep. Without words: all parts. Start it under mpirun to use more ranks.\n",
    .options = options,
    .words_min = 0,
    .words_max = SKEL_BENCH_PARTS,
    .run = run,
};
