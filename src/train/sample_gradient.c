/* Gradients of single images, in the network without batch norm. */
#include "skel/sample_gradient.h"

#include "skel/folded.h"
#include "skel/memory.h"
#include "skel/work.h"

#include <string.h>

/* Bytes of an engine and of the rows of one call, above which a call has fewer images. */
#define MUCH_MEMORY (512.0 * 1024 * 1024)

struct skel_sample_gradient {
    skel_folded *folded;
    skel_engine *engine;
    skel_packing *packing; /* of the folded network */
    uint8_t *keep;         /* [folded->network->parameter_count] */
    size_t kept;
    uint32_t *place; /* [kept] in packed vectors */
    float *factor;   /* [kept] from the folded network's gradient to the whole one's */
    size_t batch;    /* images of one call */
    double *loss;    /* [batch] of the latest gradients */
};

/* Lists the kept weights, and what multiplies their gradients. A logit, or the sum, is minus the
 * loss that the engine has of it. */
static void list(skel_sample_gradient *gradients, const skel_sample_gradient_options *options)
{
    const skel_network *network = gradients->folded->network;
    double sign = options->output == SKEL_SAMPLE_LOSS ? 1 : -1;
    size_t place = 0;
    size_t kept = 0;

    for (size_t p = 0; p < network->parameters; p++) {
        const skel_parameter *parameter = &network->parameter[p];
        size_t row = parameter->count / parameter->shape[0];

        for (size_t i = 0; i < parameter->count; i++) {
            if (!gradients->keep[parameter->offset + i]) {
                continue;
            }
            if (parameter->prunable) {
                gradients->place[kept] = (uint32_t)place;
                gradients->factor[kept++] =
                    (float)(sign * skel_folded_factor(gradients->folded, p, i / row,
                                                      options->parameters, options->buffers));
            }
            place++;
        }
    }
    SKEL_ASSERT(place == gradients->packing->count && kept == gradients->kept);
}

/* The folded mask, the packing, and the tables of the kept weights. */
static skel_status prepare(skel_sample_gradient *gradients,
                           const skel_sample_gradient_options *options)
{
    const skel_network *network = gradients->folded->network;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameter_count, 1, &gradients->keep));
    if (options->keep != NULL) {
        skel_folded_mask(gradients->folded, options->keep, gradients->keep);
    } else {
        memset(gradients->keep, 1, network->parameter_count);
    }
    gradients->kept = skel_network_kept(network, gradients->keep);
    if (gradients->kept == 0) {
        SKEL_TRY(
            SKEL_FAIL(SKEL_ERR_CONFIG, "gradients of single images: the mask keeps no weight"));
    }
    SKEL_TRY(skel_packing_create(network, gradients->keep, &gradients->packing));
    SKEL_TRY(SKEL_ALLOC(gradients->kept, sizeof *gradients->place, &gradients->place));
    SKEL_TRY(SKEL_ALLOC(gradients->kept, sizeof *gradients->factor, &gradients->factor));
    list(gradients, options);
done:
    return status;
}

/* Halves the microbatch while the engine and the rows of a call take much memory. */
static skel_status fit(const skel_network *network, const char *kind, size_t packed,
                       skel_engine_options *options, size_t *bytes)
{
    skel_status status = SKEL_OK;

    for (;;) {
        SKEL_TRY(skel_engine_bytes(kind, network, options, bytes));
        *bytes += options->microbatch * packed * sizeof(float);
        if (options->microbatch == 1 || (double)*bytes <= MUCH_MEMORY) {
            break;
        }
        options->microbatch = (options->microbatch + 1) / 2;
    }
done:
    return status;
}

static skel_loss loss_of(skel_sample_output output)
{
    switch (output) {
    case SKEL_SAMPLE_LOGIT:
        return SKEL_LOSS_RAW_NLL;
    case SKEL_SAMPLE_SUM:
        return SKEL_LOSS_SUM;
    case SKEL_SAMPLE_LOSS:
        break;
    }
    return SKEL_LOSS_CROSS_ENTROPY;
}

static skel_status compile(skel_sample_gradient *gradients,
                           const skel_sample_gradient_options *options)
{
    const skel_network *network = gradients->folded->network;
    skel_engine_options engine = {
        .microbatch = options->batch > 0 ? options->batch : 1,
        .threads = options->threads,
        .kept_only = true,
        .samples = true,
        .density = (double)gradients->kept / (double)network->prunable_count,
        .work = skel_work_of(network, gradients->keep),
        .loss = loss_of(options->output),
    };
    float *flat = NULL;
    float *packed = NULL;
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(fit(network, options->kind, gradients->packing->count, &engine, &bytes));
    gradients->batch = engine.microbatch;
    SKEL_TRY(SKEL_ALLOC(gradients->batch, sizeof *gradients->loss, &gradients->loss));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof *flat, &flat));
    SKEL_TRY(SKEL_ALLOC(gradients->packing->count, sizeof *packed, &packed));
    SKEL_TRY(skel_engine_create(options->kind, network, &engine, &gradients->engine));
    skel_folded_parameters(gradients->folded, options->parameters, options->buffers, flat);
    skel_packing_pack(gradients->packing, flat, packed);
    SKEL_TRY(skel_engine_load_packed(gradients->engine, gradients->packing, packed));
