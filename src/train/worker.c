/* Makes workers: the engine, its options and the memory of its sums. */
#include "worker_impl.h"

#include "skel/memory.h"

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static size_t image_floats(const skel_network *network)
{
    const skel_tensor *input = &network->tensor[0];

    return input->channels * input->height * input->width;
}

static skel_worker_options fit_options(const skel_worker_options *options)
{
    skel_worker_options fitted = *options;

    if (fitted.engine.microbatch > fitted.batch_size) {
        fitted.engine.microbatch = fitted.batch_size;
    }
    return fitted;
}

static size_t microbatches_per_batch(const skel_worker_options *options)
{
    return divide_up(options->batch_size, options->engine.microbatch);
}

/* In lock step a rank holds all of its microbatches of a batch, else one. */
static size_t slots_of(const skel_worker_options *options, int size)
{
    return options->batchnorm_over_batch ? divide_up(microbatches_per_batch(options), (size_t)size)
                                         : 1;
}

/* The engine's options with what the worker decides. */
static skel_engine_options engine_options(const skel_worker_options *options, size_t slots)
{
    skel_engine_options engine = options->engine;

    engine.slots = slots;
    engine.statistics_sum = options->batchnorm_over_batch ? skel_worker_sum_statistics : NULL;
    return engine;
}

static skel_reduce_shape gradient_shape(const skel_worker_options *options, size_t values,
                                        size_t segments)
{
    size_t batches = options->batchnorm_over_batch ? 1 : options->batches;

    return (skel_reduce_shape){
        .count = values,
        .segments = segments,
        .scalars = SKEL_SCALARS,
        .microbatches_max = microbatches_per_batch(options) * batches,
    };
}

static skel_reduce_shape result_shape(const skel_worker_options *options)
{
    return (skel_reduce_shape){
        .scalars = SKEL_SCALARS,
        .microbatches_max = divide_up(options->test_images, options->engine.microbatch) + 1,
    };
}

/* Widest row that an engine asks to be summed: two sums per channel and a count. */
static size_t widest_row(const skel_network *network)
{
    size_t widest = 0;

    for (size_t i = 0; i < network->buffers; i++) {
        widest = network->buffer[i].count > widest ? network->buffer[i].count : widest;
    }
    return 2 * widest + 2;
}

static skel_status make_segments(skel_worker *worker)
{
    const skel_network *network = worker->network;
    size_t most = network->parameters + network->buffers;
    const uint8_t *keep = worker->options.engine.kept_only ? worker->options.keep : NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(most, sizeof *worker->segment, &worker->segment));
    SKEL_TRY(SKEL_ALLOC(most, sizeof *worker->segment_name, &worker->segment_name));
    SKEL_TRY(skel_packing_create(network, keep, &worker->packing));
    if (worker->packing->index != NULL) {
        SKEL_TRY(SKEL_ALLOC(worker->packing->count, sizeof *worker->packed, &worker->packed));
    }
    if (!worker->options.engine.inference) { /* else nothing is summed */
        skel_worker_terms_list(worker);
    }
done:
    return status;
}

static skel_status make_vectors(skel_worker *worker)
{
    const skel_network *network = worker->network;
    const skel_worker_options *options = &worker->options;
    size_t images = worker->slots * options->engine.microbatch;
    size_t rows = options->batchnorm_over_batch ? microbatches_per_batch(options) : 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(worker->values, sizeof *worker->sum, &worker->sum));
    SKEL_TRY(SKEL_ALLOC(images * image_floats(network), sizeof *worker->images, &worker->images));
    SKEL_TRY(SKEL_ALLOC(images, sizeof *worker->labels, &worker->labels));
    SKEL_TRY(SKEL_ALLOC(worker->slots, sizeof *worker->batch, &worker->batch));
    SKEL_TRY(SKEL_ALLOC(worker->slots, sizeof *worker->pass, &worker->pass));
    SKEL_TRY(SKEL_ALLOC(options->engine.microbatch * network->classes, sizeof *worker->logits,
                        &worker->logits));
    SKEL_TRY(SKEL_ALLOC(rows * widest_row(network), sizeof *worker->rows, &worker->rows));
    if (options->loads_ahead) {
        SKEL_TRY(
            skel_loader_create(options->engine.microbatch, image_floats(network), &worker->loader));
    }
done:
    return status;
}

/* The worker's engine: the one that is there if it serves, else a new one. */
static skel_status take_engine(skel_worker *worker, const skel_engine_options *options,
                               skel_engine **ready)
{
    const char *kind = worker->options.kind;

    if (skel_engine_serves(*ready, kind, options)) {
        worker->engine = *ready;
        *ready = NULL;
        return SKEL_OK;
    }
    skel_engine_destroy(ready);
    return skel_engine_create(kind, worker->network, options, &worker->engine);
}

static skel_status make_worker(skel_worker *worker, skel_engine **ready)
{
    skel_engine_options engine = engine_options(&worker->options, worker->slots);
    skel_reduce_shape scores = result_shape(&worker->options);
    skel_reduce_shape values;
    skel_status status = SKEL_OK;

    engine.statistics_context = worker;
    SKEL_TRY(make_segments(worker));
    SKEL_TRY(make_vectors(worker));
    values = gradient_shape(&worker->options, worker->values, worker->segments);
    values.segment = worker->segment;
    values.names = worker->segment_name;
    SKEL_TRY(skel_reducer_create(worker->comm, worker->options.reduction, &values,
                                 worker->options.batchnorm_over_batch, &worker->reducer));
    SKEL_TRY(
        skel_reducer_create(worker->comm, SKEL_REDUCTION_EXACT, &scores, false, &worker->counter));
    SKEL_TRY(take_engine(worker, &engine, ready));
done:
    return status;
}

