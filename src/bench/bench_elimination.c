/* What obs-layer does with a layer's second moments: their inverse, by LAPACK on each rank or by
 * ScaLAPACK on all ranks, and the removal of one row's weights. */
#include "parts.h"

#include "skel/cholesky.h"
#include "skel/elimination.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"

#include <stdio.h>

typedef struct skel_removal_bench {
    size_t order;
    skel_grid *grid;
    skel_matrix *matrix; /* [order][order] */
    double *moments;     /* [order][order] */
    float *weight;       /* [order] */
    float *score;        /* [order] */
    uint8_t *keep;       /* [order] ones */
    skel_elimination *elimination;
} skel_removal_bench;

/* Positive definite: the diagonal is larger than the sum of its row's other elements. */
static double moment(void *context, size_t row, size_t column)
{
    const skel_removal_bench *of = context;
    double distance = row > column ? (double)(row - column) : (double)(column - row);

    return row == column ? 1 : 1 / (4 * distance * distance) / (double)of->order;
}

static skel_status run_here(void *context, double *seconds)
{
    skel_removal_bench *of = context;
    double started = 0;
    skel_status status = SKEL_OK;

    skel_elimination_destroy(&of->elimination);
    started = skel_seconds();
    status = skel_elimination_create(of->order, 0, of->moments, "skel bench elimination",
                                     &of->elimination);
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_spread(void *context, double *seconds)
{
    skel_removal_bench *of = context;
    double started = 0;
    skel_status status = SKEL_OK;

    skel_matrix_fill(of->matrix, moment, of);
    started = skel_seconds();
    status = skel_cholesky_factor(of->matrix, "skel bench elimination");
    if (status == SKEL_OK) {
        status = skel_cholesky_invert(of->matrix);
    }
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_row(void *context, double *seconds)
{
    skel_removal_bench *of = context;
    double started = skel_seconds();
    skel_status status =
        skel_elimination_scores(of->elimination, of->keep, of->weight, of->order, of->score);

    *seconds = skel_seconds() - started;
    return status;
}

static skel_status fill(skel_removal_bench *of)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 0, 0);
    size_t n = of->order;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(n * n, sizeof(double), &of->moments));
    SKEL_TRY(SKEL_ALLOC(n, sizeof(float), &of->weight));
    SKEL_TRY(SKEL_ALLOC(n, sizeof(float), &of->score));
    SKEL_TRY(SKEL_ALLOC(n, 1, &of->keep));
    for (size_t i = 0; i < n * n; i++) {
        of->moments[i] = moment(of, i % n, i / n);
    }
    for (size_t i = 0; i < n; i++) {
        of->weight[i] = (float)skel_stream_normal(&stream);
        of->keep[i] = 1;
    }
done:
    return status;
}

static skel_status contest(skel_bench *bench, skel_removal_bench *of)
{
    skel_contestant entries[] = {
        {.name = "inverse by LAPACK, each rank the same", .run = run_here},
        {.name = "inverse by ScaLAPACK, all ranks", .run = run_spread},
        {.name = "removal of one row's weights", .run = run_row},
    };
    enum { ENTRIES = sizeof entries / sizeof *entries };
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < ENTRIES; i++) {
        entries[i].context = of;
        entries[i].threads = 1;
    }
    SKEL_TRY(skel_bench_warm_up(bench, ENTRIES, entries));
    SKEL_TRY(skel_bench_contest(bench, "elimination", ENTRIES, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nelimination: a layer of %zu inputs\n", of->order);
    }
    skel_bench_print(bench, ENTRIES, entries, 1, "times/s");
done:
    return status;
}

skel_status skel_bench_elimination(skel_bench *bench)
{
    skel_removal_bench of = {.order = bench->samples};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_grid_create(bench->comm, 0, 0, &of.grid));
    SKEL_TRY(skel_matrix_create(of.grid, of.order, of.order, &of.matrix));
    SKEL_TRY(skel_comm_agree(bench->comm, fill(&of)));
    status = contest(bench, &of);
done:
    skel_elimination_destroy(&of.elimination);
    skel_matrix_destroy(&of.matrix);
    skel_grid_destroy(&of.grid);
    SKEL_FREE(&of.moments);
    SKEL_FREE(&of.weight);
    SKEL_FREE(&of.score);
    SKEL_FREE(&of.keep);
    return status;
}
