/* Disturbances: for each draw the statistics of batch norm, then the derivative in the folded
 * network. */
#include "disturbance.h"

#include "skel/folded.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <string.h>

struct skel_disturbance {
    const skel_inputs *in;
    const uint8_t *whole_keep; /* [parameter_count], borrowed */
    skel_batches batches;
    skel_folded *folded;
    skel_worker *whole;  /* gives the statistics */
    skel_worker *worker; /* of the folded network */
    uint8_t *keep;       /* [folded->network->parameter_count] */
    float *parameters;   /* [parameter_count] */
    float *buffers;      /* [buffer_count], and likewise `first`, which are not read */
    float *first;
    float *scratch; /* [parameter_count] */
    float *from;    /* [folded->network->parameter_count], and likewise the next two */
    float *disturbed;
    float *derivative;
};

static skel_status take(skel_disturbance *of)
{
    const skel_network *network = of->in->network;
    size_t folded = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_folded_create(network, &of->folded));
    folded = of->folded->network->parameter_count;
    SKEL_TRY(SKEL_ALLOC(folded, 1, &of->keep));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &of->parameters));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &of->scratch));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &of->buffers));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &of->first));
    SKEL_TRY(SKEL_ALLOC(folded, sizeof(float), &of->from));
    SKEL_TRY(SKEL_ALLOC(folded, sizeof(float), &of->disturbed));
    SKEL_TRY(SKEL_ALLOC(folded, sizeof(float), &of->derivative));
done:
    return status;
}

static skel_status make_workers(skel_disturbance *of)
{
    const skel_inputs *in = of->in;
    skel_worker_options options = skel_settings_gradient_worker(in->job, &in->settings);
    skel_status status = SKEL_OK;

    if (skel_network_has_batchnorm(in->network)) {
        options.keep = of->whole_keep;
        SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &of->whole));
    }
    options = skel_settings_folded_worker(in->job, &in->settings);
    options.keep = of->keep;
    status = skel_worker_create(in->comm, of->folded->network, &options, &of->worker);
done:
    return status;
}

/* Another seed for each draw. */
static uint64_t seed_of(const skel_disturbance *of, size_t number)
{
    skel_stream stream =
        skel_stream_open(of->in->job->seed, SKEL_PURPOSE_DISTURB, (uint32_t)number, 0);
    uint64_t high = skel_stream_bits(&stream);

    return high << 32 | skel_stream_bits(&stream);
}

/* theta + eps D; only weights are disturbed. */
static void disturb(skel_disturbance *of, uint64_t seed)
{
    const skel_network *network = of->in->network;

    memcpy(of->scratch, of->parameters, network->parameter_count * sizeof(float));
    for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
         p = skel_network_prunable(network, p + 1)) {
        const skel_parameter *parameter = &network->parameter[p];
        skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_DISTURB, 0, (uint32_t)p + 1);

        for (size_t i = 0; i < parameter->count; i++) {
            of->scratch[parameter->offset + i] +=
                (float)(of->in->job->prune.weight_noise * skel_stream_normal(&stream));
        }
    }
}

/* Adds the derivatives by the folded network's mask where the whole one has the weights. */
static void add(const skel_disturbance *of, float derivative[])
{
    const skel_network *folded = of->folded->network;

    for (size_t p = skel_network_prunable(folded, 0); p < folded->parameters;
         p = skel_network_prunable(folded, p + 1)) {
        const float *from = of->derivative + folded->parameter[p].offset;
        float *to = derivative + of->in->network->parameter[of->folded->origin[p]].offset;

        for (size_t i = 0; i < folded->parameter[p].count; i++) {
            to[i] += from[i];
        }
    }
}

static skel_status draw_once(skel_disturbance *of, size_t number, float derivative[],
                             skel_result *result)
{
    const skel_inputs *in = of->in;
    uint64_t seed = seed_of(of, number);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_inputs_draw(in, seed, of->parameters, of->first));
    of->batches.noise = seed;
    if (of->whole != NULL) {
        SKEL_TRY(skel_worker_gradient(of->whole, of->parameters, &of->batches, of->scratch,
                                      of->buffers, result));
    }
    disturb(of, seed);
    skel_folded_parameters(of->folded, of->parameters, of->buffers, of->from);
    skel_folded_parameters(of->folded, of->scratch, of->buffers, of->disturbed);
    SKEL_TRY(skel_worker_disturb(of->worker, of->from, of->disturbed, &of->batches, of->derivative,
                                 result));
    add(of, derivative);
done:
    return status;
}

skel_status skel_disturbance_create(const skel_inputs *in, const uint8_t keep[],
                                    skel_disturbance **out)
{
    const skel_settings *settings = &in->settings;
    skel_disturbance *disturbance = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    status = SKEL_ALLOC(1, sizeof *disturbance, &disturbance);
    if (status == SKEL_OK) {
        disturbance->in = in;
        disturbance->whole_keep = keep;
        disturbance->batches =
            (skel_batches){.view = &in->pruned,
                           .samples = &in->dataset->train,
                           .count = settings->prune_batches * settings->prune_batch_size,
                           .batch_size = settings->prune_batch_size};
        status = take(disturbance);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    SKEL_TRY(make_workers(disturbance));
    *out = disturbance;
    disturbance = NULL;
done:
    skel_disturbance_destroy(&disturbance);
    return status;
}

void skel_disturbance_destroy(skel_disturbance **disturbance)
{
    skel_disturbance *of = *disturbance;

    if (of == NULL) {
        return;
    }
    skel_worker_destroy(&of->worker);
    skel_worker_destroy(&of->whole);
    SKEL_FREE(&of->derivative);
    SKEL_FREE(&of->disturbed);
    SKEL_FREE(&of->from);
    SKEL_FREE(&of->first);
    SKEL_FREE(&of->buffers);
    SKEL_FREE(&of->scratch);
    SKEL_FREE(&of->parameters);
    SKEL_FREE(&of->keep);
    skel_folded_destroy(&of->folded);
    SKEL_FREE(disturbance);
}

const char *skel_disturbance_engine(const skel_disturbance *disturbance)
{
    return skel_worker_engine(disturbance->worker);
}

skel_status skel_disturbance_compute(skel_disturbance *disturbance, size_t iteration,
                                     skel_progress *progress, float derivative[],
                                     skel_result *result)
{
    const skel_inputs *in = disturbance->in;
    size_t draws = in->job->prune.draws;
    skel_status status = SKEL_OK;

    disturbance->batches.progress = progress;
    skel_folded_mask(disturbance->folded, disturbance->whole_keep, disturbance->keep);
    memset(derivative, 0, in->network->parameter_count * sizeof *derivative);
    for (size_t draw = 0; draw < draws; draw++) {
        SKEL_TRY(draw_once(disturbance, (iteration - 1) * draws + draw, derivative, result));
    }
done:
    return status;
}
