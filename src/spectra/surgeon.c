/* Optimal Brain Surgeon: gradients of single images into a Fisher matrix, and back to flat vectors.
 */
#include "skel/surgeon.h"
#include "skel/sizes.h"

#include "skel/fisher.h"
#include "skel/kept.h"
#include "skel/memory.h"
#include "skel/sample_gradient.h"
#include "skel/stop.h"
#include "skel/text.h"

#include <math.h>

enum { BATCH = 32 /* images whose gradients one pass computes, if they fit */ };

struct skel_surgeon {
    const skel_comm *comm;
    const skel_network *network;
    skel_fisher *fisher;
    size_t kept;
    uint32_t *index;    /* [kept + 1] in the flat vector; the last place is never read */
    const char *engine; /* of the gradients */
};

/* What the gradients of the images are computed with. */
typedef struct skel_theatre {
    const skel_ntk_point *point;
    const skel_ntk_images *images;
    skel_sample_gradient *gradients;
    size_t batch;    /* images of one pass */
    float *image;    /* [batch][channels][height][width] */
    uint16_t *label; /* [batch] */
    float *row;      /* [batch][stride] */
    double *loss;    /* [images] 0 but for this rank's */
} skel_theatre;

static void list_kept(const skel_network *network, const uint8_t keep[], uint32_t index[])
{
    size_t at = 0;

    for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
         p = skel_network_prunable(network, p + 1)) {
        const skel_parameter *parameter = &network->parameter[p];

        at += skel_kept_list(parameter->count, keep + parameter->offset, parameter->offset,
                             index + at);
    }
}

skel_status skel_surgeon_bytes(const skel_network *network, const char *kind, int threads,
                               size_t samples, size_t kept, int ranks, size_t *bytes)
{
    skel_status status = skel_sample_gradient_bytes(network, kind, threads,
                                                    skel_lesser(BATCH, samples), kept, bytes);

    *bytes +=
        skel_fisher_bytes(samples, kept, ranks) + kept * (sizeof(uint32_t) + 2 * sizeof(double));
    return status;
}

/* Refuses what a node has no memory for; nothing large is taken yet. */
static skel_status check_memory(const skel_comm *comm, const skel_ntk_point *point, size_t samples,
                                size_t kept)
{
    int ranks = skel_comm_size(comm);
    double available = skel_comm_memory(comm);
    size_t bytes = 0;
    char need[SKEL_TEXT_BYTES];
    char have[SKEL_TEXT_BYTES];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_surgeon_bytes(point->network, point->kind, point->threads, samples, kept, ranks,
                                &bytes));
    if ((double)bytes > available) {
        skel_text_bytes((double)bytes, need);
        skel_text_bytes(available, have);
        status = SKEL_FAIL(SKEL_ERR_MEMORY,
                           "the gradients of %zu images by %zu weights take %s on each of %d "
                           "ranks, and the node has %s for each; take fewer prune.fisher-samples "
                           "or more nodes",
                           samples, kept, need, ranks, have);
    }
done:
    return status;
}

static skel_status list(skel_surgeon *surgeon, const skel_ntk_point *point, size_t samples)
{
    skel_status status = SKEL_OK;

    surgeon->kept = skel_network_kept(point->network, point->keep);
    if (surgeon->kept == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "Fisher matrix: the mask keeps no weight");
    }
    SKEL_TRY(check_memory(surgeon->comm, point, samples, surgeon->kept));
    SKEL_TRY(SKEL_ALLOC(surgeon->kept + 1, sizeof *surgeon->index, &surgeon->index));
    list_kept(point->network, point->keep, surgeon->index);
done:
    return status;
}

