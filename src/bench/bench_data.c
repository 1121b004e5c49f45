/* Loading of images: bytes in memory as CIFAR's, JPEG files as ImageNet's, beside a gradient. */
#include "bench_network.h"
#include "parts.h"

#include "skel/engine.h"
#include "skel/jpeg.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"
#include "skel/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    FILES = 16, /* different JPEG files, taken in turn */
    HEIGHT = 375,
    WIDTH = 500, /* the usual size of ImageNet's photographs */
    SMALL = 32,
    LARGE = 224,
    STEP = 4, /* images of a gradient */
};

/* Images of one kind and how they are seen. */
typedef struct source {
    skel_samples samples;
    skel_view view;
    size_t count; /* images of a batch */
    uint32_t epoch;
    uint32_t *index;  /* [count] */
    float *images;    /* [count] of the view */
    uint16_t *labels; /* [count] */
} source;

/* The memory of this part. */
typedef struct loading {
    source bytes;
    source files;
    uint8_t *pixels; /* of `bytes` */
    uint8_t *packed; /* of `files` */
    uint16_t *labels;
    int64_t *column; /* offsets, heights, widths of `files` */
    skel_bench_network model;
    skel_engine *engine;
    float *inputs;
    uint16_t *targets;
    float *gradient;
} loading;

static const float mean[] = {0.485F, 0.456F, 0.406F};
static const float deviation[] = {0.229F, 0.224F, 0.225F};

static skel_status make_source(source *out, size_t side, skel_augment augment)
{
    const skel_dataset_info info = {.name = "images",
                                    .channels = 3,
                                    .height = side,
                                    .width = side,
                                    .mean = mean,
                                    .deviation = deviation};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_make(&info, 0, augment, 0, &out->view));
    SKEL_TRY(SKEL_ALLOC(out->count, sizeof *out->index, &out->index));
    SKEL_TRY(SKEL_ALLOC(out->count, sizeof *out->labels, &out->labels));
    SKEL_TRY(SKEL_ALLOC_RAW(out->count * 3 * side * side, sizeof *out->images, &out->images));
    for (size_t i = 0; i < out->count; i++) {
        out->index[i] = (uint32_t)(i % out->samples.count);
    }
done:
    return status;
}

static skel_status make_bytes(loading *it, size_t count)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 20, 0);
    size_t bytes = count * 3 * SMALL * SMALL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, &it->pixels));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *it->labels, &it->labels));
    for (size_t i = 0; i < bytes; i++) {
        it->pixels[i] = (uint8_t)skel_stream_bits(&stream);
    }
    it->bytes.count = count;
    it->bytes.samples = (skel_samples){.count = count, .images = it->pixels, .labels = it->labels};
    SKEL_TRY(make_source(&it->bytes, SMALL, SKEL_AUGMENT_STANDARD));
done:
    return status;
}

/* Waves of several lengths and some noise: about as many bytes as a photograph. */
static void paint(skel_stream *stream, skel_picture *picture)
{
    double length[3];

    for (size_t c = 0; c < 3; c++) {
        length[c] = 5 + 60 * skel_stream_uniform(stream);
    }
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = 0; x < WIDTH; x++) {
            for (size_t c = 0; c < 3; c++) {
                double wave = sin((double)x / length[c]) * cos((double)y / length[2 - c]);

                picture->pixels[(y * WIDTH + x) * 3 + c] =
                    (uint8_t)(128 + 90 * wave + 20 * skel_stream_uniform(stream));
            }
        }
    }
}

static skel_status make_files(loading *it, size_t count)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 21, 0);
    skel_picture picture = {.pixels = NULL};
    skel_jpeg *jpeg = NULL;
    size_t used = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC((size_t)3 * (FILES + 1), sizeof *it->column, &it->column));
    SKEL_TRY(skel_picture_shape(&picture, HEIGHT, WIDTH, 3));
    SKEL_TRY(skel_jpeg_create(&jpeg));
    for (size_t i = 0; i < FILES; i++) {
        const uint8_t *data = NULL;
        size_t bytes = 0;

        paint(&stream, &picture);
        SKEL_TRY(skel_jpeg_write(jpeg, &picture, &bytes, &data));
        SKEL_TRY(SKEL_GROW(used + bytes, 1, &it->packed));
        memcpy(it->packed + used, data, bytes);
        used += bytes;
        it->column[i + 1] = (int64_t)used;
        it->column[FILES + 1 + i] = HEIGHT;
        it->column[(size_t)2 * (FILES + 1) + i] = WIDTH;
    }
    it->files.count = count;
    it->files.samples = (skel_samples){
        .count = FILES,
        .images = it->packed,
        .labels = it->labels,
        .pixels = SKEL_PIXELS_JPEG,
        .offset = it->column,
        .heights = it->column + FILES + 1,
        .widths = it->column + (size_t)2 * (FILES + 1),
    };
    SKEL_TRY(make_source(&it->files, LARGE, SKEL_AUGMENT_RANDOM_RESIZED_CROP));
