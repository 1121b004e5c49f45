/* The saliency gradient of one batch, as a pruning iteration computes it: weights loaded, every
 * microbatch forward and backward, gradients summed over the ranks. */
#include "bench_gradient.h"
#include "bench_layers.h"
#include "parts.h"

#include "skel/memory.h"
#include "skel/progress.h"

static skel_status pass_over(void *context, size_t first, size_t count, float *const values[],
                             double scalars[])
{
    skel_gradient *gradient = context;
    skel_workload *work = &gradient->work;
    skel_batch batch = skel_workload_batch(&gradient->work, first);
    skel_pass pass = {.gradient = values[0]};
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    (void)count; /* 1: not in lock step */
    status = skel_engine_gradient(work->engine, 1, &batch, 1.0 / (double)work->bench->batch, &pass);
    gradient->engine_seconds += skel_seconds() - started;
    scalars[0] = pass.loss;
    return status;
}

static skel_status step(void *context, double *seconds)
{
    skel_gradient *gradient = context;
    double started = skel_seconds();
    double loss = 0;
    skel_status status =
        skel_engine_load(gradient->work.engine, gradient->work.model.parameters, NULL);

    gradient->engine_seconds += skel_seconds() - started;
    if (status == SKEL_OK) {
        status = skel_reduce(gradient->reducer, gradient->work.microbatches, pass_over, gradient,
                             gradient->sum, &loss);
    }
    *seconds = skel_seconds() - started;
    gradient->seconds += *seconds;
    return status;
}

static skel_status create_reducer(skel_gradient *gradient)
{
    const skel_workload *work = &gradient->work;
    const skel_comm *comm = work->bench->comm;
    const skel_network *network = work->model.network;
    skel_reduce_shape shape = {.scalars = 1,
                               .count = network->parameter_count,
                               .segments = network->parameters,
                               .microbatches_max = work->microbatches};
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *gradient->segment, &gradient->segment));
    for (size_t i = 0; i < network->parameters; i++) {
        gradient->segment[i].offset = network->parameter[i].offset;
        gradient->segment[i].count = network->parameter[i].count;
    }
    shape.segment = gradient->segment;
    SKEL_TRY(skel_reducer_create(comm, SKEL_REDUCTION_EXACT, &shape, false, &gradient->reducer));
    gradient->estimate +=
        skel_reducer_bytes(&shape, SKEL_REDUCTION_EXACT, false, skel_comm_size(comm));
done:
    return status;
}

static skel_status create(skel_bench *bench, const char *model, void *state)
{
    skel_gradient *gradient = state;
    const skel_workload *work = &gradient->work;
    skel_status status = SKEL_OK;

    gradient->resident_before = skel_gradient_reset_resident();
    SKEL_TRY(skel_workload_create(bench, model, false, &gradient->work));
    SKEL_TRY(SKEL_ALLOC(work->model.network->parameter_count, sizeof(float), &gradient->sum));
    gradient->estimate = work->vectors_bytes + work->engine_bytes +
                         work->model.network->parameter_count * sizeof(float);
    SKEL_TRY(SKEL_ALLOC(work->model.network->ops, sizeof *gradient->layers, &gradient->layers));
    SKEL_TRY(create_reducer(gradient));
done:
    return status;
}

static void destroy(void *state)
{
    skel_gradient *gradient = state;

    skel_reducer_destroy(&gradient->reducer);
    skel_workload_destroy(&gradient->work);
    SKEL_FREE(&gradient->sum);
    SKEL_FREE(&gradient->segment);
    SKEL_FREE(&gradient->layers);
}

static skel_status contest(skel_bench *bench, const char *model, void *state)
{
    skel_gradient *gradient = state;
    const skel_workload *work = &gradient->work;
    skel_contestant entries[3] = {
        {.name = "skel", .run = step, .context = gradient, .threads = bench->threads}};
    skel_status status = SKEL_OK;

    skel_workload_peer_enter(work, &entries[1], "gradient", "", "gradient", " default");
    skel_workload_peer_enter(work, &entries[2], "channels_last", " channels_last", "gradient",
                             " channels_last");
    SKEL_TRY(skel_bench_warm_up(bench, 3, entries));
    gradient->warm = skel_engine_profile_get(work->engine);
    skel_layers_start(gradient->layers, work->engine, work->model.network);
    gradient->seconds = 0;
    gradient->engine_seconds = 0;
    SKEL_TRY(skel_bench_contest(bench, model, 3, entries));
    skel_workload_print(work, "gradient");
    skel_bench_print(bench, 3, entries, (double)bench->batch, "images/s");
    skel_gradient_print_profile(gradient, skel_bench_median(bench, &entries[0]));
    if (skel_comm_is_root(bench->comm)) {
        skel_layers_print(gradient);
    }
done:
    return status;
}

skel_status skel_bench_gradient(skel_bench *bench)
{
    static const skel_bench_measure measure = {
        .bytes = sizeof(skel_gradient), .create = create, .run = contest, .destroy = destroy};
    static const char *const models[] = {"resnet50", "vgg19"};

    return skel_bench_models(bench, &measure, sizeof models / sizeof *models, models);
}
