/* The saliency gradient of one batch, as a pruning iteration computes it: weights loaded, every
 * microbatch forward and backward, gradients summed over the ranks. */
#include "bench_gradient.h"

#include "bench_network.h"
#include "parts.h"

#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

skel_batch skel_bench_gradient_batch(const skel_gradient *gradient, size_t number)
{
    skel_tensor input = gradient->network->tensor[0];
    size_t pixels = input.channels * input.height * input.width;
    size_t begin = (number - gradient->first) * gradient->microbatch;
    size_t rest = gradient->bench->batch - number * gradient->microbatch;

    return (skel_batch){.count = smaller(gradient->microbatch, rest),
                        .images = gradient->images + begin * pixels,
                        .labels = gradient->labels + begin};
}

static skel_status pass_over(void *context, size_t first, size_t count, float *const values[],
                             double scalars[])
{
    skel_gradient *gradient = context;
    const skel_bench *bench = gradient->bench;
    skel_batch batch = skel_bench_gradient_batch(gradient, first);
    skel_pass pass = {.gradient = values[0]};
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    (void)count; /* 1: not in lock step */
    status = skel_engine_gradient(gradient->engine, 1, &batch, 1.0 / (double)bench->batch, &pass);
    gradient->engine_seconds += skel_seconds() - started;
    scalars[0] = pass.loss;
    return status;
}

static skel_status step(void *context, double *seconds)
{
    skel_gradient *gradient = context;
    double started = skel_seconds();
    double loss = 0;
    skel_status status = skel_engine_load(gradient->engine, gradient->parameters, NULL);

    gradient->engine_seconds += skel_seconds() - started;
    if (status == SKEL_OK) {
        status = skel_reduce(gradient->reducer, gradient->microbatches, pass_over, gradient,
                             gradient->sum, &loss);
    }
    *seconds = skel_seconds() - started;
    gradient->seconds += *seconds;
    return status;
}

/* This rank's images: standard normal, as normalised ones roughly are. */
static skel_status draw_images(skel_gradient *gradient)
{
    skel_tensor input = gradient->network->tensor[0];
    size_t images = gradient->mine * gradient->microbatch;
    size_t count = images * input.channels * input.height * input.width;
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 2, (uint32_t)gradient->first);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof(float), &gradient->images));
    SKEL_TRY(SKEL_ALLOC_RAW(images, 1, &gradient->labels));
    for (size_t i = 0; i < count; i++) {
        gradient->images[i] = (float)skel_stream_normal(&stream);
    }
    for (size_t i = 0; i < images; i++) {
        gradient->labels[i] =
            (uint8_t)skel_stream_below(&stream, (uint32_t)gradient->network->classes);
    }
done:
    return status;
}

static skel_status create_vectors(skel_gradient *gradient)
{
    const skel_network *network = gradient->network;
    float *buffers = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, sizeof(float), &gradient->parameters));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &gradient->sum));
    SKEL_TRY(SKEL_ALLOC_RAW(network->buffer_count, sizeof(float), &buffers));
    SKEL_TRY(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, gradient->parameters,
                                     buffers));
    SKEL_TRY(draw_images(gradient));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *gradient->segment, &gradient->segment));
    for (size_t i = 0; i < network->parameters; i++) {
        gradient->segment[i].offset = network->parameter[i].offset;
        gradient->segment[i].count = network->parameter[i].count;
    }
done:
    SKEL_FREE(&buffers);
    return status;
}

/* Describes the network and how its batch is shared. */
static skel_status describe(skel_gradient *gradient, const char *model)
{
    const skel_bench *bench = gradient->bench;
    int size = skel_comm_size(bench->comm);

    gradient->microbatch = bench->microbatch;
    if (gradient->microbatch == 0) {
        gradient->microbatch = (bench->batch + (size_t)size - 1) / (size_t)size;
    }
    gradient->microbatch = smaller(gradient->microbatch, bench->batch);
    gradient->microbatches = (bench->batch + gradient->microbatch - 1) / gradient->microbatch;
    skel_microbatches_of(gradient->microbatches, skel_comm_rank(bench->comm), size,
                         &gradient->first, &gradient->mine);
    return skel_bench_network(model, bench->width, BENCH_CLASSES, &gradient->network);
}