done:
    skel_jpeg_destroy(&jpeg);
    skel_picture_clear(&picture);
    return status;
}

/* The network whose gradient is timed beside the loader. */
static skel_status make_step(const skel_bench *bench, const char *model, loading *it)
{
    skel_engine_options options = {.microbatch = STEP, .threads = (int)bench->threads};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_bench_network_create(model, bench->width, bench->groups, &it->model));
    SKEL_TRY(skel_bench_images_draw(it->model.network, STEP, 22, &it->inputs, &it->targets));
    SKEL_TRY(SKEL_ALLOC(it->model.network->parameter_count, sizeof(float), &it->gradient));
    SKEL_TRY(skel_engine_create(bench->engine, it->model.network, &options, &it->engine));
    SKEL_TRY(skel_engine_load(it->engine, it->model.parameters, NULL));
done:
    return status;
}

static void clean_source(source *it)
{
    SKEL_FREE(&it->images);
    SKEL_FREE(&it->labels);
    SKEL_FREE(&it->index);
}

static void clean(loading *it)
{
    skel_engine_destroy(&it->engine);
    SKEL_FREE(&it->gradient);
    SKEL_FREE(&it->targets);
    SKEL_FREE(&it->inputs);
    skel_bench_network_destroy(&it->model);
    clean_source(&it->files);
    clean_source(&it->bytes);
    SKEL_FREE(&it->column);
    SKEL_FREE(&it->packed);
    SKEL_FREE(&it->pixels);
    SKEL_FREE(&it->labels);
}

/* A batch of an epoch of its own, so that every window is a new one. */
static skel_status load(void *context, double *seconds)
{
    source *it = context;
    double started = skel_seconds();
    skel_status status = skel_view_fill(&it->view, &it->samples, it->count, it->index, it->epoch++,
                                        it->images, it->labels);

    *seconds = skel_seconds() - started;
    return status;
}

static skel_status compute(void *context, double *seconds)
{
    loading *it = context;
    const skel_batch batch = {.count = STEP, .images = it->inputs, .labels = it->targets};
    skel_pass pass = {.gradient = it->gradient};
    double started = skel_seconds();
    skel_status status = skel_engine_gradient(it->engine, 1, &batch, 1, &pass);

    *seconds = skel_seconds() - started;
    return status;
}

/* What one rank loads a second, in images of which it computes the gradient in that time. */
static void print_share(const skel_bench *bench, const loading *it, const skel_contestant loaders[],
                        const skel_contestant *step)
{
    double step_seconds = skel_bench_median(bench, step) / STEP;
    double jpeg = skel_bench_median(bench, &loaders[1]) / (double)it->files.count;

    if (skel_comm_is_root(bench->comm)) {
        (void)printf("  the loader of JPEG files takes %.1f %% of the time of a gradient of %s "
                     "(%zux%zu pixels):\n  it can feed %.1f such networks\n",
                     100 * jpeg / step_seconds, it->model.network->name,
                     it->model.network->tensor[0].height, it->model.network->tensor[0].width,
                     step_seconds / jpeg);
    }
}

static skel_status contest(skel_bench *bench, loading *it)
{
    skel_contestant loaders[] = {
        {.name = "3x32x32 in memory, standard", .run = load, .context = &it->bytes, .threads = 1},
        {.name = "JPEG 375x500 to 224, resized crop",
         .run = load,
         .context = &it->files,
         .threads = 1},
    };
    skel_contestant step[] = {
        {.name = "gradient", .run = compute, .context = it, .threads = bench->threads}};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_bench_warm_up(bench, 2, loaders));
    SKEL_TRY(skel_bench_warm_up(bench, 1, step));
    SKEL_TRY(skel_bench_contest(bench, "data", 2, loaders));
    SKEL_TRY(skel_bench_contest(bench, "data", 1, step));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\ndata: loading %zu images a rank, JPEG files of %lld bytes on average\n",
                     it->files.count, (long long)it->column[FILES] / FILES);
    }
    skel_bench_print(bench, 2, loaders, (double)it->files.count, "images/s");
    skel_bench_print(bench, 1, step, STEP, "images/s");
    print_share(bench, it, loaders, step);
done:
    return status;
}

skel_status skel_bench_data(skel_bench *bench)
{
    const char *model = bench->model != NULL ? bench->model : "resnet50-imagenet";
    loading it = {.pixels = NULL};
    skel_status status = SKEL_OK;

    status = make_bytes(&it, bench->batch);
    if (status == SKEL_OK) {
        status = make_files(&it, bench->batch);
    }
    if (status == SKEL_OK) {
        status = make_step(bench, model, &it);
    }
    SKEL_TRY(skel_comm_agree(bench->comm, status));
    SKEL_TRY(contest(bench, &it));
done:
    clean(&it);
    return status;
}
