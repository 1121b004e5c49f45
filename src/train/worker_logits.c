/* Sums of logits over images, spread over the ranks by microbatch. */
#include "worker_impl.h"

#include "skel/watchdog.h"

/* What the microbatches of a sum are computed with. */
typedef struct logit_sum {
    skel_worker_range range;
    const float *buffers; /* running averages */
} logit_sum;

/* A function for skel_reduce(). */
static skel_status add_logits(void *context, size_t first, size_t count, float *const values[],
                              double scalars[])
{
    const logit_sum *of = context;
    skel_worker *worker = of->range.worker;
    size_t classes = worker->network->classes;
    skel_status status = SKEL_OK;

    skel_watchdog_beat();
    for (size_t i = 0; i < count; i++) {
        skel_batch batch;

        SKEL_TRY(skel_worker_range_load(&of->range, first + i, 0, &batch));
        SKEL_TRY(skel_engine_forward(worker->engine, &batch, of->buffers, worker->logits));
        for (size_t k = 0; k < classes; k++) {
            double sum = 0;

            for (size_t n = 0; n < batch.count; n++) {
                sum += (double)worker->logits[n * classes + k];
            }
            values[i][k] = (float)sum;
        }
        scalars[i] = (double)batch.count;
        skel_worker_range_show(&of->range, first + i);
    }
done:
    return status;
}

skel_status skel_worker_logits(skel_worker *worker, const float parameters[], const float buffers[],
                               const skel_batches *batches, float sums[])
{
    static const char *const name = "logits";
    const skel_segment all = {0, worker->network->classes};
    logit_sum of = {
        .range = {.worker = worker, .batches = batches, .images = batches->count},
        .buffers = buffers,
    };
    size_t microbatches = skel_worker_range_microbatches(&of.range);
    const skel_reduce_shape shape = {.count = all.count,
                                     .segments = 1,
                                     .segment = &all,
                                     .scalars = 1,
                                     .microbatches_max = microbatches,
                                     .names = &name};
    skel_reducer *reducer = NULL;
    double images = 0;
    skel_status status =
        skel_reducer_create(worker->comm, worker->options.reduction, &shape, false, &reducer);

    SKEL_TRY(skel_comm_agree(worker->comm, status));
    SKEL_TRY(skel_worker_load(worker, parameters));
    SKEL_TRY(skel_reduce(reducer, microbatches, add_logits, &of, sums, &images));
done:
    skel_reducer_destroy(&reducer);
    return status;
}
