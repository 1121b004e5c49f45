/* The time of a step on many ranks, predicted: compute and the sum on a node are measured here, the
 * network's latency and bandwidth are the user's. analysis/scaling.md explains the model. */
#include "bench_network.h"
#include "parts.h"
#include "scale_model.h"

#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/packing.h"
#include "skel/progress.h"
#include "skel/random.h"
#include "skel/reduce.h"
#include "skel/topk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    IMAGES = 32,      /* of a microbatch, unless the user has another number */
    TRAIN_SMALL = 7,  /* small collectives of a training step: see analysis/scaling.md */
    PRUNE_SMALL = 13, /* of a pruning iteration */
    ROW = 3 * 8,      /* bytes of a microbatch's loss, correct images and count */
    PING = 8,         /* bytes of a message that measures latency */
    PONG = 1 << 22,   /* bytes of a message that measures bandwidth */
    CHUNK = 1 << 19,  /* bytes that the leaders sum at once: a half of a node's segment */
    RANKS_MOST = 4096,
};

/* What is measured. */
typedef struct skel_scale {
    skel_bench *bench;
    skel_bench_network model;
    skel_packing *packing; /* of a random mask */
    float *packed;         /* [packing->count] the parameters */
    float *gradient;       /* [parameter_count] */
    float *sum;            /* [parameter_count] */
    size_t summed;         /* values of the exact sum that is being timed */
    double dense;          /* seconds of a microbatch */
    double sparse;         /* seconds of a microbatch under the mask */
    double node_dense;     /* seconds of the exact sum of all parameters */
    double node_sparse;    /* seconds of the exact sum of the packed vector */
    double choice;         /* seconds of the choice of the largest scores */
    double latency;        /* seconds */
    double bandwidth;      /* bytes a second */
} skel_scale;

/* The packed vector of a random mask. */
static skel_status pack(skel_scale *scale)
{
    const skel_network *network = scale->model.network;
    uint8_t *mask = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_bench_mask_draw(network, 4, scale->bench->density, &mask));
    SKEL_TRY(skel_packing_create(network, mask, &scale->packing));
    SKEL_TRY(SKEL_ALLOC(scale->packing->count, sizeof(float), &scale->packed));
    skel_packing_pack(scale->packing, scale->model.parameters, scale->packed);
done:
    SKEL_FREE(&mask);
    return status;
}

static skel_status create(skel_bench *bench, const char *model, void *state)
{
    skel_scale *scale = state;
    skel_status status = SKEL_OK;
    size_t count = 0;

    scale->bench = bench;
    SKEL_TRY(skel_bench_network_create(model, bench->width, bench->groups, &scale->model));
    SKEL_TRY(pack(scale));
    count = scale->model.network->parameter_count;
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &scale->gradient));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &scale->sum));
done:
    return status;
}

static void destroy(void *state)
{
    skel_scale *scale = state;

    skel_bench_network_destroy(&scale->model);
    skel_packing_destroy(&scale->packing);
    SKEL_FREE(&scale->packed);
    SKEL_FREE(&scale->gradient);
    SKEL_FREE(&scale->sum);
}

static size_t images_of(const skel_scale *scale)
{
    return scale->bench->microbatch > 0 ? scale->bench->microbatch : IMAGES;
}

/* Share of the prunable weights that the packed vector has. */
static double density_of(const skel_scale *scale)
{
    const skel_network *network = scale->model.network;
    size_t pruned = network->parameter_count - scale->packing->count;

    return 1 - (double)pruned / (double)network->prunable_count;
}

/* The least time of a gradient of one microbatch on this rank: load, forward, backward; as in
 * sparse training with packed vectors. */
static skel_status time_engine(const skel_scale *scale, const char *kind, bool packed,
                               double *seconds)
{
    skel_engine_options options = {.microbatch = images_of(scale),
                                   .threads = (int)scale->bench->threads,
                                   .kept_only = packed,
                                   .density = packed ? density_of(scale) : 0};
    skel_batch batch = {.count = images_of(scale)};
    skel_pass pass = {.gradient = scale->gradient};
    float *images = NULL;
    uint16_t *labels = NULL;
    skel_engine *engine = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_bench_images_draw(scale->model.network, batch.count, 0, &images, &labels));
    batch.images = images;
    batch.labels = labels;
    SKEL_TRY(skel_engine_create(kind, scale->model.network, &options, &engine));
    *seconds = HUGE_VAL;
    for (size_t i = 0; i <= scale->bench->repeat; i++) {
        double started = skel_seconds();

        SKEL_TRY(packed ? skel_engine_load_packed(engine, scale->packing, scale->packed)
                        : skel_engine_load(engine, scale->model.parameters, NULL));
        SKEL_TRY(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
        *seconds = fmin(*seconds, skel_seconds() - started);
    }
done:
    skel_engine_destroy(&engine);
    SKEL_FREE(&images);
    SKEL_FREE(&labels);
    return status;
}

