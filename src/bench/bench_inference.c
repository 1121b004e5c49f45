/* Forward passes of a trained network, by its engines and by PyTorch. */
#include "skel/bench_inference.h"

#include "bench_network.h"
#include "described.h"

#include "skel/memory.h"
#include "skel/progress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENGINES = 3, PEERS = 2 };

/* One engine, and the batch that all engines share. */
typedef struct engine_run {
    const skel_trained *trained;
    skel_engine *engine;
    const skel_batch *batch;
    float *logits; /* [batch][classes] */
} engine_run;

static skel_status forward(void *context, double *seconds)
{
    engine_run *runner = context;
    double started = skel_seconds();
    skel_status status = skel_engine_forward(runner->engine, runner->batch,
                                             runner->trained->buffers, runner->logits);

    *seconds = skel_seconds() - started;
    return status;
}

/* The engine that the user chose, then those of sparse and dense that it is not. */
static size_t list_engines(const char *chosen, const char *names[ENGINES])
{
    static const char *const others[] = {"sparse", "dense"};
    size_t count = 0;

    names[count++] = chosen;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(chosen, others[i]) != 0) {
            names[count++] = others[i];
        }
    }
    return count;
}

static skel_status enter(const skel_trained_how *how, const char *name, engine_run *runner,
                         skel_contestant *entry)
{
    const skel_trained *trained = runner->trained;
    skel_trained_how own = *how;
    skel_status status = SKEL_OK;

    *entry = (skel_contestant){.run = forward, .context = runner, .threads = (size_t)how->threads};
    (void)snprintf(entry->name, sizeof entry->name, "skel %s", name);
    if (strcmp(name, "sparse") == 0 && !skel_trained_is_sparse(trained)) {
        entry->run = NULL;
        (void)snprintf(entry->missing, sizeof entry->missing, "the mask keeps all weights");
        return SKEL_OK;
    }
    own.engine = name;
    SKEL_TRY(skel_trained_engine(trained, &own, &runner->engine));
done:
    return status;
}

/* The peer inherits the path: a request has no place for a long one. */
static skel_status name_file(const char *path)
{
    if (setenv("SKEL_PEER_FILE", path, 1) != 0) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL, "setenv: %s", strerror(errno));
    }
    return SKEL_OK;
}

static void enter_peers(skel_bench *bench, const skel_trained *trained, skel_contestant entries[])
{
    static const char *const layouts[PEERS] = {"default", "channels_last"};
    const skel_tensor *input = &trained->network->tensor[0];
    char path[SKEL_DESCRIBED_PATH];
    const char *network = skel_described_for(bench, trained->network, path);
    char request[256] = "";

    for (size_t i = 0; i < PEERS; i++) {
        (void)snprintf(request, sizeof request, "inference %s %zu %zu %zu %s", network,
                       input->channels, input->height, bench->batch, layouts[i]);
        skel_bench_peer_enter(bench, &entries[i], layouts[i], i == 0 ? "" : " channels_last",
                              request);
    }
    skel_described_remove(path);
}

static skel_status contest(skel_bench *bench, const skel_trained *trained,
                           const skel_trained_how *how, engine_run runners[ENGINES])
{
    skel_contestant entries[ENGINES + PEERS];
    const char *names[ENGINES];
    size_t engines = list_engines(how->engine, names);
    size_t count = engines + PEERS;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < engines; i++) {
        SKEL_TRY(enter(how, names[i], &runners[i], &entries[i]));
    }
    enter_peers(bench, trained, entries + engines);
    SKEL_TRY(skel_bench_warm_up(bench, count, entries));
    SKEL_TRY(skel_bench_contest(bench, "inference", count, entries));
    (void)printf("inference: forward passes of %zu random images, medians of %zu round%s in turn\n",
                 bench->batch, bench->repeat, bench->repeat == 1 ? "" : "s");
    skel_bench_print(bench, count, entries, (double)bench->batch, "images/s");
done:
    return status;
}

skel_status skel_bench_inference(skel_bench *bench, const skel_trained *trained,
                                 const skel_trained_how *how, const char *path, const char *peer)
{
    engine_run runners[ENGINES] = {{.engine = NULL}};
    skel_batch batch = {.count = how->batch};
    float *images = NULL;
    uint16_t *labels = NULL;
    float *logits = NULL;
    skel_status status = SKEL_OK;

    bench->batch = how->batch;
    bench->threads = (size_t)how->threads;
    SKEL_TRY(name_file(path));
    skel_bench_peer_open(bench, peer, bench->threads);
    SKEL_TRY(skel_bench_images_draw(trained->network, how->batch, 0, &images, &labels));
    SKEL_TRY(SKEL_ALLOC(how->batch * trained->network->classes, sizeof *logits, &logits));
    batch.images = images;
    batch.labels = labels;
    for (size_t i = 0; i < ENGINES; i++) {
        runners[i] = (engine_run){.trained = trained, .batch = &batch, .logits = logits};
    }
    SKEL_TRY(contest(bench, trained, how, runners));
done:
    for (size_t i = 0; i < ENGINES; i++) {
        skel_engine_destroy(&runners[i].engine);
    }
    skel_bench_peer_stop(&bench->peer);
    SKEL_FREE(&logits);
    SKEL_FREE(&labels);
    SKEL_FREE(&images);
    return status;
}
