/* Gradients, Hessian products and curvatures over batches: all are averaged in the same way. */
#include "worker_mean.h"

#include "skel/stop.h"
#include "skel/watchdog.h"

#include <string.h>

static skel_status compute_gradient(const skel_worker_mean *of, size_t count)
{
    skel_worker *worker = of->range.worker;

    return skel_engine_gradient(worker->engine, count, worker->batch, of->scale, worker->pass);
}

static skel_status compute_hessian(const skel_worker_mean *of, size_t count)
{
    skel_worker *worker = of->range.worker;

    return skel_engine_hessian(worker->engine, of->vector, count, worker->batch, of->scale,
                               worker->pass);
}

/* The engine writes prunable weights alone; every value that is summed must be a number. */
static skel_status compute_curvature(const skel_worker_mean *of, size_t count)
{
    skel_worker *worker = of->range.worker;
    const skel_network *network = worker->network;
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        memset(worker->pass[i].gradient, 0, worker->values * sizeof(float));
        status = skel_engine_curvature(worker->engine, of->parameters, worker->options.keep,
                                       of->buffers, &worker->batch[i], of->scale, &worker->pass[i]);
        skel_network_clear_unprunable(network, worker->pass[i].gradient);
    }
    return status;
}

/* A function for skel_reduce(). */
static skel_status compute_values(void *context, size_t first, size_t count, float *const values[],
                                  double scalars[])
{
    const skel_worker_mean *of = context;
    skel_worker *worker = of->range.worker;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(count <= worker->slots);
    skel_watchdog_beat();
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(skel_worker_range_load(&of->range, first + i, i, &worker->batch[i]));
        worker->pass[i].gradient = values[i];
        worker->pass[i].statistics = values[i] + worker->packing->count;
    }
    SKEL_TRY(of->compute(of, count));
    for (size_t i = 0; i < count; i++) {
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_LOSS] = worker->pass[i].loss;
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_CORRECT] = (double)worker->pass[i].correct;
    }
    skel_worker_range_show(&of->range, first + count - 1);
done:
    return status;
}

/* One reduction's part of gradient and statistics; `rounds` reductions make the whole. */
static skel_status add_reduction(skel_worker_mean *of, size_t rounds, float gradient[],
                                 float statistics[], double totals[])
{
    skel_worker *worker = of->range.worker;
    double scalars[SKEL_SCALARS];
    skel_status status = SKEL_OK;

    worker->microbatches = skel_worker_range_microbatches(&of->range);
    SKEL_TRY(skel_reduce(worker->reducer, worker->microbatches, compute_values, of, worker->sum,
                         scalars));
    skel_worker_terms_add(worker, of->range.first_image == 0,
                          1.0F / (float)(worker->microbatches * rounds), gradient, statistics);
    for (size_t i = 0; i < SKEL_SCALARS; i++) {
        totals[i] += scalars[i];
    }
done:
    return status;
}

/* Mean over the images of all batches of what a reduction computes. */
skel_status skel_worker_mean_compute(const skel_worker_mean *what, float mean[], float statistics[],
                                     skel_result *result)
{
    skel_worker *worker = what->range.worker;
    const skel_batches *batches = what->range.batches;
    /* statistics over the batch need one reduction per batch */
    size_t most = worker->options.batchnorm_over_batch ? batches->batch_size : batches->count;
    size_t rounds = (batches->count + most - 1) / most;
    double totals[SKEL_SCALARS] = {0};
    skel_status status = SKEL_OK;

    if (statistics != NULL) {
        memset(statistics, 0, worker->network->buffer_count * sizeof *statistics);
    }
    for (size_t first = 0; first < batches->count; first += most) {
        size_t left = batches->count - first;
        skel_worker_mean part = *what;

        part.range.first_image = first;
        part.range.images = left < most ? left : most;
        part.scale = 1.0 / (double)batches->count;
        SKEL_TRY(add_reduction(&part, rounds, mean, statistics, totals));
    }
    *result = skel_worker_result(totals, batches->count);
done:
    return status;
}

/* Loads parameters of the worker's packing, unless the user has asked to stop. Collective. */
static skel_status load_packed(skel_worker *worker, const float parameters[])
{
    skel_status status = skel_stop_check();

    if (status == SKEL_OK) {
        status = worker->packed != NULL
                     ? skel_engine_load_packed(worker->engine, worker->packing, parameters)
                     : skel_engine_load(worker->engine, parameters, worker->options.keep);
    }
    return skel_comm_agree(worker->comm, status);
}

skel_status skel_worker_load(skel_worker *worker, const float parameters[])
{
    if (worker->packed != NULL) {
        skel_packing_pack(worker->packing, parameters, worker->packed);
    }
    return load_packed(worker, worker->packed != NULL ? worker->packed : parameters);
}

skel_status skel_worker_gradient_packed(skel_worker *worker, const float parameters[],
                                        const skel_batches *batches, float gradient[],
                                        float statistics[], skel_result *result)
{
    const skel_worker_mean what = {.range = {.worker = worker, .batches = batches},
                                   .compute = compute_gradient};
    skel_status status = SKEL_OK;

    SKEL_TRY(load_packed(worker, parameters));
    status = skel_worker_mean_compute(&what, gradient, statistics, result);
done:
    return status;
}

skel_status skel_worker_gradient(skel_worker *worker, const float parameters[],
                                 const skel_batches *batches, float gradient[], float statistics[],
                                 skel_result *result)
{
    float *packed = worker->packed;
    skel_status status = SKEL_OK;

    if (packed == NULL) {
        return skel_worker_gradient_packed(worker, parameters, batches, gradient, statistics,
                                           result);
    }
    skel_packing_pack(worker->packing, parameters, packed);
    /* the engine has copied the parameters before the gradient is written */
    SKEL_TRY(skel_worker_gradient_packed(worker, packed, batches, packed, statistics, result));
    skel_packing_unpack(worker->packing, packed, gradient);
done:
    return status;
}

skel_status skel_worker_hessian(skel_worker *worker, const float parameters[], const float vector[],
                                const skel_batches *batches, float product[], skel_result *result)
{
    const skel_worker_mean what = {.range = {.worker = worker, .batches = batches},
                                   .compute = compute_hessian,
                                   .vector = vector};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(worker->options.engine.second_order && worker->packed == NULL);
    SKEL_TRY(skel_worker_load(worker, parameters));
    status = skel_worker_mean_compute(&what, product, NULL, result);
done:
    return status;
}

skel_status skel_worker_curvature(skel_worker *worker, const float parameters[],
                                  const float buffers[], const skel_batches *batches,
                                  float curvature[], skel_result *result)
{
    const skel_worker_mean what = {.range = {.worker = worker, .batches = batches},
                                   .compute = compute_curvature,
                                   .parameters = parameters,
                                   .buffers = buffers};

    SKEL_ASSERT(worker->options.engine.curvature && worker->packed == NULL);
    return skel_worker_mean_compute(&what, curvature, NULL, result);
}