/* On all ranks at once, as on a node that is full; the slowest counts. */
static skel_status time_engines(skel_scale *scale)
{
    skel_bench *bench = scale->bench;
    double seconds[2] = {0, 0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(bench->comm, time_engine(scale, "dense", false, &seconds[0])));
    SKEL_TRY(skel_comm_agree(bench->comm, time_engine(scale, "sparse", true, &seconds[1])));
    skel_comm_max_f64(bench->comm, 2, seconds);
    scale->dense = seconds[0];
    scale->sparse = seconds[1];
done:
    return status;
}

static skel_status give_gradient(void *context, size_t first, size_t count, float *const values[],
                                 double scalars[])
{
    const skel_scale *scale = context;

    (void)first;
    for (size_t i = 0; i < count; i++) {
        memcpy(values[i], scale->gradient, scale->summed * sizeof(float));
        scalars[i] = 1;
    }
    return SKEL_OK;
}

/* The least time of an exact sum of the first `count` values of the gradient over these ranks. */
static skel_status time_sum(skel_scale *scale, size_t count, double *seconds)
{
    const skel_comm *comm = scale->bench->comm;
    size_t ranks = (size_t)skel_comm_size(comm);
    skel_segment all = {.offset = 0, .count = count};
    skel_reduce_shape shape = {
        .count = count, .segments = 1, .segment = &all, .scalars = 1, .microbatches_max = ranks};
    skel_reducer *reducer = NULL;
    skel_status status = skel_comm_agree(
        comm, skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &reducer));

    *seconds = HUGE_VAL;
    scale->summed = count;
    for (size_t i = 0; status == SKEL_OK && i <= scale->bench->repeat; i++) {
        double scalar = 0;
        double started = 0;
        double took = 0;

        skel_comm_barrier(comm);
        started = skel_seconds();
        status = skel_reduce(reducer, ranks, give_gradient, scale, scale->sum, &scalar);
        took = skel_seconds() - started;
        skel_comm_max_f64(comm, 1, &took);
        *seconds = fmin(*seconds, took);
    }
    skel_reducer_destroy(&reducer);
    return status;
}

/* The root's choice of the weights to keep, by random scores. */
static skel_status time_choice(skel_scale *scale)
{
    const skel_network *network = scale->model.network;
    skel_segment all = {.offset = 0, .count = network->parameter_count};
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 5, 0);
    size_t kept = (size_t)(scale->bench->density * (double)network->parameter_count);
    double started = 0;
    uint8_t *keep = NULL;
    skel_status status = SKEL_ALLOC(network->parameter_count, 1, &keep);

    for (size_t i = 0; i < network->parameter_count; i++) {
        scale->sum[i] = (float)-log1p(-skel_stream_uniform(&stream));
    }
    started = skel_seconds();
    if (status == SKEL_OK) {
        status = skel_topk(kept, 1, &all, scale->sum, keep, NULL);
    }
    scale->choice = skel_seconds() - started;
    SKEL_FREE(&keep);
    return status;
}

static skel_status time_messages(skel_scale *scale)
{
    enum { PINGS = 200, PONGS = 5 };
    const skel_comm *comm = scale->bench->comm;
    int last = skel_comm_size(comm) - 1;
    char *block = NULL;
    double seconds = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC(PONG, 1, &block)));
    (void)skel_comm_message_seconds(comm, last, PING, block, PINGS);
    scale->latency = skel_comm_message_seconds(comm, last, PING, block, PINGS);
    (void)skel_comm_message_seconds(comm, last, PONG, block, 1);
    seconds = skel_comm_message_seconds(comm, last, PONG, block, PONGS);
    scale->bandwidth = seconds > 0 ? PONG / seconds : 0;
done:
    SKEL_FREE(&block);
    return status;
}

