/* Gradients of random images, timed as one rank computes them. */
#include "gradient_time.h"

#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"

#include <stdlib.h>
#include <string.h>

enum { REPEATS_LEAST = 3, REPEATS_MOST = 9 };

static const double enough = 1; /* seconds of all repeats */

/* What a gradient reads and writes. */
typedef struct timed_gradient {
    const skel_network *network;
    size_t images;
    skel_engine *engine;
    float *parameters;
    float *buffers;
    float *gradient;
    float *pixels;
    uint16_t *labels;
} timed_gradient;

const char *skel_gradient_time_engine(const skel_job *job)
{
    return strcmp(job->compute.engine, "reference") == 0 ? "reference" : "dense";
}

static size_t pixels_of(const skel_network *network)
{
    const skel_tensor *image = &network->tensor[0];

    return image->channels * image->height * image->width;
}

static skel_status prepare(const skel_job *job, timed_gradient *out)
{
    const skel_network *network = out->network;
    skel_engine_options options = {.microbatch = out->images, .threads = (int)job->compute.threads};
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_REDRAW, 0, 0);
    size_t pixels = out->images * pixels_of(network);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &out->parameters));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &out->gradient));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count + 1, sizeof(float), &out->buffers));
    SKEL_TRY(SKEL_ALLOC(pixels, sizeof(float), &out->pixels));
    SKEL_TRY(SKEL_ALLOC(out->images, sizeof *out->labels, &out->labels));
    SKEL_TRY(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, NULL, out->parameters,
                                     out->buffers));
    for (size_t i = 0; i < pixels; i++) { /* benchmarks on zeros lie */
        out->pixels[i] = (float)(skel_stream_bits(&stream) % 2001) / 1000 - 1;
    }
    for (size_t i = 0; i < out->images; i++) {
        out->labels[i] = (uint16_t)(i % network->classes);
    }
    SKEL_TRY(skel_engine_create(skel_gradient_time_engine(job), network, &options, &out->engine));
    status = skel_engine_load(out->engine, out->parameters, NULL);
done:
    return status;
}

static skel_status time_once(timed_gradient *timed, double *seconds)
{
    skel_batch batch = {.count = timed->images, .images = timed->pixels, .labels = timed->labels};
    skel_pass pass = {.gradient = timed->gradient};
    double started = skel_seconds();
    skel_status status =
        skel_engine_gradient(timed->engine, 1, &batch, 1.0 / (double)timed->images, &pass);

    *seconds = skel_seconds() - started;
    return status;
}

static int compare_times(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

skel_status skel_gradient_time_measure(const skel_job *job, const skel_network *network,
                                       double *seconds)
{
    timed_gradient timed = {.network = network, .images = job->compute.microbatch};
    double taken[REPEATS_MOST];
    double sum = 0;
    size_t count = 0;
    skel_status status = SKEL_OK;

    *seconds = 0;
    SKEL_TRY(prepare(job, &timed));
    SKEL_TRY(time_once(&timed, &taken[0])); /* touches all memory for the first time */
    while (count < REPEATS_LEAST || (count < REPEATS_MOST && sum < enough)) {
        SKEL_TRY(time_once(&timed, &taken[count]));
        sum += taken[count++];
    }
    qsort(taken, count, sizeof *taken, compare_times);
    *seconds = taken[count / 2] / (double)timed.images;
done:
    skel_engine_destroy(&timed.engine);
    SKEL_FREE(&timed.labels);
    SKEL_FREE(&timed.pixels);
    SKEL_FREE(&timed.buffers);
    SKEL_FREE(&timed.gradient);
    SKEL_FREE(&timed.parameters);
    return status;
}
