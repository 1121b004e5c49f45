/* How much noise on the weights changes the outputs, differentiated by the mask: for networks
 * without batch norm, on images of noise. */
#include "worker_mean.h"

#include "skel/memory.h"

/* What the microbatches of one sum share. */
typedef struct disturbance {
    const float *parameters; /* flat vectors */
    const float *disturbed;
    float *targets;  /* [microbatch][classes] */
    float *gradient; /* [parameter_count] */
} disturbance;

/* Gradient of |f(weights) - f(other)|^2 by the weights: the outputs of the others are the targets.
 */
static skel_status one_side(skel_worker *worker, const disturbance *of, const float weights[],
                            const float other[], skel_batch batch, double scale, skel_pass *pass)
{
    const uint8_t *keep = worker->options.keep;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_engine_load(worker->engine, other, keep));
    SKEL_TRY(skel_engine_forward(worker->engine, &batch, NULL, of->targets));
    batch.targets = of->targets;
    SKEL_TRY(skel_engine_load(worker->engine, weights, keep));
    status = skel_engine_gradient(worker->engine, 1, &batch, scale, pass);
done:
    return status;
}

/* A skel_worker_compute_fn. */
static skel_status compute(const skel_worker_mean *mean, size_t count)
{
    const disturbance *of = mean->context;
    skel_worker *worker = mean->range.worker;
    size_t parameters = worker->network->parameter_count;
    skel_status status = SKEL_OK;

    for (size_t n = 0; n < count; n++) {
        skel_pass other = {.gradient = of->gradient};
        float *out = worker->pass[n].gradient;

        SKEL_TRY(one_side(worker, of, of->parameters, of->disturbed, worker->batch[n], mean->scale,
                          &worker->pass[n]));
        SKEL_TRY(one_side(worker, of, of->disturbed, of->parameters, worker->batch[n], mean->scale,
                          &other));
        for (size_t i = 0; i < parameters; i++) {
            out[i] = of->parameters[i] * out[i] + of->disturbed[i] * of->gradient[i];
        }
    }
done:
    return status;
}

skel_status skel_worker_disturb(skel_worker *worker, const float parameters[],
                                const float disturbed[], const skel_batches *batches,
                                float derivative[], skel_result *result)
{
    size_t microbatch = worker->options.engine.microbatch;
    disturbance of = {.parameters = parameters, .disturbed = disturbed};
    const skel_worker_mean mean = {
        .range = {.worker = worker, .batches = batches}, .compute = compute, .context = &of};
    skel_status status =
        SKEL_ALLOC(microbatch * worker->network->classes, sizeof *of.targets, &of.targets);

    SKEL_ASSERT(worker->network->buffer_count == 0 && worker->packed == NULL);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(worker->network->parameter_count, sizeof *of.gradient, &of.gradient);
    }
    SKEL_TRY(skel_comm_agree(worker->comm, status));
    status = skel_worker_mean_compute(&mean, derivative, NULL, result);
done:
    SKEL_FREE(&of.gradient);
    SKEL_FREE(&of.targets);
    return status;
}
