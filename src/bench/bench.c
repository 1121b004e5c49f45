/* The parts of a benchmark: which there are, which are wanted, and their one peer. */
#include "parts.h"

#include "skel/log.h"
#include "skel/progress.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    skel_status (*run)(skel_bench *bench);
} parts[SKEL_BENCH_PARTS] = {
    {"startup", skel_bench_startup}, {"gradient", skel_bench_gradient},
    {"hessian", skel_bench_hessian}, {"flow", skel_bench_flow},
    {"topk", skel_bench_topk},       {"reduce", skel_bench_reduce},
    {"step", skel_bench_step},
};

enum { PARTS = SKEL_BENCH_PARTS };

skel_status skel_bench_check(size_t words, char *const word[])
{
    const char *names[PARTS];

    for (size_t i = 0; i < PARTS; i++) {
        names[i] = parts[i].name;
    }
    for (size_t i = 0; i < words; i++) {
        const char *name = word[i];
        const char *nearest = skel_text_nearest(name, PARTS, names);
        size_t known = 0;

        while (known < PARTS && strcmp(names[known], name) != 0) {
            known++;
        }
        if (known == PARTS) {
            return SKEL_FAIL(SKEL_ERR_USAGE,
                             "skel bench: no part \"%s\"%s%s%s; parts are startup, "
                             "gradient, hessian, flow, topk, reduce and step",
                             name, nearest == NULL ? "" : "; did you mean ",
                             nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
        }
    }
    return SKEL_OK;
}

static bool is_wanted(size_t words, char *const word[], const char *part)
{
    for (size_t i = 0; i < words; i++) {
        if (strcmp(word[i], part) == 0) {
            return true;
        }
    }
    return words == 0;
}

/* What starting the peer needs. */
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

void skel_bench_peer_open(skel_bench *bench, const char *script, size_t threads)
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

skel_status skel_bench_run(skel_bench *bench, size_t words, char *const word[])
{
    skel_status status = SKEL_OK;

    print_header(bench);
    for (size_t i = 0; i < PARTS; i++) {
        if (is_wanted(words, word, parts[i].name)) {
            SKEL_TRY(parts[i].run(bench));
        }
    }
done:
    return status;
}