skel_status skel_bench_gradient_create(skel_gradient *gradient, const char *model)
{
    const skel_bench *bench = gradient->bench;
    skel_engine_options options = {
        .profile = true, .threads = bench->threads, .second_order = gradient->second_order};
    skel_reduce_shape shape = {.scalars = 1};
    size_t vectors = 0;
    skel_status status = SKEL_OK;

    gradient->resident_before = skel_bench_resident_reset();
    SKEL_TRY(describe(gradient, model));
    vectors = skel_memory_bytes();
    SKEL_TRY(create_vectors(gradient));
    gradient->estimate = skel_memory_bytes() - vectors;
    options.microbatch = gradient->microbatch;
    SKEL_TRY(skel_engine_create(bench->engine, gradient->network, &options, &gradient->engine));
    SKEL_TRY(
        skel_engine_bytes(bench->engine, gradient->network, &options, &gradient->engine_bytes));
    shape.count = gradient->network->parameter_count;
    shape.segments = gradient->network->parameters;
    shape.segment = gradient->segment;
    shape.microbatches_max = gradient->microbatches;
    SKEL_TRY(
        skel_reducer_create(bench->comm, SKEL_REDUCTION_EXACT, &shape, false, &gradient->reducer));
    gradient->estimate += gradient->engine_bytes;
    gradient->estimate +=
        skel_reducer_bytes(&shape, SKEL_REDUCTION_EXACT, false, skel_comm_size(bench->comm));
done:
    return status;
}

void skel_bench_gradient_destroy(skel_gradient *gradient)
{
    skel_reducer_destroy(&gradient->reducer);
    skel_engine_destroy(&gradient->engine);
    skel_network_destroy(&gradient->network);
    SKEL_FREE(&gradient->parameters);
    SKEL_FREE(&gradient->sum);
    SKEL_FREE(&gradient->segment);
    SKEL_FREE(&gradient->images);
    SKEL_FREE(&gradient->labels);
}

/* The peer as it comes, and with its faster layout. */
static void enter_peers(skel_gradient *gradient, skel_contestant entries[])
{
    skel_bench *bench = gradient->bench;
    skel_tensor input = gradient->network->tensor[0];
    char request[160];
    int length = snprintf(request, sizeof request, "gradient %s %zu %d %zu %zu %zu ",
                          gradient->network->name, gradient->network->width, BENCH_CLASSES,
                          input.channels, input.height, bench->batch);

    (void)snprintf(request + length, sizeof request - (size_t)length, "default");
    skel_bench_peer_enter(bench, &entries[1], "gradient", "", request);
    (void)snprintf(request + length, sizeof request - (size_t)length, "channels_last");
    skel_bench_peer_enter(bench, &entries[2], "channels_last", " channels_last", request);
}

static skel_status contest(skel_gradient *gradient)
{
    skel_bench *bench = gradient->bench;
    skel_contestant entries[3] = {{.name = "skel", .run = step}};
    double seconds = 0;
    skel_status status = SKEL_OK;

    entries[0].context = gradient;
    skel_bench_how(skel_comm_size(bench->comm), bench->threads, sizeof entries[0].how,
                   entries[0].how);
    enter_peers(gradient, entries);
    SKEL_TRY(skel_comm_agree(bench->comm, step(gradient, &seconds))); /* warms up */
    gradient->warm = skel_engine_profile_get(gradient->engine);
    gradient->seconds = 0;
    gradient->engine_seconds = 0;
    SKEL_TRY(skel_bench_contest(bench, gradient->network->name, 3, entries));
    skel_bench_gradient_print(gradient);
    skel_bench_print(bench, 3, entries, (double)bench->batch, "images/s");
    skel_bench_gradient_print_profile(gradient, skel_bench_median(bench, &entries[0]));
done:
    return status;
}

static skel_status measure(skel_bench *bench, const char *model)
{
    skel_gradient gradient = {.bench = bench};
    skel_status status = skel_comm_agree(bench->comm, skel_bench_gradient_create(&gradient, model));

    if (status == SKEL_OK) {
        status = contest(&gradient);
    }
    skel_bench_gradient_destroy(&gradient);
    return status;
}

skel_status skel_bench_gradient(skel_bench *bench)
{
    skel_status status = SKEL_OK;

    if (bench->model != NULL) {
        return measure(bench, bench->model);
    }
    status = measure(bench, "resnet50");
    return status == SKEL_OK ? measure(bench, "vgg19") : status;
}