done:
    SKEL_FREE(&flat);
    SKEL_FREE(&packed);
    return status;
}

skel_status skel_sample_gradient_create(const skel_network *network,
                                        const skel_sample_gradient_options *options,
                                        skel_sample_gradient **out)
{
    skel_sample_gradient *gradients = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *gradients, &gradients));
    SKEL_TRY(skel_folded_create(network, &gradients->folded));
    SKEL_TRY(prepare(gradients, options));
    SKEL_TRY(compile(gradients, options));
    *out = gradients;
    gradients = NULL;
done:
    skel_sample_gradient_destroy(&gradients);
    return status;
}

void skel_sample_gradient_destroy(skel_sample_gradient **gradients)
{
    if (*gradients == NULL) {
        return;
    }
    skel_engine_destroy(&(*gradients)->engine);
    skel_packing_destroy(&(*gradients)->packing);
    skel_folded_destroy(&(*gradients)->folded);
    SKEL_FREE(&(*gradients)->keep);
    SKEL_FREE(&(*gradients)->place);
    SKEL_FREE(&(*gradients)->factor);
    SKEL_FREE(&(*gradients)->loss);
    SKEL_FREE(gradients);
}

/* Bytes with any engine that "auto" may choose for a mask of so many weights: which one, the mask's
 * work decides, which is not known before the mask. */
static skel_status fit_any(const skel_network *network, const char *kind, size_t packed,
                           const skel_engine_options *options, size_t kept, size_t *bytes)
{
    double work[2];
    skel_status status = SKEL_OK;

    *bytes = 0;
    skel_work_range(network, kept, &work[0], &work[1]);
    for (size_t i = 0; i < 2; i++) {
        skel_engine_options engine = *options;
        size_t needed = 0;

        engine.work = work[i];
        SKEL_TRY(fit(network, kind, packed, &engine, &needed));
        *bytes = needed > *bytes ? needed : *bytes;
    }
done:
    return status;
}

skel_status skel_sample_gradient_bytes(const skel_network *network, const char *kind, int threads,
                                       size_t batch, size_t kept, size_t *bytes)
{
    size_t packed = kept + network->parameter_count - network->prunable_count;
    const skel_engine_options engine = {.microbatch = batch > 0 ? batch : 1,
                                        .threads = threads,
                                        .kept_only = true,
                                        .samples = true,
                                        .density = (double)kept / (double)network->prunable_count};
    skel_status status = fit_any(network, kind, packed, &engine, kept, bytes);

    *bytes += network->parameter_count * (1 + sizeof(float)) +
              kept * (sizeof(uint32_t) + sizeof(float)) + packed * sizeof(float) +
              skel_packing_bytes(network, packed);
    return status;
}

size_t skel_sample_gradient_kept(const skel_sample_gradient *gradients)
{
    return gradients->kept;
}

const char *skel_sample_gradient_engine(const skel_sample_gradient *gradients)
{
    return skel_engine_kind(gradients->engine);
}

size_t skel_sample_gradient_batch(const skel_sample_gradient *gradients)
{
    return gradients->batch;
}

size_t skel_sample_gradient_stride(const skel_sample_gradient *gradients)
{
    return gradients->packing->count;
}

skel_status skel_sample_gradient_of(skel_sample_gradient *gradients, size_t count,
                                    const float images[], const uint16_t labels[], float rows[])
{
    const skel_batch batch = {.count = count, .images = images, .labels = labels};
    size_t stride = skel_sample_gradient_stride(gradients);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_engine_samples(gradients->engine, &batch, stride, rows, gradients->loss));
    for (size_t i = 0; i < count; i++) {
        float *row = rows + i * stride;

        for (size_t k = 0; k < gradients->kept; k++) { /* no place is before its weight's number */
            row[k] = row[gradients->place[k]] * gradients->factor[k];
        }
    }
done:
    return status;
}

double skel_sample_gradient_loss(const skel_sample_gradient *gradients, size_t image)
{
    return gradients->loss[image];
}

skel_status skel_sample_gradient_logits(skel_sample_gradient *gradients, size_t count,
                                        const float images[], float logits[])
{
    const skel_batch batch = {.count = count, .images = images};

    return skel_engine_forward(gradients->engine, &batch, NULL, logits);
}
