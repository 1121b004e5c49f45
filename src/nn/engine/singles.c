/* Gradients of single images: checks, and what the engines share. */
#include "singles.h"

#include "loss.h"
#include "unpacked.h"

#include <math.h>

skel_batch skel_singles_image(const skel_engine *engine, const skel_singles *samples, size_t image)
{
    const skel_network *network = engine->network;
    const skel_tensor *input = &network->tensor[0];
    const skel_batch *batch = samples->batch;
    size_t floats = input->channels * input->height * input->width;

    return (skel_batch){
        .count = 1,
        .images = batch->images + image * floats,
        .labels = batch->labels + image,
        .targets = batch->targets == NULL ? NULL : batch->targets + image * network->classes};
}

void skel_singles_score(const skel_engine *engine, const skel_singles *samples,
                        const float logits[], float gradient[])
{
    size_t classes = engine->network->classes;

    for (size_t i = 0; i < samples->batch->count; i++) {
        skel_batch one = skel_singles_image(engine, samples, i);
        size_t correct = 0;

        skel_loss_batch(&engine->options, classes, &one, logits + i * classes, 1,
                        gradient + i * classes, &samples->losses[i], &correct);
    }
}

float *skel_singles_flat(const skel_engine *engine, const skel_singles *samples, size_t image)
{
    return engine->packing == NULL ? samples->rows + image * samples->stride
                                   : skel_unpacked_flat(engine);
}

void skel_singles_pack(const skel_engine *engine, const skel_singles *samples, size_t image,
                       size_t parameter)
{
    const skel_packing *packing = engine->packing;
    const float *flat = skel_singles_flat(engine, samples, image);
    float *row = samples->rows + image * samples->stride;

    if (packing != NULL) {
        for (size_t i = packing->offset[parameter]; i < packing->offset[parameter + 1]; i++) {
            row[i] = flat[packing->index[i]];
        }
    }
}

static skel_status one_by_one(skel_engine *engine, const skel_singles *samples)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < samples->batch->count; i++) {
        skel_batch one = skel_singles_image(engine, samples, i);
        skel_pass pass = {.gradient = samples->rows + i * samples->stride};

        status = skel_engine_gradient(engine, 1, &one, 1, &pass);
        samples->losses[i] = pass.loss;
    }
    return status;
}

static skel_status check_losses(const skel_engine *engine, const skel_singles *samples)
{
    for (size_t i = 0; i < samples->batch->count; i++) {
        if (!isfinite(samples->losses[i])) {
            return SKEL_FAIL(SKEL_ERR_NUMBER,
                             "%s: the loss of image %zu of a batch is %g, which is not finite: "
                             "weights or images are too large",
                             engine->network->name, i, samples->losses[i]);
        }
    }
    return SKEL_OK;
}

skel_status skel_engine_samples(skel_engine *engine, const skel_batch *batch, size_t stride,
                                float rows[], double losses[])
{
    const skel_singles samples = {batch, stride, rows, losses};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(engine->options.samples && engine->options.kept_only);
    SKEL_ASSERT(!skel_network_has_batchnorm(engine->network));
    SKEL_ASSERT(batch->count > 0 && batch->count <= engine->options.microbatch);
    SKEL_ASSERT(batch->images != NULL && batch->labels != NULL);
    status = engine->type->samples != NULL ? engine->type->samples(engine, &samples)
                                           : one_by_one(engine, &samples);
    return status != SKEL_OK ? status : check_losses(engine, &samples);
}
