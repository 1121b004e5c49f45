/* Work for a worker: a network, its parameters, and batches of random images. */
#include "work.h"

#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <string.h>

static const skel_dataset_info info = {.name = "test",
                                       .channels = 1,
                                       .height = SKEL_WORK_SIDE,
                                       .width = SKEL_WORK_SIDE,
                                       .classes = SKEL_WORK_CLASSES,
                                       .mean = (const float[]){0.5F},
                                       .deviation = (const float[]){0.25F}};

static uint8_t pixels[SKEL_WORK_SAMPLES * SKEL_WORK_SIDE * SKEL_WORK_SIDE];
static uint16_t labels[SKEL_WORK_SAMPLES];
static uint32_t order[SKEL_WORK_SAMPLES];

void skel_work_make(const char *model, size_t side, size_t count, size_t batch_size, skel_work *out)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);
    skel_tensor input = {1, side, side};
    size_t width = strncmp(model, "resnet", 6) == 0 ? 4 : 0;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)skel_stream_below(&stream, 256);
    }
    for (uint32_t i = 0; i < SKEL_WORK_SAMPLES; i++) {
        labels[i] = (uint16_t)skel_stream_below(&stream, SKEL_WORK_CLASSES);
        order[i] = SKEL_WORK_SAMPLES - 1 - i;
    }
    ck_assert_ok(skel_model_create(model, width, input, SKEL_WORK_CLASSES, &out->network));
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, sizeof(float), &out->parameters));
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, sizeof(float), &out->gradient));
    ck_assert_ok(SKEL_ALLOC(out->network->buffer_count, sizeof(float), &out->buffers));
    ck_assert_ok(SKEL_ALLOC(out->network->buffer_count, sizeof(float), &out->statistics));
    ck_assert_ok(skel_network_initialise(out->network, SKEL_INIT_KAIMING_NORMAL, 1, NULL,
                                         out->parameters, out->buffers));
    ck_assert_ok(skel_view_make(&info, side, SKEL_AUGMENT_NONE, 0, &out->view));
    out->labels = labels;
    out->samples = (skel_samples){.count = SKEL_WORK_SAMPLES, .images = pixels, .labels = labels};
    out->batches = (skel_batches){.view = &out->view,
                                  .samples = &out->samples,
                                  .count = count,
                                  .batch_size = batch_size,
                                  .index = order};
}

void skel_work_free(skel_work *from)
{
    SKEL_FREE(&from->statistics);
    SKEL_FREE(&from->buffers);
    SKEL_FREE(&from->gradient);
    SKEL_FREE(&from->parameters);
    skel_network_destroy(&from->network);
}

skel_worker_options skel_work_options(const skel_work *from, size_t microbatch)
{
    return (skel_worker_options){
        .kind = "reference",
        .engine = {.microbatch = microbatch},
        .keep = from->keep,
        .batch_size = from->batches.batch_size,
        .batches = (from->batches.count - 1) / from->batches.batch_size + 1,
        .test_images = SKEL_WORK_SAMPLES,
    };
}

skel_result skel_work_gradient(const skel_comm *comm, const skel_work *from,
                               const skel_worker_options *options)
{
    skel_worker *worker = NULL;
    skel_result result = {0};

    ck_assert(skel_suite_all(skel_worker_create(comm, from->network, options, &worker) == SKEL_OK));
    ck_assert(
        skel_suite_all(skel_worker_gradient(worker, from->parameters, &from->batches,
                                            from->gradient, from->statistics, &result) == SKEL_OK));
    skel_worker_destroy(&worker);
    return result;
}

bool skel_work_same(const skel_result *a, const skel_result *b)
{
    return a->loss == b->loss && a->accuracy == b->accuracy && a->images == b->images;
}
