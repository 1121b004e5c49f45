/* One iteration of synaptic flow, against one gradient of one image: both load the masked weights
 * and pass forward and back once. */
#include "bench_network.h"
#include "parts.h"

#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/progress.h"

#include <stdio.h>

/* The root's; NULL on other ranks. */
typedef struct skel_flow_bench {
    skel_bench_network model;
    skel_engine *engine[2]; /* of the gradient, of the flow */
    float *image;
    uint16_t *label;
    float *out; /* [parameter_count] */
    uint8_t *mask;
} skel_flow_bench;

static skel_status gradient_once(void *context, double *seconds)
{
    const skel_flow_bench *flow = context;
    skel_batch batch = {.count = 1, .images = flow->image, .labels = flow->label};
    skel_pass pass = {.gradient = flow->out};
    double started = skel_seconds();
    skel_status status = skel_engine_load(flow->engine[0], flow->model.parameters, flow->mask);

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
    skel_status status = skel_engine_flow(flow->engine[1], flow->model.parameters, flow->mask,
                                          flow->model.buffers, NULL, flow->out, &logarithm);

    *seconds = skel_seconds() - started;
    return status;
}

/* The mask keeps half of the prunable weights. */
static skel_status create(skel_bench *bench, const char *model, void *state)
{
    skel_flow_bench *flow = state;
    skel_engine_options options = {.microbatch = 1, .threads = (int)bench->threads};
    const skel_network *network = NULL;
    skel_status status = SKEL_OK;

    if (!skel_comm_is_root(bench->comm)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_bench_network_create(model, bench->width, bench->groups, &flow->model));
    network = flow->model.network;
    SKEL_TRY(skel_bench_images_draw(network, 1, 0, &flow->image, &flow->label));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &flow->out));
    SKEL_TRY(skel_bench_mask_draw(network, 3, 0.5, &flow->mask));
    for (size_t k = 0; k < 2; k++) {
        SKEL_TRY(skel_engine_create("dense", network, &options, &flow->engine[k]));
    }
done:
    return status;
}

static void destroy(void *state)
{
    skel_flow_bench *flow = state;

    for (size_t k = 0; k < 2; k++) {
        skel_engine_destroy(&flow->engine[k]);
    }
    skel_bench_network_destroy(&flow->model);
    SKEL_FREE(&flow->image);
    SKEL_FREE(&flow->label);
    SKEL_FREE(&flow->out);
    SKEL_FREE(&flow->mask);
}

static skel_status contest(skel_bench *bench, const char *model, void *state)
{
    skel_flow_bench *flow = state;
    skel_contestant entries[] = {{.name = "skel gradient of 1 image", .run = gradient_once},
                                 {.name = "skel flow", .run = flow_once}};
    skel_status status = SKEL_OK;

    for (size_t k = 0; k < 2; k++) {
        entries[k].context = flow;
        entries[k].alone = true;
        entries[k].threads = bench->threads;
    }
    SKEL_TRY(skel_bench_warm_up(bench, 2, entries));
    SKEL_TRY(skel_bench_contest(bench, model, 2, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nflow: %s of width %zu, half of the weights kept, loads included\n", model,
                     flow->model.network->width);
    }
    skel_bench_print(bench, 2, entries, 1, "passes/s");
done:
    return status;
}

skel_status skel_bench_flow(skel_bench *bench)
{
    static const skel_bench_measure measure = {
        .bytes = sizeof(skel_flow_bench), .create = create, .run = contest, .destroy = destroy};
    static const char *const models[] = {"resnet20", "vgg19", "resnet50"};

    return skel_bench_models(bench, &measure, sizeof models / sizeof *models, models);
}