static void print_measured(const skel_scale *scale)
{
    const skel_bench *bench = scale->bench;
    const skel_network *network = scale->model.network;
    const struct {
        const char *name;
        double seconds;
    } line[] = {{"gradient of a microbatch, dense", scale->dense},
                {"gradient of a microbatch, sparse", scale->sparse},
                {"exact sum of all parameters", scale->node_dense},
                {"exact sum of the packed vector", scale->node_sparse},
                {"choice of the largest scores", scale->choice}};

    (void)printf("\nscale: %s of width %zu, %zu images a rank, %zu of %zu parameters in the packed "
                 "vector\n  measured on %d rank%s, %d node%s:\n",
                 network->name, network->width, images_of(scale), scale->packing->count,
                 network->parameter_count, skel_comm_size(bench->comm),
                 skel_comm_size(bench->comm) == 1 ? "" : "s", scale->bench->nodes,
                 scale->bench->nodes == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        (void)printf("  %-52s %11.5f s\n", line[i].name, line[i].seconds);
    }
    (void)printf("  %-52s %11.2f us\n", "message of 8 bytes", 1e6 * scale->latency);
    (void)printf("  %-52s %11.2f GB/s\n", "messages of 4 MiB", 1e-9 * scale->bandwidth);
    (void)printf("  assumed: %zu ranks a node, network %.2f us and %.2f GB/s a node\n",
                 bench->ranks_per_node, 1e6 * bench->latency, 1e-9 * bench->bandwidth);
}

static void print_prediction(const skel_scale *scale, const char *title,
                             const skel_scale_work *work)
{
    const skel_bench *bench = scale->bench;
    skel_scale_machine machine = {.ranks_per_node = bench->ranks_per_node,
                                  .latency = bench->latency,
                                  .bandwidth = bench->bandwidth,
                                  .node_latency = scale->latency,
                                  .chunk = CHUNK};

    (void)printf("\n  %s: %.4g MB are summed\n  %8s %11s %11s %11s %11s %11s %9s\n", title,
                 1e-6 * work->summed, "ranks", "compute s", "node s", "network s", "small s",
                 "step s", "comm. %");
    for (size_t ranks = 1; ranks <= RANKS_MOST; ranks *= 2) {
        skel_scale_step step = skel_scale_predict(&machine, work, ranks);

        (void)printf("  %8zu %11.5f %11.5f %11.5f %11.5f %11.5f %9.2f\n", ranks, step.compute,
                     step.node, step.network, step.small, skel_scale_total(&step),
                     100 * skel_scale_share(&step));
    }
}

static void print(const skel_scale *scale)
{
    double all = (double)scale->model.network->parameter_count;
    double prunable = (double)scale->model.network->prunable_count;
    skel_scale_work work = {.compute = scale->dense,
                            .node = scale->node_dense,
                            .summed = 8 * all,
                            .per_rank = ROW,
                            .small = TRAIN_SMALL};

    print_measured(scale);
    print_prediction(scale, "dense training", &work);
    work.compute = scale->sparse;
    work.node = scale->node_sparse;
    work.summed = 8 * (double)scale->packing->count;
    print_prediction(scale, "sparse training", &work);
    work = (skel_scale_work){.compute = scale->dense,
                             .node = scale->node_dense + scale->choice,
                             .summed = 8 * all,
                             .broadcast = prunable / 8,
                             .per_rank = ROW,
                             .small = PRUNE_SMALL};
    print_prediction(scale, "pruning iteration, dense engine", &work);
    (void)fflush(stdout);
}

static skel_status measure_all(skel_bench *bench, const char *model, void *state)
{
    skel_scale *scale = state;
    skel_status status = SKEL_OK;

    (void)model;
    bench->nodes = skel_comm_nodes(bench->comm);
    SKEL_TRY(time_engines(scale));
    SKEL_TRY(time_sum(scale, scale->model.network->parameter_count, &scale->node_dense));
    SKEL_TRY(time_sum(scale, scale->packing->count, &scale->node_sparse));
    SKEL_TRY(time_messages(scale));
    SKEL_TRY(skel_comm_agree(bench->comm, time_choice(scale)));
    if (skel_comm_is_root(bench->comm)) {
        print(scale);
    }
done:
    return status;
}

skel_status skel_bench_scale(skel_bench *bench)
{
    static const skel_bench_measure measure = {
        .bytes = sizeof(skel_scale), .create = create, .run = measure_all, .destroy = destroy};
    static const char *const models[] = {"resnet50"};

    return skel_bench_models(bench, &measure, 1, models);
}
