/* A batch of images that is computed microbatch by microbatch. */
#include "bench_workload.h"

#include "described.h"

#include "skel/memory.h"
#include "skel/reduce.h"
#include "skel/sizes.h"

#include <stdio.h>

skel_batch skel_workload_batch(const skel_workload *work, size_t number)
{
    size_t begin = (number - work->first) * work->microbatch;
    size_t rest = work->bench->batch - number * work->microbatch;

    return (skel_batch){.count = skel_lesser(work->microbatch, rest),
                        .images =
                            work->images + begin * skel_bench_image_floats(work->model.network),
                        .labels = work->labels + begin};
}

static void divide(skel_workload *work)
{
    const skel_bench *bench = work->bench;
    int size = skel_comm_size(bench->comm);

    work->microbatch = bench->microbatch;
    if (work->microbatch == 0) {
        work->microbatch = (bench->batch + (size_t)size - 1) / (size_t)size;
    }
    work->microbatch = skel_lesser(work->microbatch, bench->batch);
    work->microbatches = (bench->batch + work->microbatch - 1) / work->microbatch;
    skel_microbatches_of(work->microbatches, skel_comm_rank(bench->comm), size, &work->first,
                         &work->mine);
}

skel_status skel_workload_create(skel_bench *bench, const char *model, bool second_order,
                                 skel_workload *out)
{
    skel_engine_options options = {
        .profile = true, .threads = (int)bench->threads, .second_order = second_order};
    size_t before = skel_memory_bytes();
    skel_status status = SKEL_OK;

    *out = (skel_workload){.bench = bench};
    divide(out);
    options.microbatch = out->microbatch;
    SKEL_TRY(skel_bench_network_create(model, bench->width, bench->groups, &out->model));
    SKEL_TRY(skel_bench_images_draw(out->model.network, out->mine * out->microbatch,
                                    (uint32_t)out->first, &out->images, &out->labels));
    out->vectors_bytes = skel_memory_bytes() - before;
    SKEL_TRY(skel_engine_create(bench->engine, out->model.network, &options, &out->engine));
    SKEL_TRY(skel_engine_bytes(bench->engine, out->model.network, &options, &out->engine_bytes));
done:
    return status;
}

void skel_workload_destroy(skel_workload *work)
{
    skel_engine_destroy(&work->engine);
    skel_bench_network_destroy(&work->model);
    SKEL_FREE(&work->images);
    SKEL_FREE(&work->labels);
}

void skel_workload_print(const skel_workload *work, const char *part)
{
    const skel_network *network = work->model.network;
    bool divided = work->bench->groups > 1;

    if (!skel_comm_is_root(work->bench->comm)) {
        return;
    }
    (void)printf("\n%s: %s of width %zu%s%.0zu%s, %zu random images in %zu microbatch%s of %zu, "
                 "engine %s\n",
                 part, network->name, network->width, divided ? " in " : "",
                 divided ? work->bench->groups : 0, divided ? " groups" : "", work->bench->batch,
                 work->microbatches, work->microbatches == 1 ? "" : "es", work->microbatch,
                 skel_engine_kind(work->engine));
}

void skel_workload_peer_enter(const skel_workload *work, skel_contestant *entry, const char *name,
                              const char *title, const char *request, const char *layout)
{
    const skel_network *network = work->model.network;
    const skel_tensor *image = &network->tensor[0];
    char path[SKEL_DESCRIBED_PATH] = "";
    char prepare[256];

    (void)snprintf(prepare, sizeof prepare, "%s %s %zu %d %zu %zu %zu%s", request,
                   skel_described_for(work->bench, network, path), network->width, BENCH_CLASSES,
                   image->channels, image->height, work->bench->batch, layout);
    skel_bench_peer_enter(work->bench, entry, name, title, prepare);
    skel_described_remove(path);
}
