/* Products with the Hessian, as GraSP needs them: the gradient of one batch, and the Hessian times
 * this gradient on the same batch. Nothing is summed over the ranks. */
#include "bench_gradient.h"
#include "parts.h"

#include "skel/memory.h"
#include "skel/progress.h"

#include <stdio.h>
#include <string.h>

/* What the passes of one rank work with. */
typedef struct skel_hessian {
    skel_gradient model;
    float *gradient; /* [parameter_count] of the latest microbatch, multiplied with the Hessian */
    float *product;  /* [parameter_count] */
} skel_hessian;

/* One microbatch's gradient or product. */
static skel_status pass_over(const skel_hessian *hessian, size_t number, bool product)
{
    const skel_gradient *model = &hessian->model;
    skel_batch batch = skel_bench_gradient_batch(model, number);
    skel_pass pass = {.gradient = product ? hessian->product : hessian->gradient};
    double scale = 1.0 / (double)model->bench->batch;

    return product ? skel_engine_hessian(model->engine, hessian->gradient, 1, &batch, scale, &pass)
                   : skel_engine_gradient(model->engine, 1, &batch, scale, &pass);
}

static skel_status pass_over_all(const skel_hessian *hessian, bool product, double *seconds)
{
    const skel_gradient *model = &hessian->model;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    for (size_t i = model->first; i < model->first + model->mine; i++) {
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

static skel_status create(skel_hessian *hessian, const char *name)
{
    skel_gradient *model = &hessian->model;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_bench_gradient_create(model, name));
    SKEL_TRY(SKEL_ALLOC(model->network->parameter_count, sizeof(float), &hessian->gradient));
    SKEL_TRY(SKEL_ALLOC(model->network->parameter_count, sizeof(float), &hessian->product));
    SKEL_TRY(skel_engine_load(model->engine, model->parameters, NULL));
done:
    return status;
}

static void print_title(const skel_gradient *model)
{
    const skel_bench *bench = model->bench;

    if (!skel_comm_is_root(bench->comm)) {
        return;
    }
    (void)printf("\nhessian: %s of width %zu, %zu random images in %zu microbatch%s of %zu, engine "
                 "%s\n",
                 model->network->name, model->network->width, bench->batch, model->microbatches,
                 model->microbatches == 1 ? "" : "es", model->microbatch,
                 skel_engine_kind(model->engine));
}

static skel_status contest(skel_hessian *hessian)
{
    enum { ENTRIES = 4 };
    skel_contestant entries[ENTRIES] = {{.name = "skel gradient", .run = gradient},
                                        {.name = "skel Hessian times gradient", .run = product},
                                        {.name = "skel both", .run = both}};
    const skel_gradient *model = &hessian->model;
    skel_bench *bench = model->bench;
    skel_tensor input = model->network->tensor[0];
    char request[160];
    double seconds = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i + 1 < ENTRIES; i++) {
        entries[i].context = hessian;
        skel_bench_how(skel_comm_size(bench->comm), bench->threads, sizeof entries[i].how,
                       entries[i].how);
    }
    (void)snprintf(request, sizeof request, "hessian %s %zu %d %zu %zu %zu", model->network->name,
                   model->network->width, BENCH_CLASSES, input.channels, input.height,
                   bench->batch);
    skel_bench_peer_enter(bench, &entries[ENTRIES - 1], "hessian", " both", request);
    SKEL_TRY(skel_comm_agree(bench->comm, both(hessian, &seconds))); /* warms up */
    SKEL_TRY(skel_bench_contest(bench, model->network->name, ENTRIES, entries));
    print_title(model);
    skel_bench_print(bench, ENTRIES, entries, (double)bench->batch, "images/s");
done:
    return status;
}

skel_status skel_bench_hessian(skel_bench *bench)
{
    skel_hessian hessian = {.model = {.bench = bench, .second_order = true}};
    const char *name = bench->model != NULL ? bench->model : "resnet20";
    skel_status status = skel_comm_agree(bench->comm, create(&hessian, name));

    if (status == SKEL_OK) {
        status = contest(&hessian);
    }
    SKEL_FREE(&hessian.product);
    SKEL_FREE(&hessian.gradient);
    skel_bench_gradient_destroy(&hessian.model);
    return status;
}
