/* First-order terms or energies of units of channels, summed over images by their magnitudes. */
#include "worker_impl.h"

#include "skel/memory.h"
#include "skel/watchdog.h"

#include <math.h>
#include <string.h>

/* What the microbatches of a sum are computed with. */
typedef struct term_sum {
    skel_worker_range range;
    const float *buffers; /* running averages */
    const skel_channel_units *units;
    size_t channels;
    float *terms;    /* [microbatch][channels] */
    float *gradient; /* [parameter_count] scratch of the engine */
    double *unit;    /* [units->count] of one image */
} term_sum;

static void add_image(const term_sum *of, size_t image, float sums[])
{
    const float *terms = of->terms + image * of->channels;

    memset(of->unit, 0, of->units->count * sizeof *of->unit);
    for (size_t c = 0; c < of->channels; c++) {
        if (of->units->unit[c] != UINT32_MAX) {
            of->unit[of->units->unit[c]] += (double)terms[c];
        }
    }
    for (size_t u = 0; u < of->units->count; u++) {
        sums[u] += (float)fabs(of->unit[u]);
    }
}

/* A function for skel_reduce(). */
static skel_status add_terms(void *context, size_t first, size_t count, float *const values[],
                             double scalars[])
{
    const term_sum *of = context;
    skel_worker *worker = of->range.worker;
    skel_status status = SKEL_OK;

    skel_watchdog_beat();
    for (size_t i = 0; i < count; i++) {
        skel_pass pass = {.gradient = of->gradient};
        skel_batch batch;

        SKEL_TRY(skel_worker_range_load(&of->range, first + i, 0, &batch));
        SKEL_TRY(skel_engine_terms(worker->engine, &batch, of->buffers, of->terms, &pass));
        memset(values[i], 0, of->units->count * sizeof *values[i]);
        for (size_t n = 0; n < batch.count; n++) {
            add_image(of, n, values[i]);
        }
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_LOSS] = pass.loss;
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_CORRECT] = (double)pass.correct;
        skel_worker_range_show(&of->range, first + i);
    }
done:
    return status;
}

static skel_status take(const skel_worker *worker, term_sum *of)
{
    skel_status status = SKEL_OK;

    of->channels = skel_network_layer_channels(worker->network);
    SKEL_TRY(SKEL_ALLOC(worker->options.engine.microbatch * of->channels, sizeof *of->terms,
                        &of->terms));
    SKEL_TRY(SKEL_ALLOC(worker->network->parameter_count, sizeof *of->gradient, &of->gradient));
    SKEL_TRY(SKEL_ALLOC(of->units->count, sizeof *of->unit, &of->unit));
done:
    return status;
}

skel_status skel_worker_channels(skel_worker *worker, const float parameters[],
                                 const float buffers[], const skel_batches *batches,
                                 const skel_channel_units *units, float sums[], skel_result *result)
{
    static const char *const names[] = {[SKEL_TERM_NONE] = "",
                                        [SKEL_TERM_MEAN] = "first-order terms",
                                        [SKEL_TERM_MAGNITUDE] = "magnitudes of first-order terms",
                                        [SKEL_TERM_ENERGY] = "energies"};
    const skel_segment all = {0, units->count};
    term_sum of = {.range = {.worker = worker, .batches = batches, .images = batches->count},
                   .buffers = buffers,
                   .units = units};
    size_t microbatches = skel_worker_range_microbatches(&of.range);
    const skel_reduce_shape shape = {.count = all.count,
                                     .segments = 1,
                                     .segment = &all,
                                     .scalars = SKEL_SCALARS,
                                     .microbatches_max = microbatches,
                                     .names = &names[worker->options.engine.terms]};
    skel_reducer *reducer = NULL;
    double totals[SKEL_SCALARS];
    skel_status status =
        skel_reducer_create(worker->comm, worker->options.reduction, &shape, false, &reducer);

    SKEL_ASSERT(worker->options.engine.terms != SKEL_TERM_NONE && worker->packed == NULL);
    if (status == SKEL_OK) {
        status = take(worker, &of);
    }
    SKEL_TRY(skel_comm_agree(worker->comm, status));
    SKEL_TRY(skel_worker_load(worker, parameters));
    SKEL_TRY(skel_reduce(reducer, microbatches, add_terms, &of, sums, totals));
    *result = skel_worker_result(totals, batches->count);
done:
    SKEL_FREE(&of.unit);
    SKEL_FREE(&of.gradient);
    SKEL_FREE(&of.terms);
    skel_reducer_destroy(&reducer);
    return status;
}
