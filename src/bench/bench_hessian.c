/* Products with the Hessian, as GraSP needs them: the gradient of one batch, and the Hessian times
 * this gradient on the same batch. Nothing is summed over the ranks. */
#include "bench_workload.h"
#include "parts.h"

#include "skel/memory.h"
#include "skel/progress.h"

/* The vectors of one rank. */
typedef struct skel_hessian {
    skel_workload work;
    float *gradient; /* [parameter_count] of the latest microbatch, multiplied with the Hessian */
    float *product;  /* [parameter_count] */
} skel_hessian;

/* One microbatch's gradient or product. */
static skel_status pass_over(const skel_hessian *hessian, size_t number, bool product)
{
    const skel_workload *work = &hessian->work;
    skel_batch batch = skel_workload_batch(work, number);
    skel_pass pass = {.gradient = product ? hessian->product : hessian->gradient};
    double scale = 1.0 / (double)work->bench->batch;

    return product ? skel_engine_hessian(work->engine, hessian->gradient, 1, &batch, scale, &pass)
                   : skel_engine_gradient(work->engine, 1, &batch, scale, &pass);
}

static skel_status pass_over_all(const skel_hessian *hessian, bool product, double *seconds)
{
    const skel_workload *work = &hessian->work;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    for (size_t i = work->first; i < work->first + work->mine; i++) {
        SKEL_TRY(pass_over(hessian, i, product));
    }
done:
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status gradient(void *context, double *seconds)
{
    return pass_over_all(context, false, seconds);
}

static skel_status product(void *context, double *seconds)
{
    return pass_over_all(context, true, seconds);
}

static skel_status both(void *context, double *seconds)
{
    double first = 0;
    skel_status status = gradient(context, &first);

    *seconds = first;
    if (status == SKEL_OK) {
        status = product(context, seconds);
        *seconds += first;
    }
    return status;
}

static skel_status create(skel_bench *bench, const char *model, void *state)
{
    skel_hessian *hessian = state;
    skel_workload *work = &hessian->work;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_workload_create(bench, model, true, work));
    count = work->model.network->parameter_count;
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &hessian->gradient));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &hessian->product));
    SKEL_TRY(skel_engine_load(work->engine, work->model.parameters, NULL));
done:
    return status;
}

static void destroy(void *state)
{
    skel_hessian *hessian = state;

    SKEL_FREE(&hessian->product);
    SKEL_FREE(&hessian->gradient);
    skel_workload_destroy(&hessian->work);
}

static skel_status contest(skel_bench *bench, const char *model, void *state)
{
    enum { ENTRIES = 4 };
    skel_hessian *hessian = state;
    skel_contestant entries[ENTRIES] = {{.name = "skel gradient", .run = gradient},
                                        {.name = "skel Hessian times gradient", .run = product},
                                        {.name = "skel both", .run = both}};
    const skel_workload *work = &hessian->work;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i + 1 < ENTRIES; i++) {
        entries[i].context = hessian;
        entries[i].threads = bench->threads;
    }
    skel_workload_peer_enter(work, &entries[ENTRIES - 1], "hessian", " both", "hessian", "");
    SKEL_TRY(skel_bench_warm_up(bench, ENTRIES, entries));
    SKEL_TRY(skel_bench_contest(bench, model, ENTRIES, entries));
    skel_workload_print(work, "hessian");
    skel_bench_print(bench, ENTRIES, entries, (double)bench->batch, "images/s");
done:
    return status;
}

skel_status skel_bench_hessian(skel_bench *bench)
{
    static const skel_bench_measure measure = {
        .bytes = sizeof(skel_hessian), .create = create, .run = contest, .destroy = destroy};
    static const char *const models[] = {"resnet20"};

    return skel_bench_models(bench, &measure, 1, models);
}
