/* One iteration of synaptic flow, against one gradient of one image: both load the masked weights
 * and pass forward and back once. */
#include "bench_network.h"
#include "parts.h"

#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"

#include <stdio.h>
#include <string.h>

enum { CLASSES = 10 };

/* The root's; NULL on other ranks. */
typedef struct skel_flow_bench {
    skel_network *network;
    skel_engine *engine[2]; /* of the gradient, of the flow */
    float *parameters;
    float *buffers;
    float *image;
    float *out; /* [parameter_count] */
    uint8_t *mask;
} skel_flow_bench;

static skel_status gradient_once(void *context, double *seconds)
{
    static const uint8_t label = 0;
    const skel_flow_bench *flow = context;
    skel_batch batch = {.count = 1, .images = flow->image, .labels = &label};
    skel_pass pass = {.gradient = flow->out};
    double started = skel_seconds();
    skel_status status = skel_engine_load(flow->engine[0], flow->parameters, flow->mask);

    if (status == SKEL_OK) {
        status = skel_engine_gradient(flow->engine[0], 1, &batch, 1.0, &pass);
    }
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status flow_once(void *context, double *seconds)
{
    const skel_flow_bench *flow = context;
    double logarithm = 0;
    double started = skel_seconds();
    skel_status status = skel_engine_flow(flow->engine[1], flow->parameters, flow->mask,
                                          flow->buffers, flow->out, &logarithm);

    *seconds = skel_seconds() - started;
    return status;
}

/* Weights as drawn, half of them kept; a standard normal image. */
static skel_status draw(skel_flow_bench *flow)
{
    const skel_network *network = flow->network;
    skel_tensor input = network->tensor[0];
    size_t pixels = input.channels * input.height * input.width;
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 3, 0);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, sizeof(float), &flow->parameters));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &flow->out));
    SKEL_TRY(SKEL_ALLOC_RAW(network->parameter_count, 1, &flow->mask));
    SKEL_TRY(SKEL_ALLOC_RAW(network->buffer_count, sizeof(float), &flow->buffers));
    SKEL_TRY(SKEL_ALLOC_RAW(pixels, sizeof(float), &flow->image));
    SKEL_TRY(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, flow->parameters,
                                     flow->buffers));
    for (size_t i = 0; i < pixels; i++) {
        flow->image[i] = (float)skel_stream_normal(&stream);
    }
    memset(flow->mask, 1, network->parameter_count);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t k = p->offset; p->prunable && k < p->offset + p->count; k++) {
            flow->mask[k] = (skel_stream_bits(&stream) & 1) != 0;
        }
    }
done:
    return status;
}

static skel_status create(const skel_bench *bench, const char *model, skel_flow_bench *flow)
{
    skel_engine_options options = {.microbatch = 1, .threads = bench->threads};
    skel_status status = SKEL_OK;

    if (!skel_comm_is_root(bench->comm)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_bench_network(model, bench->width, CLASSES, &flow->network));
    SKEL_TRY(draw(flow));
    for (size_t k = 0; k < 2; k++) {
        SKEL_TRY(skel_engine_create("dense", flow->network, &options, &flow->engine[k]));
    }
done:
    return status;
}

static void destroy(skel_flow_bench *flow)
{
    for (size_t k = 0; k < 2; k++) {
        skel_engine_destroy(&flow->engine[k]);
    }
    skel_network_destroy(&flow->network);
    SKEL_FREE(&flow->parameters);
    SKEL_FREE(&flow->buffers);
    SKEL_FREE(&flow->image);
    SKEL_FREE(&flow->out);
    SKEL_FREE(&flow->mask);
}

static skel_status contest(skel_bench *bench, const char *model, skel_flow_bench *flow)
{
    skel_contestant entries[] = {
        {.name = "skel gradient of 1 image", .run = gradient_once, .context = flow, .alone = true},
        {.name = "skel flow", .run = flow_once, .context = flow, .alone = true}};
    double seconds = 0;
    skel_status status = SKEL_OK;

    for (size_t k = 0; k < 2; k++) {
        skel_bench_how(1, bench->threads, sizeof entries[k].how, entries[k].how);
        /* compiles what is compiled on first use */
        SKEL_TRY(
            skel_comm_agree(bench->comm, skel_bench_alone(bench, entries[k].run, flow, &seconds)));
    }
    SKEL_TRY(skel_bench_contest(bench, model, 2, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nflow: %s of width %zu, half of the weights kept, loads included\n", model,
                     flow->network->width);
    }
    skel_bench_print(bench, 2, entries, 1, "passes/s");
done:
    return status;
}

static skel_status measure(skel_bench *bench, const char *model)
{
    skel_flow_bench flow = {.network = NULL};
    skel_status status = skel_comm_agree(bench->comm, create(bench, model, &flow));

    if (status == SKEL_OK) {
        status = contest(bench, model, &flow);
    }
    destroy(&flow);
    return status;
}

skel_status skel_bench_flow(skel_bench *bench)
{
    static const char *const models[] = {"resnet20", "vgg19", "resnet50"};
    skel_status status = SKEL_OK;

    if (bench->model != NULL) {
        return measure(bench, bench->model);
    }
    for (size_t i = 0; status == SKEL_OK && i < sizeof models / sizeof *models; i++) {
        status = measure(bench, models[i]);
    }
    return status;
}
