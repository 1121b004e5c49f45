/* Orthonormal vectors, as orthogonal initial weights need them: in blocks over the ranks, beside
 * the Gram-Schmidt process, ScaLAPACK and LAPACK. */
#include "parts.h"

#include "skel/memory.h"
#include "skel/orthonormal.h"
#include "skel/progress.h"
#include "skel/qr.h"
#include "skel/qr_library.h"
#include "skel/random.h"

#include <stdio.h>
#include <string.h>

typedef struct skel_basis_bench {
    const skel_comm *comm;
    size_t count;
    size_t length;
    skel_grid *grid;
    skel_matrix *matrix; /* [length][count] */
    double *drawn;       /* [count][length] normal numbers */
    double *vectors;     /* [count][length] */
} skel_basis_bench;

static double element(void *context, size_t row, size_t column)
{
    const skel_basis_bench *basis = context;

    return basis->drawn[column * basis->length + row];
}

static void begin(const skel_basis_bench *basis)
{
    memcpy(basis->vectors, basis->drawn, basis->count * basis->length * sizeof(double));
}

static skel_status run_blocks(void *context, double *seconds)
{
    skel_basis_bench *basis = context;
    double started = 0;
    skel_status status = SKEL_OK;

    begin(basis);
    started = skel_seconds();
    status = skel_qr_orthonormalise(basis->comm, basis->count, basis->length, basis->vectors);
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_schmidt(void *context, double *seconds)
{
    skel_basis_bench *basis = context;
    double started = 0;

    begin(basis);
    started = skel_seconds();
    skel_orthonormal_here(basis->count, basis->length, basis->vectors);
    *seconds = skel_seconds() - started;
    return SKEL_OK;
}

static skel_status run_scalapack(void *context, double *seconds)
{
    skel_basis_bench *basis = context;
    double started = 0;
    skel_status status = SKEL_OK;

    skel_matrix_fill(basis->matrix, element, basis);
    started = skel_seconds();
    status = skel_qr_library(basis->matrix);
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_lapack(void *context, double *seconds)
{
    skel_basis_bench *basis = context;
    double started = 0;
    skel_status status = SKEL_OK;

    begin(basis);
    started = skel_seconds();
    status = skel_qr_library_here(basis->count, basis->length, basis->vectors);
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status draw(skel_basis_bench *basis)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 0, 0);
    size_t elements = basis->count * basis->length;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(elements, sizeof(double), &basis->drawn));
    SKEL_TRY(SKEL_ALLOC(elements, sizeof(double), &basis->vectors));
    for (size_t i = 0; i < elements; i++) {
        basis->drawn[i] = skel_stream_normal(&stream);
    }
done:
    return status;
}

static skel_status contest(skel_bench *bench, skel_basis_bench *basis)
{
    skel_contestant entries[] = {
        {.name = "skel, blocks of reflectors", .run = run_blocks},
        {.name = "skel, Gram-Schmidt", .run = run_schmidt, .alone = true},
        {.name = "ScaLAPACK pdgeqrf, pdorgqr", .run = run_scalapack},
        {.name = "LAPACK dgeqrf, dorgqr", .run = run_lapack, .alone = true},
    };
    enum { ENTRIES = sizeof entries / sizeof *entries };
    double n = (double)basis->count;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < ENTRIES; i++) {
        entries[i].context = basis;
        entries[i].threads = 1;
    }
    SKEL_TRY(skel_bench_warm_up(bench, ENTRIES, entries));
    SKEL_TRY(skel_bench_contest(bench, "qr", ENTRIES, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nqr: %zu orthonormal vectors of %zu elements; %s is faster by the program's "
                     "rule\n",
                     basis->count, basis->length,
                     skel_qr_pays(basis->count, basis->length) ? "blocks of reflectors"
                                                               : "Gram-Schmidt");
    }
    /* R and Q take 2 n^2 (m - n / 3) operations each */
    skel_bench_print(bench, ENTRIES, entries, 4e-9 * n * n * ((double)basis->length - n / 3),
                     "GFLOP/s");
done:
    return status;
}

skel_status skel_bench_qr(skel_bench *bench)
{
    skel_basis_bench basis = {
        .comm = bench->comm, .count = bench->samples, .length = 2 * bench->samples};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_grid_create(bench->comm, 0, 0, &basis.grid));
    SKEL_TRY(skel_matrix_create(basis.grid, basis.length, basis.count, &basis.matrix));
    SKEL_TRY(skel_comm_agree(bench->comm, draw(&basis)));
    status = contest(bench, &basis);
done:
    skel_matrix_destroy(&basis.matrix);
    skel_grid_destroy(&basis.grid);
    SKEL_FREE(&basis.drawn);
    SKEL_FREE(&basis.vectors);
    return status;
}