static skel_status set_up(skel_theatre *theatre)
{
    const skel_ntk_point *point = theatre->point;
    const skel_tensor *input = &point->network->tensor[0];
    skel_sample_gradient_options options = {.kind = point->kind,
                                            .threads = point->threads,
                                            .batch = skel_lesser(BATCH, theatre->images->count),
                                            .output = SKEL_SAMPLE_LOSS,
                                            .parameters = point->parameters,
                                            .buffers = point->buffers,
                                            .keep = point->keep};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_sample_gradient_create(point->network, &options, &theatre->gradients));
    theatre->batch = skel_sample_gradient_batch(theatre->gradients);
    SKEL_TRY(SKEL_ALLOC(theatre->batch * input->channels * input->height * input->width,
                        sizeof(float), &theatre->image));
    SKEL_TRY(SKEL_ALLOC(theatre->batch, sizeof *theatre->label, &theatre->label));
    SKEL_TRY(SKEL_ALLOC(theatre->batch * skel_sample_gradient_stride(theatre->gradients),
                        sizeof(float), &theatre->row));
    SKEL_TRY(SKEL_ALLOC(theatre->images->count, sizeof(double), &theatre->loss));
done:
    return status;
}

static void tear_down(skel_theatre *theatre)
{
    skel_sample_gradient_destroy(&theatre->gradients);
    SKEL_FREE(&theatre->image);
    SKEL_FREE(&theatre->label);
    SKEL_FREE(&theatre->row);
    SKEL_FREE(&theatre->loss);
}

/* Names the parameter of a flat index. */
static skel_status reject(const skel_surgeon *surgeon, size_t k, uint32_t image, float value)
{
    const skel_network *network = surgeon->network;
    size_t p = 0;

    while (surgeon->index[k] >= network->parameter[p].offset + network->parameter[p].count) {
        p++;
    }
    return SKEL_FAIL(SKEL_ERR_NUMBER,
                     "gradient of training image %u: by weight %zu of %s it is %g, which is not "
                     "finite",
                     image, surgeon->index[k] - network->parameter[p].offset,
                     network->parameter[p].name, (double)value);
}

/* The row of an image of the batch. */
static float *row_of(const skel_theatre *theatre, size_t image)
{
    return theatre->row + image * skel_sample_gradient_stride(theatre->gradients);
}

/* The gradients of a batch: the samples from `first` on. */
static skel_status compute(const skel_surgeon *surgeon, skel_theatre *theatre, size_t first)
{
    const skel_ntk_images *images = theatre->images;
    size_t count = skel_lesser(theatre->batch, images->count - first);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_fill(images->view, images->samples, count, images->index + first, 0,
                            theatre->image, theatre->label));
    SKEL_TRY(skel_sample_gradient_of(theatre->gradients, count, theatre->image, theatre->label,
                                     theatre->row));
    for (size_t i = 0; i < count; i++) {
        const float *row = row_of(theatre, i);

        theatre->loss[first + i] = skel_sample_gradient_loss(theatre->gradients, i);
        for (size_t k = 0; k < surgeon->kept; k++) {
            if (!isfinite(row[k])) {
                return reject(surgeon, k, images->index[first + i], row[k]);
            }
        }
    }
done:
    return status;
}

/* Gradients of all images: each rank computes a batch, and adds one of it in each round. */
static skel_status compute_all(skel_surgeon *surgeon, skel_theatre *theatre,
                               skel_progress *progress)
{
    size_t samples = theatre->images->count;
    size_t rounds = skel_fisher_rounds(surgeon->fisher);
    skel_status status = SKEL_OK;

    for (size_t round = 0; round < rounds; round++) {
        size_t sample = skel_fisher_sample(surgeon->fisher, round);
        size_t place = round % theatre->batch;

        if (place == 0) {
            status = skel_stop_check();
            if (status == SKEL_OK && sample < samples) {
                status = compute(surgeon, theatre, sample);
            }
            SKEL_TRY(skel_comm_agree(surgeon->comm, status));
        }
        skel_fisher_add(surgeon->fisher, round, row_of(theatre, place));
        if (progress != NULL) {
            skel_progress_peek(progress, samples * (round + 1) / rounds);
        }
    }
done:
    return status;
}

