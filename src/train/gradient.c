/* Batches cut into microbatches, spread over the ranks, and added again. */
#include "worker_impl.h"

#include <string.h>

typedef struct work work;

/* Computes loaded microbatches into the worker's passes: a gradient, or what takes its place. */
typedef skel_status (*compute_fn)(const work *task, size_t count);

/* What one reduction works on: images [first_image, first_image + images) of the batches. */
struct work {
    skel_worker *worker;
    compute_fn compute;
    const float *parameters; /* flat vectors, for what loads them itself */
    const uint8_t *keep;
    const float *vector;
    const skel_batches *batches;
    size_t first_image;
    size_t images;
    double scale;
    const float *buffers; /* running averages, for what uses them */
};

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* Microbatches never cross the border of a batch. */
static void microbatch_range(const work *task, size_t microbatch, size_t *first, size_t *count)
{
    size_t step = task->worker->options.microbatch;
    size_t batch_size = task->batches->batch_size;
    size_t per_batch = divide_up(batch_size, step);
    size_t batch_begin = microbatch / per_batch * batch_size;
    size_t batch_end = batch_begin + batch_size;
    size_t begin = batch_begin + microbatch % per_batch * step;
    size_t end = begin + step;

    batch_end = batch_end < task->images ? batch_end : task->images;
    end = end < batch_end ? end : batch_end;
    *first = task->first_image + begin;
    *count = end - begin;
}

static size_t microbatch_total(const work *task)
{
    size_t step = task->worker->options.microbatch;
    size_t batch_size = task->batches->batch_size;

    return task->images / batch_size * divide_up(batch_size, step) +
           divide_up(task->images % batch_size, step);
}

static skel_batch load_microbatch(const work *task, size_t microbatch, size_t slot)
{
    skel_worker *worker = task->worker;
    const skel_tensor *input = &worker->network->tensor[0];
    size_t image = input->channels * input->height * input->width;
    float *images = worker->images + slot * worker->options.microbatch * image;
    uint8_t *labels = worker->labels + slot * worker->options.microbatch;
    size_t first = 0;
    size_t count = 0;

    microbatch_range(task, microbatch, &first, &count);
    skel_view_fill(task->batches->view, task->batches->samples, count, task->batches->index + first,
                   task->batches->epoch, images, labels);
    return (skel_batch){.count = count, .images = images, .labels = labels};
}

static void clear_unprunable(const skel_network *network, float values[])
{
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        if (!parameter->prunable) {
            memset(values + parameter->offset, 0, parameter->count * sizeof *values);
        }
    }
}

/* Where the engine writes a microbatch's gradient and statistics: to the summed values themselves,
 * or to the whole from which the kept ones are taken. */
static float *target_of(const skel_worker *worker, size_t slot, float *values)
{
    size_t all = worker->network->parameter_count + worker->network->buffer_count;

    return worker->place == NULL ? values : worker->whole + slot * all;
}

/* Shows how far this rank is; the others are thought to be as far. */
static void show_progress(const work *task, size_t microbatch)
{
    const skel_comm *comm = task->worker->comm;
    size_t first = 0;
    size_t count = 0;

    skel_microbatches_of(microbatch_total(task), skel_comm_rank(comm), skel_comm_size(comm), &first,
                         &count);
    if (microbatch >= first && microbatch < first + count) {
        skel_progress_peek(task->batches->progress,
                           task->first_image + task->images * (microbatch + 1 - first) / count);
    }
}

static skel_status compute_gradient(const work *task, size_t count)
{
    skel_worker *worker = task->worker;

    return skel_engine_gradient(worker->engine, count, worker->batch, task->scale, worker->pass);
}

static skel_status compute_hessian(const work *task, size_t count)
{
    skel_worker *worker = task->worker;

    return skel_engine_hessian(worker->engine, task->vector, count, worker->batch, task->scale,
                               worker->pass);
}

/* The engine writes prunable weights alone; what is summed must be numbers everywhere. */
static skel_status compute_curvature(const work *task, size_t count)
{
    skel_worker *worker = task->worker;
    const skel_network *network = worker->network;
    size_t all = network->parameter_count + network->buffer_count;
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        memset(worker->pass[i].gradient, 0, all * sizeof(float));
        status = skel_engine_curvature(worker->engine, task->parameters, task->keep, task->buffers,
                                       &worker->batch[i], task->scale, &worker->pass[i]);
        clear_unprunable(network, worker->pass[i].gradient);
    }
    return status;
}

