/* Evaluates a trained network: one forward pass after another over the test images. */
#include "skel/evaluation.h"

#include "skel/memory.h"
#include "skel/progress.h"

#include <math.h>
#include <stdio.h>

static skel_status check_shape(const skel_trained *trained, const skel_evaluation_images *images)
{
    const skel_tensor *input = &trained->network->tensor[0];
    const skel_dataset_info *info = &images->info;

    if (info->channels != input->channels || images->view.side_h != input->height ||
        images->view.side_w != input->width || info->classes != trained->network->classes) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s has images of %zux%zux%zu and %zu classes; the network takes "
                         "%zux%zux%zu and has %zu classes",
                         info->name, info->channels, images->view.side_h, images->view.side_w,
                         info->classes, input->channels, input->height, input->width,
                         trained->network->classes);
    }
    return SKEL_OK;
}

/* Mean and deviation of the run are of its own kind of pixels: bytes are divided by 255 first. */
static skel_status check_pixels(const skel_dataset_info *run, const skel_dataset_info *data)
{
    static const char *const kinds[] = {"bytes", "floating-point numbers"};

    if (data->reals != run->reals) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "the pixels of %s are %s, and the run's were %s: its mean and deviation "
                         "do not normalise them; take images with such pixels",
                         data->name, kinds[data->reals], kinds[run->reals]);
    }
    return SKEL_OK;
}

skel_status skel_evaluation_images_choose(const skel_trained *trained,
                                          const skel_dataset_info *data, bool own,
                                          skel_evaluation_images *out)
{
    const skel_dataset_info *run = &trained->settings.data;
    skel_status status = SKEL_OK;

    *out = (skel_evaluation_images){.own = own && data->test == run->test, .info = *data};
    out->count = out->own ? trained->settings.test_samples : data->test;
    out->info.mean = run->mean;
    out->info.deviation = run->deviation;
    SKEL_TRY(skel_settings_view(&trained->job, &out->info, SKEL_AUGMENT_NONE, &out->view));
    SKEL_TRY(check_shape(trained, out));
    SKEL_TRY(check_pixels(run, data));
done:
    return status;
}

/* The memory of one evaluation. */
typedef struct pass_work {
    const skel_trained *trained;
    const skel_evaluation_images *images;
    const skel_samples *samples;
    skel_engine *engine;
    size_t batch;
    float *pixels;    /* [batch][channels][height][width] */
    uint16_t *labels; /* [batch] */
    uint32_t *index;  /* [batch] */
    float *logits;    /* [batch][classes] */
} pass_work;

static skel_status make_pass(const skel_trained_how *how, pass_work *pass)
{
    const skel_tensor *input = &pass->trained->network->tensor[0];
    size_t floats = input->channels * input->height * input->width;
    skel_status status = SKEL_OK;

    pass->batch = how->batch;
    SKEL_TRY(SKEL_ALLOC(pass->batch * floats, sizeof(float), &pass->pixels));
    SKEL_TRY(SKEL_ALLOC(pass->batch, sizeof *pass->labels, &pass->labels));
    SKEL_TRY(SKEL_ALLOC(pass->batch, sizeof(uint32_t), &pass->index));
    SKEL_TRY(
        SKEL_ALLOC(pass->batch * pass->trained->network->classes, sizeof(float), &pass->logits));
    SKEL_TRY(skel_trained_engine(pass->trained, how, &pass->engine));
done:
    return status;
}

static void free_pass(pass_work *pass)
{
    skel_engine_destroy(&pass->engine);
    SKEL_FREE(&pass->logits);
    SKEL_FREE(&pass->index);
    SKEL_FREE(&pass->labels);
    SKEL_FREE(&pass->pixels);
}

size_t skel_evaluation_class(size_t classes, const float logits[])
{
    size_t largest = 0;

    for (size_t c = 1; c < classes; c++) {
        if (logits[c] > logits[largest]) {
            largest = c;
        }
    }
    return largest;
}

/* The images [first, first + count), at most a batch. Losses are added up in the order in which a
 * run's test adds them. */
static skel_status evaluate(pass_work *pass, size_t first, size_t count, skel_evaluation *out)
{
    const skel_evaluation_images *images = pass->images;
    size_t classes = pass->trained->network->classes;
    skel_batch batch = {.count = count, .images = pass->pixels, .labels = pass->labels};
    double loss = 0;
    size_t correct = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        pass->index[i] = (uint32_t)(first + i);
    }
    SKEL_TRY(skel_view_fill(&images->view, pass->samples, count, pass->index, 0, pass->pixels,
                            pass->labels));
    SKEL_TRY(skel_engine_forward(pass->engine, &batch, pass->trained->buffers, pass->logits));
    skel_engine_evaluate(pass->engine, &batch, pass->logits, &loss, &correct);
    for (size_t i = 0; i < count; i++) {
        out->answered[first + i] =
            (uint16_t)skel_evaluation_class(classes, pass->logits + i * classes);
    }
    out->loss += loss;
    out->correct += correct;
done:
    return status;
}

static skel_status evaluate_all(pass_work *pass, skel_evaluation *out)
{
    skel_progress progress;
    skel_status status = SKEL_OK;

    skel_progress_start(&progress, "test", "images", out->images);
    for (size_t first = 0; first < out->images; first += pass->batch) {
        size_t rest = out->images - first;
        size_t count = rest < pass->batch ? rest : pass->batch;

        SKEL_TRY(evaluate(pass, first, count, out));
        skel_progress_advance(&progress, count, "");
    }
    out->loss /= (double)out->images;
    if (!isfinite(out->loss)) {
        status = SKEL_FAIL(SKEL_ERR_NUMBER, "the loss of the test images is not finite");
    }
done:
    (void)skel_progress_finish(&progress);
    return status;
}

skel_status skel_evaluation_make(const skel_trained *trained, const skel_trained_how *how,
                                 const skel_evaluation_images *images, const skel_samples *samples,
                                 skel_evaluation *out)
{
    skel_trained_how resolved = skel_trained_resolve(trained, how);
    pass_work pass = {.trained = trained, .images = images, .samples = samples};
    skel_status status = SKEL_OK;

    *out = (skel_evaluation){
        .images = images->count, .batch = resolved.batch, .threads = resolved.threads};
    SKEL_TRY(SKEL_ALLOC(out->images, sizeof *out->answered, &out->answered));
    SKEL_TRY(make_pass(&resolved, &pass));
    (void)snprintf(out->engine, sizeof out->engine, "%s", skel_engine_kind(pass.engine));
    SKEL_TRY(evaluate_all(&pass, out));
done:
    free_pass(&pass);
    return status;
}

void skel_evaluation_free(skel_evaluation *evaluation)
{
    SKEL_FREE(&evaluation->answered);
}