static double mean_loss(const skel_surgeon *surgeon, const skel_theatre *theatre)
{
    size_t samples = theatre->images->count;
    double sum = 0;

    skel_comm_sum_f64(surgeon->comm, samples, theatre->loss); /* one rank has each: exact */
    for (size_t i = 0; i < samples; i++) {
        sum += theatre->loss[i];
    }
    return sum / (double)samples;
}

skel_status skel_surgeon_create(const skel_comm *comm, const skel_ntk_point *point,
                                const skel_ntk_images *images, double damping,
                                skel_progress *progress, double *loss, skel_surgeon **out)
{
    skel_theatre theatre = {.point = point, .images = images};
    skel_surgeon *surgeon = NULL;
    skel_status status = SKEL_ALLOC(1, sizeof *surgeon, &surgeon);

    *out = NULL;
    if (status == SKEL_OK) {
        surgeon->comm = comm;
        surgeon->network = point->network;
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_ASSERT(surgeon != NULL);
    SKEL_TRY(skel_comm_agree(comm, list(surgeon, point, images->count)));
    SKEL_TRY(skel_comm_agree(comm, set_up(&theatre)));
    surgeon->engine = skel_sample_gradient_engine(theatre.gradients);
    SKEL_TRY(skel_fisher_create(comm, images->count, theatre.batch, surgeon->kept, damping,
                                &surgeon->fisher));
    SKEL_TRY(compute_all(surgeon, &theatre, progress));
    *loss = mean_loss(surgeon, &theatre);
    *out = surgeon;
    surgeon = NULL;
done:
    tear_down(&theatre);
    skel_surgeon_destroy(&surgeon);
    return status;
}

void skel_surgeon_destroy(skel_surgeon **surgeon)
{
    if (*surgeon == NULL) {
        return;
    }
    skel_fisher_destroy(&(*surgeon)->fisher);
    SKEL_FREE(&(*surgeon)->index);
    SKEL_FREE(surgeon);
}

const char *skel_surgeon_engine(const skel_surgeon *surgeon)
{
    return surgeon->engine;
}

skel_status skel_surgeon_inverse(skel_surgeon *surgeon, float inverse[])
{
    double *diagonal = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(surgeon->comm, SKEL_ALLOC(surgeon->kept, sizeof(double), &diagonal)));
    SKEL_TRY(skel_fisher_diagonal(surgeon->fisher, diagonal));
    for (size_t i = 0; i < surgeon->network->parameter_count; i++) {
        inverse[i] = 1;
    }
    for (size_t k = 0; k < surgeon->kept; k++) {
        inverse[surgeon->index[k]] = (float)diagonal[k];
    }
done:
    SKEL_FREE(&diagonal);
    return status;
}

skel_status skel_surgeon_operate(skel_surgeon *surgeon, const uint8_t keep[], float parameters[])
{
    double *change = NULL;
    uint8_t *removed = NULL;
    float *weight = NULL;
    skel_status status = SKEL_ALLOC(surgeon->kept, sizeof *change, &change);

    if (status == SKEL_OK) {
        status = SKEL_ALLOC(surgeon->kept, sizeof *removed, &removed);
    }
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(surgeon->kept, sizeof *weight, &weight);
    }
    SKEL_TRY(skel_comm_agree(surgeon->comm, status));
    SKEL_ASSERT(removed != NULL && weight != NULL && change != NULL);
    for (size_t k = 0; k < surgeon->kept; k++) {
        removed[k] = keep[surgeon->index[k]] == 0;
        weight[k] = parameters[surgeon->index[k]];
    }
    SKEL_TRY(skel_fisher_update(surgeon->fisher, removed, weight, change));
    for (size_t k = 0; k < surgeon->kept; k++) {
        float *parameter = &parameters[surgeon->index[k]];

        *parameter = removed[k] != 0 ? 0 : (float)((double)weight[k] + change[k]);
    }
done:
    SKEL_FREE(&change);
    SKEL_FREE(&removed);
    SKEL_FREE(&weight);
    return status;
}
