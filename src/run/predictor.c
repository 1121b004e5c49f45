/* Predictions: the functions that libskel exports, on top of a trained network. */
#include "skel/predictor.h"

#include "skel/evaluation.h"
#include "skel/isa.h"
#include "skel/memory.h"
#include "skel/process.h"

struct skel_predictor {
    skel_trained *trained;
    skel_engine *engine;
    size_t batch;
    float *images;    /* [batch][channels][height][width] of the network's input */
    uint16_t *labels; /* [batch] zeros: pixels of a user have no labels */
    uint32_t *index;  /* [batch] 0, 1, 2, ... */
};

static size_t pixels_of(const skel_predictor *predictor)
{
    const skel_dataset_info *info = &predictor->trained->settings.data;

    return info->channels * info->height * info->width;
}

static size_t floats_of(const skel_predictor *predictor)
{
    const skel_tensor *input = &predictor->trained->network->tensor[0];

    return input->channels * input->height * input->width;
}

static skel_status make(const char *path, const skel_trained_how *how, skel_predictor *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_trained_open(path, &out->trained));
    out->batch = skel_trained_resolve(out->trained, how).batch;
    SKEL_TRY(skel_trained_engine(out->trained, how, &out->engine));
    SKEL_TRY(SKEL_ALLOC(out->batch, floats_of(out) * sizeof(float), &out->images));
    SKEL_TRY(SKEL_ALLOC(out->batch, sizeof *out->labels, &out->labels));
    SKEL_TRY(SKEL_ALLOC(out->batch, sizeof(uint32_t), &out->index));
    for (size_t i = 0; i < out->batch; i++) {
        out->index[i] = (uint32_t)i;
    }
done:
    return status;
}

static skel_status refuse(const char *what)
{
    return SKEL_FAIL(SKEL_ERR_USAGE, "libskel: %s", what);
}

static skel_status open_predictor(const char *path, const skel_predictor_options *options,
                                  skel_predictor **out)
{
    enum { MOST = 65536 };
    skel_trained_how how = {0};
    skel_predictor *predictor = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (path == NULL) {
        return refuse("the path of the run file is NULL");
    }
    if (options != NULL) {
        how = (skel_trained_how){options->engine, options->batch, options->threads};
    }
    if (how.batch > MOST) {
        return refuse("a batch has at most 65536 images");
    }
    if (how.threads < 0 || how.threads > SKEL_PROCESS_THREADS) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "libskel: %d threads are not from 0 to %d", how.threads,
                         SKEL_PROCESS_THREADS);
    }
    SKEL_TRY(skel_isa_check());
    SKEL_TRY(SKEL_ALLOC(1, sizeof *predictor, &predictor));
    SKEL_TRY(make(path, &how, predictor));
    *out = predictor;
    predictor = NULL;
done:
    skel_predictor_close(&predictor);
    return status;
}

int skel_predictor_open(const char *path, const skel_predictor_options *options,
                        skel_predictor **out)
{
    skel_status status =
        out != NULL ? open_predictor(path, options, out) : refuse("the output is NULL");

    return skel_status_exit_code(status);
}

void skel_predictor_close(skel_predictor **predictor)
{
    if (predictor == NULL || *predictor == NULL) {
        return;
    }
    SKEL_FREE(&(*predictor)->index);
    SKEL_FREE(&(*predictor)->labels);
    SKEL_FREE(&(*predictor)->images);
    skel_engine_destroy(&(*predictor)->engine);
    skel_trained_close(&(*predictor)->trained);
    SKEL_FREE(predictor);
}

skel_predictor_facts skel_predictor_describe(const skel_predictor *predictor)
{
    skel_predictor_facts out = {.test_accuracy = -1};
    const skel_trained *trained = predictor != NULL ? predictor->trained : NULL;
    const skel_dataset_info *info = trained != NULL ? &trained->settings.data : NULL;

    if (trained == NULL) {
        return out;
    }
    out.model = trained->network->name;
    out.data = info->name;
    out.engine = skel_engine_kind(predictor->engine);
    out.channels = info->channels;
    out.height = info->height;
    out.width = info->width;
    out.input_height = trained->view.side_h;
    out.input_width = trained->view.side_w;
    out.classes = trained->network->classes;
    out.mean = info->mean;
    out.deviation = info->deviation;
    out.prunable = trained->network->prunable_count;
    out.kept = trained->kept;
    if (trained->tested) {
        out.test_accuracy = trained->test_accuracy;
    }
    return out;
}

static skel_status forward(skel_predictor *predictor, size_t count, const float images[],
                           float logits[])
{
    skel_batch batch = {.count = count, .images = images, .labels = predictor->labels};

    return skel_engine_forward(predictor->engine, &batch, predictor->trained->buffers, logits);
}

/* Computes batch after batch, from `pixels` or, if that is NULL, from `images`. */
static skel_status predict(skel_predictor *predictor, size_t count, const uint8_t pixels[],
                           const float images[], float logits[])
{
    const skel_trained *trained = predictor->trained;
    skel_status status = SKEL_OK;

    for (size_t first = 0; first < count; first += predictor->batch) {
        size_t rest = count - first;
        size_t now = rest < predictor->batch ? rest : predictor->batch;
        float *out = logits + first * trained->network->classes;

        if (pixels != NULL) {
            skel_samples samples = {.count = now,
                                    .images = pixels + first * pixels_of(predictor),
                                    .labels = predictor->labels};

            SKEL_TRY(skel_view_fill(&trained->view, &samples, now, predictor->index, 0,
                                    predictor->images, predictor->labels));
            SKEL_TRY(forward(predictor, now, predictor->images, out));
        } else {
            SKEL_TRY(forward(predictor, now, images + first * floats_of(predictor), out));
        }
    }
done:
    return status;
}

int skel_predictor_pixels(skel_predictor *predictor, size_t count, const uint8_t pixels[],
                          float logits[])
{
    bool able = predictor != NULL && (count == 0 || (pixels != NULL && logits != NULL));

    if (able && predictor->trained->settings.data.reals) {
        return skel_status_exit_code(refuse("the run's images are floating-point numbers: "
                                            "normalise yours, and call skel_predictor_images()"));
    }
    return skel_status_exit_code(able ? predict(predictor, count, pixels, NULL, logits)
                                      : refuse("predictor, pixels or logits are NULL"));
}

int skel_predictor_images(skel_predictor *predictor, size_t count, const float images[],
                          float logits[])
{
    bool able = predictor != NULL && (count == 0 || (images != NULL && logits != NULL));

    return skel_status_exit_code(able ? predict(predictor, count, NULL, images, logits)
                                      : refuse("predictor, images or logits are NULL"));
}

int skel_predictor_classes(const skel_predictor *predictor, size_t count, const float logits[],
                           size_t classes[])
{
    bool able = predictor != NULL && (count == 0 || (logits != NULL && classes != NULL));

    if (!able) {
        return skel_status_exit_code(refuse("predictor, logits or classes are NULL"));
    }
    for (size_t i = 0; i < count; i++) {
        size_t length = predictor->trained->network->classes;

        classes[i] = skel_evaluation_class(length, logits + i * length);
    }
    return 0;
}

const char *skel_predictor_error(void)
{
    return skel_error_message();
}
