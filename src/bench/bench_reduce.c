/* The sum of all ranks' gradients: exact and in floats; and its integers by MPI_Allreduce alone. */
#include "parts.h"

#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"
#include "skel/reduce.h"

#include <stdio.h>
#include <string.h>

enum { SEGMENTS = 160 }; /* about as many parameter tensors as resnet50 has */

typedef struct skel_sums {
    const skel_bench *bench;
    skel_segment segment[SEGMENTS];
    float *values;     /* [count] of this rank's microbatch */
    float *sum;        /* [count] */
    int64_t *integers; /* [count] */
    double giving;     /* seconds of give_values() in one sum */
    skel_reducer *exact;
    skel_reducer *single;
} skel_sums;

/* An engine would compute them; the copy does not count. */
static skel_status give_values(void *context, size_t first, size_t count, float *const values[],
                               double scalars[])
{
    skel_sums *sums = context;
    double started = skel_seconds();

    (void)first;
    for (size_t i = 0; i < count; i++) {
        memcpy(values[i], sums->values, sums->bench->count * sizeof(float));
        scalars[i] = 1;
    }
    sums->giving += skel_seconds() - started;
    return SKEL_OK;
}

static skel_status reduce_once(skel_sums *sums, skel_reducer *reducer, double *seconds)
{
    double started = skel_seconds();
    double scalar = 0;
    skel_status status = SKEL_OK;

    sums->giving = 0;
    status = skel_reduce(reducer, (size_t)skel_comm_size(sums->bench->comm), give_values, sums,
                         sums->sum, &scalar);
    *seconds = skel_seconds() - started - sums->giving;
    return status;
}

static skel_status run_exact(void *context, double *seconds)
{
    skel_sums *sums = context;

    return reduce_once(sums, sums->exact, seconds);
}

static skel_status run_float(void *context, double *seconds)
{
    skel_sums *sums = context;

    return reduce_once(sums, sums->single, seconds);
}

/* Adds the rank's integers by either way; the contents do not matter for the time. */
static skel_status sum_integers(skel_sums *sums, void (*sum)(const skel_comm *, size_t, int64_t *),
                                double *seconds)
{
    double started = skel_seconds();

    sum(sums->bench->comm, sums->bench->count, sums->integers);
    *seconds = skel_seconds() - started;
    return SKEL_OK;
}

static skel_status run_node(void *context, double *seconds)
{
    return sum_integers(context, skel_comm_sum_i64, seconds);
}

static skel_status run_allreduce(void *context, double *seconds)
{
    return sum_integers(context, skel_comm_allreduce_i64, seconds);
}

static skel_status create(skel_sums *sums)
{
    const skel_bench *bench = sums->bench;
    size_t count = bench->count;
    skel_stream stream =
        skel_stream_open(0, SKEL_PURPOSE_BENCH, 1, (uint32_t)skel_comm_rank(bench->comm));
    skel_reduce_shape shape = {.count = count,
                               .segments = SEGMENTS,
                               .segment = sums->segment,
                               .scalars = 1,
                               .microbatches_max = (size_t)skel_comm_size(bench->comm)};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < SEGMENTS; i++) {
        sums->segment[i].offset = count * i / SEGMENTS;
        sums->segment[i].count = count * (i + 1) / SEGMENTS - sums->segment[i].offset;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof(float), &sums->values));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &sums->sum));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *sums->integers, &sums->integers));
    for (size_t i = 0; i < count; i++) {
        sums->values[i] = (float)(skel_stream_uniform(&stream) - 0.5);
    }
    SKEL_TRY(skel_reducer_create(bench->comm, SKEL_REDUCTION_EXACT, &shape, false, &sums->exact));
    SKEL_TRY(skel_reducer_create(bench->comm, SKEL_REDUCTION_FLOAT, &shape, false, &sums->single));
done:
    return status;
}

/* Measures some of the ways, beside each other, and prints them under a title. */
static skel_status contest(skel_sums *sums, skel_bench *bench, size_t count,
                           skel_contestant entries[], const char *title)
{
    int ranks = skel_comm_size(bench->comm);
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        entries[i].context = sums;
        entries[i].threads = 1;
    }
    SKEL_TRY(skel_bench_warm_up(bench, count, entries));
    SKEL_TRY(skel_bench_contest(bench, "reduce", count, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nreduce: the sum of %zu %s over %d rank%s\n", bench->count, title, ranks,
                     ranks == 1 ? ": no communication" : "s");
    }
    skel_bench_print(bench, count, entries, (double)bench->count, "values/s");
done:
    return status;
}

skel_status skel_bench_reduce(skel_bench *bench)
{
    skel_contestant whole[] = {{.name = "skel exact", .run = run_exact},
                               {.name = "skel float", .run = run_float}};
    skel_contestant bare[] = {{.name = "through shared memory", .run = run_node},
                              {.name = "MPI_Allreduce", .run = run_allreduce}};
    skel_sums sums = {.bench = bench};
    skel_status status = skel_comm_agree(bench->comm, create(&sums));

    if (status == SKEL_OK) {
        status = contest(&sums, bench, 2, whole, "floats");
    }
    if (status == SKEL_OK) {
        status = contest(&sums, bench, 2, bare, "64-bit integers, without conversion,");
    }
    skel_reducer_destroy(&sums.exact);
    skel_reducer_destroy(&sums.single);
    SKEL_FREE(&sums.values);
    SKEL_FREE(&sums.sum);
    SKEL_FREE(&sums.integers);
    return status;
}
