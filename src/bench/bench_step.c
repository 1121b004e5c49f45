/* Training steps on a masked network: weights loaded, one batch forward and backward, optimiser. */
#include "step_mask.h"

#include "bench_network.h"
#include "described.h"
#include "parts.h"

#include "skel/engine.h"
#include "skel/isa.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/sgd.h"
#include "skel/work.h"

#include <stdio.h>

/* The root's; all NULL on other ranks. */
typedef struct skel_step_bench {
    skel_bench *bench;
    skel_network *network;
    skel_engine *engine;
    skel_packing *packing; /* of the mask */
    float *parameters;     /* [packing->count], as the next two */
    float *velocity;
    float *gradient;
    float *statistics; /* [buffer_count], as the running averages */
    float *buffers;
    float *images;
    uint16_t *labels;
    size_t kept; /* prunable weights */
    double work; /* of the mask, skel_work_of() */
    double seconds;
} skel_step_bench;

static skel_status step_once(void *context, double *seconds)
{
    static const skel_sgd sgd = {.momentum = 0.9, .weight_decay = 5e-4};
    skel_step_bench *step = context;
    skel_batch batch = {
        .count = step->bench->batch, .images = step->images, .labels = step->labels};
    skel_pass pass = {.gradient = step->gradient, .statistics = step->statistics};
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_engine_load_packed(step->engine, step->packing, step->parameters));
    SKEL_TRY(skel_engine_gradient(step->engine, 1, &batch, 1.0 / (double)batch.count, &pass));
    skel_running_average(0.1, step->network->buffer_count, step->statistics, step->buffers);
    skel_sgd_step(&sgd, 0.01, step->packing->count, NULL, step->gradient, step->parameters,
                  step->velocity);
    *seconds = skel_seconds() - started;
    step->seconds += *seconds;
done:
    return status;
}

/* Packs initial parameters by the mask; neither is there when the steps are taken. */
static skel_status create_parameters(skel_step_bench *step)
{
    const skel_network *network = step->network;
    uint8_t *mask = NULL;
    float *flat = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_step_mask_create(network, step->bench, &mask, &step->kept));
    step->work = skel_work_of(network, mask);
    SKEL_TRY(skel_packing_create(network, mask, &step->packing));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &flat));
    SKEL_TRY(
        skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, NULL, flat, step->buffers));
    SKEL_TRY(SKEL_ALLOC(step->packing->count, sizeof(float), &step->parameters));
    skel_packing_pack(step->packing, flat, step->parameters);
done:
    SKEL_FREE(&flat);
    SKEL_FREE(&mask);
    return status;
}

static skel_status create_vectors(skel_step_bench *step)
{
    const skel_network *network = step->network;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &step->buffers));
    SKEL_TRY(create_parameters(step));
    count = step->packing->count;
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &step->velocity));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &step->gradient));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &step->statistics));
    SKEL_TRY(skel_bench_images_draw(network, step->bench->batch, 7, &step->images, &step->labels));
done:
    return status;
}

/* For the images and classes that the mask's file is for. */
static skel_status create_network(skel_step_bench *step, const char *model)
{
    const skel_bench *bench = step->bench;
    skel_tensor input = skel_model_image(model);
    size_t channels = input.channels;
    size_t classes = BENCH_CLASSES;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_model_create(model, bench->width, input, classes, &step->network));
    SKEL_TRY(skel_step_mask_fit(step->network, bench->mask, &channels, &classes));
    if (channels != input.channels || classes != BENCH_CLASSES) {
        skel_network_destroy(&step->network);
        input.channels = channels;
        SKEL_TRY(skel_model_create(model, bench->width, input, classes, &step->network));
    }
done:
    return status;
}

static skel_status create(skel_step_bench *step, const char *model)
{
    skel_bench *bench = step->bench;
    skel_engine_options options = {.profile = true,
                                   .threads = (int)bench->threads,
                                   .microbatch = bench->batch,
                                   .kept_only = true};
    skel_status status = SKEL_OK;

    if (!skel_comm_is_root(bench->comm)) {
        return SKEL_OK;
    }
    SKEL_TRY(create_network(step, model));
    SKEL_TRY(create_vectors(step));
    options.density = (double)step->kept / (double)step->network->prunable_count;
    options.work = step->work;
    SKEL_TRY(skel_engine_create(bench->engine, step->network, &options, &step->engine));
done:
    return status;
}

