/* Gradients of the images of a batch, each alone, by the kept weights: in one pass, and in a pass
 * for each, beside the batch's own gradient. Batch norm is on running averages. */
#include "bench_network.h"
#include "parts.h"
#include "step_mask.h"

#include "skel/engine.h"
#include "skel/folded.h"
#include "skel/isa.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/text.h"
#include "skel/work.h"

#include <stdio.h>

/* The root's; all NULL on other ranks. */
typedef struct skel_samples_bench {
    skel_bench *bench;
    skel_bench_network whole;
    skel_folded *folded;
    skel_packing *packing;
    skel_engine *engine; /* of a batch */
    skel_engine *single; /* of one image */
    float *rows;         /* [batch][packing->count]; the first is also the batch's gradient */
    double *loss;        /* [batch] */
    float *images;
    uint16_t *labels;
    size_t kept;
    double work; /* of the mask, skel_work_of() */
} skel_samples_bench;

static skel_batch batch_of(const skel_samples_bench *samples, size_t first, size_t count)
{
    const skel_tensor *input = &samples->folded->network->tensor[0];

    return (skel_batch){.count = count,
                        .images = samples->images +
                                  first * input->channels * input->height * input->width,
                        .labels = samples->labels + first};
}

static skel_status run_batch(void *context, double *seconds)
{
    const skel_samples_bench *samples = context;
    skel_batch batch = batch_of(samples, 0, samples->bench->batch);
    skel_pass pass = {.gradient = samples->rows};
    double started = skel_seconds();
    skel_status status = skel_engine_gradient(samples->engine, 1, &batch, 1, &pass);

    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_samples(void *context, double *seconds)
{
    const skel_samples_bench *samples = context;
    skel_batch batch = batch_of(samples, 0, samples->bench->batch);
    double started = skel_seconds();
    skel_status status = skel_engine_samples(samples->engine, &batch, samples->packing->count,
                                             samples->rows, samples->loss);

    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_singles(void *context, double *seconds)
{
    const skel_samples_bench *samples = context;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < samples->bench->batch; i++) {
        skel_batch batch = batch_of(samples, i, 1);
        skel_pass pass = {.gradient = samples->rows + i * samples->packing->count};

        status = skel_engine_gradient(samples->single, 1, &batch, 1, &pass);
    }
    *seconds = skel_seconds() - started;
    return status;
}

/* The folded network's mask, and its parameters in packed form. */
static skel_status prepare(skel_samples_bench *samples, float **packed)
{
    const skel_network *network = NULL;
    uint8_t *mask = NULL;
    uint8_t *keep = NULL;
    float *flat = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_step_mask_create(samples->whole.network, samples->bench, &mask, &samples->kept));
    SKEL_TRY(skel_folded_create(samples->whole.network, &samples->folded));
    network = samples->folded->network;
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, 1, &keep));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &flat));
    skel_folded_mask(samples->folded, mask, keep);
    samples->work = skel_work_of(network, keep);
    SKEL_TRY(skel_packing_create(network, keep, &samples->packing));
    SKEL_TRY(SKEL_ALLOC(samples->packing->count, sizeof(float), packed));
    skel_folded_parameters(samples->folded, samples->whole.parameters, samples->whole.buffers,
                           flat);
    skel_packing_pack(samples->packing, flat, *packed);
done:
    SKEL_FREE(&mask);
    SKEL_FREE(&keep);
    SKEL_FREE(&flat);
    return status;
}

static skel_status create_engine(const skel_samples_bench *samples, size_t images,
                                 const float packed[], skel_engine **out)
{
    const skel_network *network = samples->folded->network;
    skel_engine_options options = {.microbatch = images,
                                   .threads = (int)samples->bench->threads,
                                   .kept_only = true,
                                   .samples = true,
                                   .work = samples->work,
                                   .density =
                                       (double)samples->kept / (double)network->prunable_count};
    skel_status status = skel_engine_create(samples->bench->engine, network, &options, out);

    if (status == SKEL_OK) {
        status = skel_engine_load_packed(*out, samples->packing, packed);
    }
    return status;
}

static skel_status create(skel_bench *bench, const char *model, void *state)
{
    skel_samples_bench *samples = state;
    size_t batch = bench->batch;
    float *packed = NULL;
    skel_status status = SKEL_OK;

    samples->bench = bench;
    if (!skel_comm_is_root(bench->comm)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_bench_network_create(model, bench->width, bench->groups, &samples->whole));
    SKEL_TRY(prepare(samples, &packed));
    SKEL_TRY(create_engine(samples, batch, packed, &samples->engine));
    SKEL_TRY(create_engine(samples, 1, packed, &samples->single));
    SKEL_TRY(skel_bench_images_draw(samples->whole.network, batch, 6, &samples->images,
                                    &samples->labels));
    SKEL_TRY(SKEL_ALLOC(batch, samples->packing->count * sizeof(float), &samples->rows));
    SKEL_TRY(SKEL_ALLOC(batch, sizeof *samples->loss, &samples->loss));
done:
    SKEL_FREE(&packed);
    return status;
}

static void destroy(void *state)
{
    skel_samples_bench *samples = state;

    skel_engine_destroy(&samples->engine);
    skel_engine_destroy(&samples->single);
    skel_packing_destroy(&samples->packing);
    skel_folded_destroy(&samples->folded);
    skel_bench_network_destroy(&samples->whole);
    SKEL_FREE(&samples->rows);
    SKEL_FREE(&samples->loss);
    SKEL_FREE(&samples->images);
    SKEL_FREE(&samples->labels);
}

/* Both gradients have the same multiply-adds; those of the images have more bytes to write. */
static void print_counts(const skel_samples_bench *samples)
{
    double flop = 3 * 2 * skel_network_macs(samples->folded->network) * samples->work;
    char rows[SKEL_TEXT_BYTES];

    skel_text_bytes((double)samples->kept * sizeof(float), rows);
    (void)printf("  each takes %.4g MFLOP an image on kept weights; an image's own gradient "
                 "is %s\n",
                 1e-6 * flop, rows);
}

static skel_status contest(skel_bench *bench, const char *model, void *state)
{
    skel_samples_bench *samples = state;
    skel_contestant entries[] = {{.name = "gradient of the batch", .run = run_batch},
                                 {.name = "gradients of its images", .run = run_samples},
                                 {.name = "image after image", .run = run_singles}};
    size_t count = sizeof entries / sizeof *entries;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        entries[i].context = samples;
        entries[i].alone = true;
        entries[i].threads = bench->threads;
    }
    SKEL_TRY(skel_bench_warm_up(bench, count, entries));
    SKEL_TRY(skel_bench_contest(bench, model, count, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nsamples: %s of width %zu, %zu of %zu weights kept, mask %s, batch %zu, "
                     "engine %s, instruction set %s\n",
                     samples->whole.network->name, samples->whole.network->width, samples->kept,
                     samples->folded->network->prunable_count, bench->mask, bench->batch,
                     skel_engine_kind(samples->engine), skel_isa_name(skel_isa_best()));
    }
    skel_bench_print(bench, count, entries, (double)bench->batch, "images/s");
    if (skel_comm_is_root(bench->comm)) {
        print_counts(samples);
    }
done:
    return status;
}

skel_status skel_bench_samples(skel_bench *bench)
{
    static const skel_bench_measure measure = {
        .bytes = sizeof(skel_samples_bench), .create = create, .run = contest, .destroy = destroy};
    static const char *const models[] = {"resnet20", "vgg11"};

    return skel_bench_models(bench, &measure, sizeof models / sizeof *models, models);
}