static skel_status values_of(void *context, size_t first, size_t count, float *const values[],
                             double scalars[])
{
    const work *task = context;
    skel_worker *worker = task->worker;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(count <= worker->slots);
    for (size_t i = 0; i < count; i++) {
        worker->batch[i] = load_microbatch(task, first + i, i);
        worker->pass[i].gradient = target_of(worker, i, values[i]);
        worker->pass[i].statistics = worker->pass[i].gradient + worker->network->parameter_count;
    }
    SKEL_TRY(task->compute(task, count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; worker->place != NULL && j < worker->values; j++) {
            values[i][j] = worker->pass[i].gradient[worker->place[j]];
        }
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_LOSS] = worker->pass[i].loss;
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_CORRECT] = (double)worker->pass[i].correct;
    }
    show_progress(task, first + count - 1);
done:
    return status;
}

static skel_status results_of(void *context, size_t first, size_t count, float *const values[],
                              double scalars[])
{
    const work *task = context;
    skel_worker *worker = task->worker;
    skel_status status = SKEL_OK;

    (void)values;
    for (size_t i = 0; i < count; i++) {
        skel_batch batch = load_microbatch(task, first + i, 0);
        size_t correct = 0;

        SKEL_TRY(skel_engine_forward(worker->engine, &batch, task->buffers, worker->logits));
        skel_engine_score(worker->engine, &batch, worker->logits,
                          &scalars[i * SKEL_SCALARS + SKEL_SCALAR_LOSS], &correct);
        scalars[i * SKEL_SCALARS + SKEL_SCALAR_CORRECT] = (double)correct;
        show_progress(task, first + i);
    }
done:
    return status;
}

/* In each rank's matrix the rows of the others are 0, so that the sum over ranks is exact. */
skel_status skel_worker_sum_statistics(void *context, size_t rows, size_t columns,
                                       const double values[], double sum[])
{
    skel_worker *worker = context;
    size_t total = worker->microbatches;
    size_t first = 0;
    size_t count = 0;

    skel_microbatches_of(total, skel_comm_rank(worker->comm), skel_comm_size(worker->comm), &first,
                         &count);
    SKEL_ASSERT(count == rows);
    memset(worker->rows, 0, total * columns * sizeof *worker->rows);
    if (rows > 0) {
        memcpy(worker->rows + first * columns, values, rows * columns * sizeof *values);
    }
    skel_comm_sum_f64(worker->comm, total * columns, worker->rows);
    memset(sum, 0, columns * sizeof *sum);
    for (size_t row = 0; row < total; row++) {
        for (size_t column = 0; column < columns; column++) {
            sum[column] += worker->rows[row * columns + column];
        }
    }
    return SKEL_OK;
}

/* Adds a reduction's sums to gradient and statistics, where the values have their places. */
static void take_sums(const skel_worker *worker, float share, float gradient[], float statistics[])
{
    size_t parameters = worker->network->parameter_count;

    for (size_t i = 0; i < worker->values; i++) {
        size_t at = worker->place == NULL ? i : worker->place[i];

        if (at < parameters) {
            gradient[at] += worker->sum[i];
        } else if (statistics != NULL) {
            statistics[at - parameters] += share * worker->sum[i];
        }
    }
}

/* One reduction's part of gradient and statistics; `rounds` reductions make the whole. */
static skel_status gradient_round(work *task, size_t rounds, float gradient[], float statistics[],
                                  double totals[])
{
    skel_worker *worker = task->worker;
    double scalars[SKEL_SCALARS];
    skel_status status = SKEL_OK;

    worker->microbatches = microbatch_total(task);
    SKEL_TRY(
        skel_reduce(worker->reducer, worker->microbatches, values_of, task, worker->sum, scalars));
    take_sums(worker, 1.0F / (float)(worker->microbatches * rounds), gradient, statistics);
    for (size_t i = 0; i < SKEL_SCALARS; i++) {
        totals[i] += scalars[i];
    }
done:
    return status;
}