static void destroy(skel_step_bench *step)
{
    skel_engine_destroy(&step->engine);
    skel_packing_destroy(&step->packing);
    skel_network_destroy(&step->network);
    SKEL_FREE(&step->parameters);
    SKEL_FREE(&step->velocity);
    SKEL_FREE(&step->gradient);
    SKEL_FREE(&step->statistics);
    SKEL_FREE(&step->buffers);
    SKEL_FREE(&step->images);
    SKEL_FREE(&step->labels);
}

/* Milliseconds of a part for each image, averaged over the steps. */
static void print_part(const skel_step_bench *step, const char *name, double seconds, double steps)
{
    (void)printf("  %-36s %8.2f ms an image\n", name,
                 1e3 * seconds / steps / (double)step->bench->batch);
}

static void print_profile(const skel_step_bench *step, const skel_engine_profile *warm)
{
    skel_engine_profile now = skel_engine_profile_get(step->engine);
    double steps = (double)step->bench->repeat;
    double engine = 0;
    const struct {
        const char *name;
        double seconds;
    } parts[] = {
        {"convolutions, forward", now.convolution_forward - warm->convolution_forward},
        {"convolutions, gradient of the input",
         now.convolution_backward_data - warm->convolution_backward_data},
        {"convolutions, gradient of the weights",
         now.convolution_backward_weights - warm->convolution_backward_weights},
        {"linear layers", now.linear - warm->linear},
        {"batch norm, ReLU, addition", now.elementwise - warm->elementwise},
        {"pooling", now.pooling - warm->pooling},
        {"weights and images loaded", now.reorder - warm->reorder},
        {"loss", now.other - warm->other},
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        print_part(step, parts[i].name, parts[i].seconds, steps);
        engine += parts[i].seconds;
    }
    print_part(step, "optimiser and all else", step->seconds - engine, steps);
}

static skel_status contest(skel_step_bench *step)
{
    skel_bench *bench = step->bench;
    skel_contestant entries[2] = {{.name = "skel",
                                   .run = step_once,
                                   .context = step,
                                   .alone = true,
                                   .threads = bench->threads}};
    skel_engine_profile warm = {0};
    char path[SKEL_DESCRIBED_PATH] = "";
    char request[256] = "";
    double seconds = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(bench->comm, skel_bench_alone(bench, step_once, step, &seconds)));
    if (skel_comm_is_root(bench->comm)) {
        skel_tensor input = step->network->tensor[0];

        (void)snprintf(request, sizeof request, "step %s %zu %zu %zu %zu %zu %.9g",
                       skel_described_for(bench, step->network, path), step->network->width,
                       step->network->classes, input.channels, input.height, bench->batch,
                       (double)step->kept / (double)step->network->prunable_count);
        warm = skel_engine_profile_get(step->engine);
    }
    step->seconds = 0;
    skel_bench_peer_enter(bench, &entries[1], "step", ", masked", request);
    skel_described_remove(path);
    SKEL_TRY(skel_bench_contest(bench, "step", 2, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf(
            "\nstep: %s of width %zu, %zu of %zu weights kept, mask %s of work %.3f, batch "
            "%zu, engine %s, instruction set %s\n",
            step->network->name, step->network->width, step->kept, step->network->prunable_count,
            bench->mask, step->work, bench->batch, skel_engine_kind(step->engine),
            skel_isa_name(skel_isa_best()));
        skel_bench_print(bench, 2, entries, (double)bench->batch, "images/s");
        print_profile(step, &warm);
    }
done:
    return status;
}

skel_status skel_bench_step(skel_bench *bench)
{
    skel_step_bench step = {.bench = bench};
    skel_status status = skel_comm_agree(
        bench->comm, create(&step, bench->model == NULL ? "resnet50" : bench->model));

    if (status == SKEL_OK) {
        status = contest(&step);
    }
    destroy(&step);
    return status;
}
