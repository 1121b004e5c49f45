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

static skel_status by_blocks(skel_basis_bench *basis)
{
    return skel_qr_orthonormalise(basis->comm, basis->count, basis->length, basis->vectors);
}

static skel_status by_schmidt(skel_basis_bench *basis)
{
    skel_orthonormal_here(basis->count, basis->length, basis->vectors);
    return SKEL_OK;
}

static skel_status by_scalapack(skel_basis_bench *basis)
{
    return skel_qr_library(basis->matrix);
}

static skel_status by_lapack(skel_basis_bench *basis)
{
    return skel_qr_library_here(basis->count, basis->length, basis->vectors);
}

/* One way to make the drawn vectors orthonormal. */
typedef struct skel_basis_way {
    skel_basis_bench *basis;
    skel_status (*make)(skel_basis_bench *basis);
} skel_basis_way;

static skel_status run(void *context, double *seconds)
{
    const skel_basis_way *way = context;
    skel_basis_bench *basis = way->basis;
    double started = 0;
    skel_status status = SKEL_OK;

    memcpy(basis->vectors, basis->drawn, basis->count * basis->length * sizeof(double));
    skel_matrix_fill(basis->matrix, element, basis);
    started = skel_seconds();
    status = way->make(basis);
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
    skel_basis_way ways[] = {
        {basis, by_blocks}, {basis, by_schmidt}, {basis, by_scalapack}, {basis, by_lapack}};
    skel_contestant entries[] = {
        {.name = "skel, blocks of reflectors"},
        {.name = "skel, Gram-Schmidt", .alone = true},
        {.name = "ScaLAPACK pdgeqrf, pdorgqr"},
        {.name = "LAPACK dgeqrf, dorgqr", .alone = true},
    };
    enum { ENTRIES = sizeof entries / sizeof *entries };
    double n = (double)basis->count;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < ENTRIES; i++) {
        entries[i].run = run;
        entries[i].context = &ways[i];
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
