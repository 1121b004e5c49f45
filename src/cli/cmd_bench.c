/* skel bench: times the parts on this machine, each against what else could do the same. */
#include "bench.h"
#include "command.h"

#include "skel/log.h"
#include "skel/progress.h"
#include "skel/text.h"

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
    {"microbatch", 0, "N", "images of one pass (the batch divided by the ranks)"},
    {"threads", 0, "N", "threads of each rank (1)"},
    {"count", 0, "N", "values of topk and reduce (23467712, resnet50's prunable weights)"},
    {"repeat", 0, "N", "rounds; every figure is their median (5)"},
    {"job", 0, "FILE", "job that startup starts (jobs/quickstart.yaml)"},
    {"peer", 0, "SCRIPT", "what runs the peer, or none (tests/bench/peer_torch.py)"},
    {"peer-threads", 0, "N", "threads of the peer (0: as many as it takes by itself)"},
    {NULL, 0, NULL, NULL},
};

static const struct {
    const char *name;
    skel_status (*run)(skel_bench *bench);
} parts[] = {
    {"startup", skel_bench_startup}, {"gradient", skel_bench_gradient},
    {"hessian", skel_bench_hessian}, {"flow", skel_bench_flow},
    {"topk", skel_bench_topk},       {"reduce", skel_bench_reduce},
};

enum { PARTS = sizeof parts / sizeof *parts };

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
    out->threads = (int)threads;
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

/* Checks that the words name parts. */
static skel_status check_parts(const skel_arguments *arguments)
{
    const char *names[PARTS];

    for (size_t i = 0; i < PARTS; i++) {
        names[i] = parts[i].name;
    }
    for (size_t i = 0; i < arguments->count; i++) {
        const char *word = arguments->word[i];
        const char *nearest = skel_text_nearest(word, PARTS, names);
        size_t known = 0;

        while (known < PARTS && strcmp(names[known], word) != 0) {
            known++;
        }
        if (known == PARTS) {
            return SKEL_FAIL(SKEL_ERR_USAGE,
                             "skel bench: no part \"%s\"%s%s%s; parts are startup, "
                             "gradient, hessian, flow, topk and reduce",
                             word, nearest == NULL ? "" : "; did you mean ",
                             nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
        }
    }
    return SKEL_OK;
}

static bool is_wanted(const skel_arguments *arguments, const char *part)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (strcmp(arguments->word[i], part) == 0) {
            return true;
        }
    }
    return arguments->count == 0;
}

typedef struct skel_peer_start {
    skel_bench *bench;
    const char *script;
    size_t threads;
} skel_peer_start;

static skel_status start(void *context, double *seconds)
{
    const skel_peer_start *peer = context;
    double started = skel_seconds();
    skel_status status = skel_bench_peer_start(peer->script, peer->threads, &peer->bench->peer);

    *seconds = skel_seconds() - started;
    return status;
}

/* Starts the peer on the root; without one only our own figures are printed. */
static void start_peer(skel_bench *bench, const char *script, size_t threads)
{
    skel_peer_start peer = {.bench = bench, .script = script, .threads = threads};

    (void)snprintf(bench->no_peer, sizeof bench->no_peer, "--peer none");
    if (script != NULL && strcmp(script, "none") == 0) {
        return;
    }
    if (script == NULL) {
        peer.script = SKEL_SOURCE_DIR "/tests/bench/peer_torch.py";
    }
    if (skel_bench_alone(bench, start, &peer, &bench->peer_seconds) != SKEL_OK) {
        (void)snprintf(bench->no_peer, sizeof bench->no_peer, "%s", skel_error_message());
        SKEL_WARN("no figures of PyTorch: %s", bench->no_peer);
    }
}

static void print_header(const skel_bench *bench)
{
    int threads = 0;

    if (!skel_comm_is_root(bench->comm)) {
        return;
    }
    (void)printf("skel on %d rank%s of %d thread%s", skel_comm_size(bench->comm),
                 skel_comm_size(bench->comm) == 1 ? "" : "s", bench->threads,
                 bench->threads == 1 ? "" : "s");
    if (bench->peer != NULL) {
        const char *name = skel_bench_peer_name(bench->peer, &threads);

        (void)printf(", %s on 1 process of %d thread%s", name, threads, threads == 1 ? "" : "s");
    }
    (void)printf("; %zu round%s, in turn, only one at work at a time\n", bench->repeat,
                 bench->repeat == 1 ? "" : "s");
}

static skel_status run_parts(skel_bench *bench, const skel_arguments *arguments)
{
    skel_status status = SKEL_OK;

    print_header(bench);
    for (size_t i = 0; i < PARTS; i++) {
        if (is_wanted(arguments, parts[i].name)) {
            SKEL_TRY(parts[i].run(bench));
        }
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

    status = check_parts(arguments);
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
    start_peer(&bench, skel_arguments_get(&skel_command_bench, arguments, "peer"), peer_threads);
    SKEL_TRY(run_parts(&bench, arguments));
done:
    skel_bench_peer_stop(&bench.peer);
    skel_shared_destroy(&bench.turn);
    return skel_command_leave(&comm, status);
}

const skel_command skel_command_bench = {
    .name = "bench",
    .usage = "[startup] [gradient] [hessian] [flow] [topk] [reduce] [options]",
    .summary = "time the parts on this machine",
    .details = "Times the parts on random data and, where PyTorch can be imported by\n"
               "/usr/bin/python3, PyTorch doing the same: in the same session, in turn, while the\n"
               "others sleep. Without words: all parts. Start it under mpirun to use more ranks.\n",
    .options = options,
    .words_min = 0,
    .words_max = PARTS,
    .run = run,
};