/* *ready, maybe NULL, is taken over or destroyed. */
static skel_status create(const skel_comm *comm, const skel_network *network,
                          const skel_worker_options *options, skel_engine **ready,
                          skel_worker **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK) {
        (*out)->comm = comm;
        (*out)->network = network;
        (*out)->options = fit_options(options);
        (*out)->slots = slots_of(&(*out)->options, skel_comm_size(comm));
        status = make_worker(*out, ready);
    }
    skel_engine_destroy(ready);
    status = skel_comm_agree(comm, status);
    if (status != SKEL_OK) {
        skel_worker_destroy(out);
    }
    return status;
}

skel_status skel_worker_create(const skel_comm *comm, const skel_network *network,
                               const skel_worker_options *options, skel_worker **out)
{
    skel_engine *none = NULL;

    return create(comm, network, options, &none, out);
}

/* Whether a worker's memory may hold what another one needs: all but the mask is the same. */
static bool differs_by_mask(const skel_worker *worker, const skel_worker_options *options)
{
    const skel_worker_options *has = &worker->options;
    skel_engine_options engine = engine_options(options, worker->slots);

    return worker->packed != NULL && options->engine.kept_only &&
           skel_engine_serves(worker->engine, options->kind, &engine) &&
           options->batch_size == has->batch_size && options->batches == has->batches &&
           options->test_images == has->test_images && options->loads_ahead == has->loads_ahead &&
           options->reduction == has->reduction;
}

/* Gives a worker another mask. Without room for its weights, only the engine can still be used. */
static bool refit(skel_worker *worker, const skel_worker_options *options)
{
    if (!differs_by_mask(worker, options) || !skel_packing_remake(worker->packing, options->keep)) {
        return false;
    }
    worker->options = *options;
    skel_worker_terms_list(worker);
    return skel_reducer_reshape(worker->reducer, worker->values, worker->segments);
}

skel_status skel_worker_replace(const skel_comm *comm, const skel_network *network,
                                const skel_worker_options *options, skel_worker **worker)
{
    const skel_worker_options fitted = fit_options(options);
    skel_engine *ready = NULL;

    if (*worker != NULL && refit(*worker, &fitted)) { /* masks are the same on every rank */
        return SKEL_OK;
    }
    if (*worker != NULL) {
        ready = (*worker)->engine;
        (*worker)->engine = NULL;
    }
    skel_worker_destroy(worker);
    return create(comm, network, options, &ready, worker);
}

void skel_worker_destroy(skel_worker **worker)
{
    if (*worker == NULL) {
        return;
    }
    skel_engine_destroy(&(*worker)->engine);
    skel_reducer_destroy(&(*worker)->counter);
    skel_reducer_destroy(&(*worker)->reducer);
    SKEL_FREE(&(*worker)->rows);
    SKEL_FREE(&(*worker)->logits);
    SKEL_FREE(&(*worker)->pass);
    SKEL_FREE(&(*worker)->batch);
    skel_loader_destroy(&(*worker)->loader);
    SKEL_FREE(&(*worker)->labels);
    SKEL_FREE(&(*worker)->images);
    SKEL_FREE(&(*worker)->sum);
    SKEL_FREE(&(*worker)->packed);
    skel_packing_destroy(&(*worker)->packing);
    SKEL_FREE(&(*worker)->segment_name);
    SKEL_FREE(&(*worker)->segment);
    SKEL_FREE(worker);
}

skel_status skel_worker_bytes(const skel_network *network, const skel_worker_options *options,
                              int size, size_t *bytes)
{
    skel_worker_options fitted = fit_options(options);
    size_t slots = slots_of(&fitted, size);
    size_t kept = skel_packing_count(network, fitted.engine.kept_only ? fitted.engine.density : 0);
    size_t values = fitted.engine.inference ? 0 : kept + network->buffer_count;
    skel_engine_options engine = engine_options(&fitted, slots);
    skel_reduce_shape shape =
        gradient_shape(&fitted, values, network->parameters + network->buffers);
    skel_status status = skel_engine_bytes(fitted.kind, network, &engine, bytes);

    *bytes += skel_reducer_bytes(&shape, fitted.reduction, fitted.batchnorm_over_batch, size);
    *bytes += values * sizeof(float);
    *bytes += slots * fitted.engine.microbatch * image_floats(network) * sizeof(float);
    if (fitted.loads_ahead) {
        *bytes += skel_loader_bytes(fitted.engine.microbatch, image_floats(network));
    }
    if (fitted.engine.kept_only) {
        *bytes += skel_packing_bytes(network, kept) + kept * sizeof(float);
    }
    return status;
}

void skel_worker_keep(skel_worker *worker, const skel_keeper *keeper)
{
    skel_reducer_keep(worker->reducer, keeper);
}

const char *skel_worker_engine(const skel_worker *worker)
{
    return skel_engine_kind(worker->engine);
}

const skel_packing *skel_worker_packing(const skel_worker *worker)
{
    return worker->packing;
}

void skel_worker_remask(skel_worker *worker)
{
    size_t values = worker->values;
    size_t segments = worker->segments;

    if (worker->packed != NULL) {
        bool has_room = skel_packing_remake(worker->packing, worker->options.keep);

        SKEL_ASSERT(has_room);
        skel_worker_terms_list(worker);
    }
    /* the reducer borrows the segments, and sums as many values */
    SKEL_ASSERT(worker->values == values && worker->segments == segments);
}

skel_result skel_worker_result(const double totals[], size_t images)
{
    return (skel_result){
        .loss = totals[SKEL_SCALAR_LOSS] / (double)images,
        .accuracy = totals[SKEL_SCALAR_CORRECT] / (double)images,
        .images = images,
    };
}