static skel_result result_of(const double totals[], size_t images)
{
    return (skel_result){
        .loss = totals[SKEL_SCALAR_LOSS] / (double)images,
        .accuracy = totals[SKEL_SCALAR_CORRECT] / (double)images,
        .images = images,
    };
}

/* Mean over the images of all batches of what a task computes. */
static skel_status mean_over_batches(const work *what, float mean[], float statistics[],
                                     skel_result *result)
{
    skel_worker *worker = what->worker;
    const skel_batches *batches = what->batches;
    /* statistics over the batch need one reduction per batch */
    size_t step = worker->options.batchnorm_over_batch ? batches->batch_size : batches->count;
    size_t rounds = divide_up(batches->count, step);
    double totals[SKEL_SCALARS] = {0};
    skel_status status = SKEL_OK;

    memset(mean, 0, worker->network->parameter_count * sizeof *mean);
    if (statistics != NULL) {
        memset(statistics, 0, worker->network->buffer_count * sizeof *statistics);
    }
    for (size_t first = 0; first < batches->count; first += step) {
        size_t left = batches->count - first;
        work task = *what;

        task.first_image = first;
        task.images = left < step ? left : step;
        task.scale = 1.0 / (double)batches->count;
        SKEL_TRY(gradient_round(&task, rounds, mean, statistics, totals));
    }
    *result = result_of(totals, batches->count);
done:
    return status;
}

skel_status skel_worker_gradient(skel_worker *worker, const float parameters[],
                                 const uint8_t keep[], const skel_batches *batches,
                                 float gradient[], float statistics[], skel_result *result)
{
    const work task = {.worker = worker, .compute = compute_gradient, .batches = batches};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(worker->options.keep == NULL || worker->options.keep == keep);
    SKEL_TRY(skel_comm_agree(worker->comm, skel_engine_load(worker->engine, parameters, keep)));
    status = mean_over_batches(&task, gradient, statistics, result);
done:
    return status;
}

skel_status skel_worker_hessian(skel_worker *worker, const float parameters[], const uint8_t keep[],
                                const float vector[], const skel_batches *batches, float product[],
                                skel_result *result)
{
    const work task = {
        .worker = worker, .compute = compute_hessian, .vector = vector, .batches = batches};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(worker->options.second_order && worker->options.keep == NULL);
    SKEL_TRY(skel_comm_agree(worker->comm, skel_engine_load(worker->engine, parameters, keep)));
    status = mean_over_batches(&task, product, NULL, result);
done:
    return status;
}

skel_status skel_worker_curvature(skel_worker *worker, const float parameters[],
                                  const uint8_t keep[], const float buffers[],
                                  const skel_batches *batches, float curvature[],
                                  skel_result *result)
{
    const work task = {.worker = worker,
                       .compute = compute_curvature,
                       .parameters = parameters,
                       .keep = keep,
                       .buffers = buffers,
                       .batches = batches};

    SKEL_ASSERT(worker->options.curvature && worker->options.keep == NULL);
    return mean_over_batches(&task, curvature, NULL, result);
}

skel_status skel_worker_flow(skel_worker *worker, const float parameters[], const uint8_t keep[],
                             const float buffers[], float flow[], double *logarithm)
{
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(worker->comm)) {
        status = skel_engine_flow(worker->engine, parameters, keep, buffers, flow, logarithm);
        clear_unprunable(worker->network, flow);
    }
    return skel_comm_agree(worker->comm, status);
}

skel_status skel_worker_evaluate(skel_worker *worker, const float parameters[],
                                 const uint8_t keep[], const float buffers[],
                                 const skel_batches *batches, skel_result *result)
{
    skel_batches whole = *batches;
    work task = {
        .worker = worker,
        .batches = &whole,
        .images = batches->count,
        .buffers = buffers,
    };
    double totals[SKEL_SCALARS];
    skel_status status = SKEL_OK;

    whole.batch_size = batches->count; /* microbatches of an evaluation know no batches */
    SKEL_TRY(skel_comm_agree(worker->comm, skel_engine_load(worker->engine, parameters, keep)));
    SKEL_TRY(
        skel_reduce(worker->counter, microbatch_total(&task), results_of, &task, NULL, totals));
    *result = result_of(totals, batches->count);
done:
    return status;
}
