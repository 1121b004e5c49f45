/* Loss and accuracy of images, spread over the ranks by microbatch. */
#include "worker_impl.h"

#include "skel/watchdog.h"

/* What an evaluation's microbatches are computed with. */
typedef struct evaluation {
    skel_worker_range range;
    const float *buffers; /* running averages */
} evaluation;

/* A function for skel_reduce(): there are no values beside the scalars. */
static skel_status evaluate(void *context, size_t first, size_t count, float *const values[],
                            double scalars[])
{
    const evaluation *of = context;
    skel_worker *worker = of->range.worker;
    skel_status status = SKEL_OK;

    (void)values;
    skel_watchdog_beat();
    for (size_t i = 0; i < count; i++) {
        skel_batch batch;
        size_t correct = 0;

        SKEL_TRY(skel_worker_range_load(&of->range, first + i, 0, &batch));
        SKEL_TRY(skel_engine_forward(worker->engine, &batch, of->buffers, worker->logits));
        skel_engine_evaluate(worker->engine, &batch, worker->logits,
                             &scalars[i * SKEL_SCALARS + SKEL_SCALAR_LOSS], &correct);
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_CORRECT] = (double)correct;
        skel_worker_range_show(&of->range, first + i);
    }
done:
    return status;
}

skel_status skel_worker_evaluate(skel_worker *worker, const float parameters[],
                                 const float buffers[], const skel_batches *batches,
                                 skel_result *result)
{
    skel_batches one = *batches;
    evaluation of = {
        .range = {.worker = worker, .batches = &one, .images = batches->count},
        .buffers = buffers,
    };
    double totals[SKEL_SCALARS];
    skel_status status = SKEL_OK;

    one.batch_size = batches->count; /* an evaluation's microbatches know no batches */
    SKEL_TRY(skel_worker_load(worker, parameters));
    SKEL_TRY(skel_reduce(worker->counter, skel_worker_range_microbatches(&of.range), evaluate, &of,
                         NULL, totals));
    *result = skel_worker_result(totals, batches->count);
done:
    return status;
}
