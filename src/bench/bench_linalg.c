/* Dense linear algebra: a Gram matrix, pdsyrk and a Cholesky factor on all ranks, beside dsyrk and
 * dpotrf of the same BLAS on the root alone. The elements are random. */
#include "parts.h"
#include "peak.h"

#include "skel/cholesky.h"
#include "skel/gram.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/symmetric.h"
#include "skel/text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { COLUMNS = 2048 /* of G: one block of parameters */ };

typedef struct skel_linalg_bench {
    skel_bench *bench;
    size_t samples;
    skel_grid *grid;
    skel_gram *gram;
    float *rows;           /* [rows of this rank][COLUMNS] of G, for the Gram matrix */
    skel_matrix *g;        /* [samples][COLUMNS] */
    skel_matrix *k;        /* [samples][samples] */
    skel_matrix *positive; /* [samples][samples] */
    double *whole_g;       /* the same, on the root */
    double *whole_k;
    double *column;    /* [samples] */
    size_t gram_bytes; /* by which the Gram matrix raised this rank's peak of memory */
} skel_linalg_bench;

/* A number from -0.5 to 0.5 that row and column give. */
static double element(void *context, size_t row, size_t column)
{
    uint64_t bits = (uint64_t)row * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)column + 1;

    (void)context;
    bits = (bits ^ (bits >> 31)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 29)) * UINT64_C(0x94D049BB133111EB);
    return (double)(float)(bits >> 40) * 0x1p-24 - 0.5;
}

/* Of a symmetric matrix whose diagonal is larger than the sum of its row's other elements. */
static double positive_element(void *context, size_t row, size_t column)
{
    const skel_linalg_bench *dense = context;
    double number = element(NULL, row > column ? row : column, row > column ? column : row);

    return row == column ? (double)dense->samples + number : number;
}

static skel_status run_gram(void *context, double *seconds)
{
    skel_linalg_bench *dense = context;
    double started = skel_seconds();
    skel_status status = skel_gram_add(dense->gram, COLUMNS, COLUMNS, dense->rows);

    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_update(void *context, double *seconds)
{
    skel_linalg_bench *dense = context;
    double started = skel_seconds();

    skel_symmetric_update(dense->g, dense->k);
    *seconds = skel_seconds() - started;
    return SKEL_OK;
}

static skel_status run_update_here(void *context, double *seconds)
{
    skel_linalg_bench *dense = context;
    double started = skel_seconds();

    skel_symmetric_update_here(dense->samples, COLUMNS, dense->whole_g, dense->whole_k);
    *seconds = skel_seconds() - started;
    return SKEL_OK;
}

static skel_status run_factor(void *context, double *seconds)
{
    skel_linalg_bench *dense = context;
    double started = 0;
    skel_status status = SKEL_OK;

    skel_matrix_copy(dense->positive, dense->k);
    started = skel_seconds();
    status = skel_cholesky_factor(dense->k, "skel bench linalg");
    *seconds = skel_seconds() - started;
    return status;
}

static skel_status run_factor_here(void *context, double *seconds)
{
    skel_linalg_bench *dense = context;
    size_t n = dense->samples;
    double started = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < n * n; i++) {
        dense->whole_k[i] = positive_element(dense, i % n, i / n);
    }
    started = skel_seconds();
    status = skel_symmetric_factor_here(n, dense->whole_k);
    *seconds = skel_seconds() - started;
    return status;
}

/* Holds the ranks' column 0 (of a product) or diagonal (of a factor) against the root's own. */
static skel_status compare(const skel_linalg_bench *dense, const char *what, size_t stride)
{
    size_t n = dense->samples;
    skel_status status = SKEL_OK;

    if (stride == 1) {
        skel_matrix_column(dense->k, 0, dense->column);
    } else {
        skel_matrix_diagonal(dense->k, dense->column);
    }
    for (size_t i = 0; dense->whole_k != NULL && i < n && status == SKEL_OK; i++) {
        double expected = dense->whole_k[i * stride];
        double bound = 4 * (double)(n + COLUMNS) * DBL_EPSILON * fmax(fabs(expected), 1);

        if (!(fabs(dense->column[i] - expected) <= bound)) {
            status = SKEL_FAIL(SKEL_ERR_INTERNAL,
                               "skel bench linalg: %s: element %zu is %.17g by ScaLAPACK and %.17g "
                               "by LAPACK on one process; rounding explains %g",
                               what, i, dense->column[i], expected, bound);
        }
    }
    return skel_comm_agree(dense->bench->comm, status);
}

/* Rates against the processor's, and against the BLAS on the root. */
static void print_shares(const skel_bench *bench, size_t count, const skel_contestant entries[],
                         double operations)
{
    double alone = skel_bench_median(bench, &entries[count - 1]);
    double peak = skel_peak_measure() / 2; /* vectors hold half as many doubles as floats */

    for (size_t i = 0; i < count; i++) {
        double own = skel_bench_median(bench, &entries[i]);
        int ranks = entries[i].alone ? 1 : skel_comm_size(bench->comm);

        (void)printf("  %-36s %6.1f %% of the peak in double (%d x %.1f GFLOP/s), %6.1f %% of the "
                     "rate of OpenBLAS on the root\n",
                     entries[i].name, 100 * operations / own / (ranks * peak), ranks, 1e-9 * peak,
                     100 * alone / own);
    }
    (void)fflush(stdout);
}

static skel_status contest(skel_linalg_bench *dense, size_t count, skel_contestant entries[],
                           const char *title, double operations)
{
    skel_bench *bench = dense->bench;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count; i++) {
        entries[i].context = dense;
        entries[i].threads = 1;
    }
    entries[count - 1].alone = true;
    SKEL_TRY(skel_bench_warm_up(bench, count, entries));
    SKEL_TRY(skel_bench_contest(bench, "linalg", count, entries));
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\nlinalg: %s of %zu random rows\n", title, dense->samples);
    }
    skel_bench_print(bench, count, entries, 1e-9 * operations, "GFLOP/s");
    if (skel_comm_is_root(bench->comm)) {
        print_shares(bench, count, entries, operations);
    }
done:
    return status;
}

static void print_memory(const skel_linalg_bench *dense)
{
    const skel_comm *comm = dense->bench->comm;
    size_t ranks = (size_t)skel_comm_size(comm);
    size_t own = (dense->samples + ranks - 1) / ranks;
    double block = (double)(own * COLUMNS * sizeof(float));
    double grown = (double)dense->gram_bytes;
    double share = 0;
    char measured[SKEL_TEXT_BYTES];
    char estimated[SKEL_TEXT_BYTES];
    int rows = 0;
    int columns = 0;

    skel_grid_shape(dense->grid, &rows, &columns);
    share = (double)skel_matrix_bytes(dense->samples, dense->samples, rows, columns);
    skel_comm_max_f64(comm, 1, &grown);
    skel_text_bytes(grown, measured);
    skel_text_bytes((double)skel_gram_bytes(dense->samples, 1, rows, columns), estimated);
    if (skel_comm_is_root(comm)) {
        (void)printf(
            "  memory of the Gram matrix: %s a rank estimated; the peak of the fullest rank grew "
            "by %s; with the block of %d columns it is %.2f times the rank's share of the matrix "
            "and the block\n",
            estimated, measured, COLUMNS, (grown + block) / (share + block));
    }
}

static skel_status create_gram(skel_linalg_bench *dense)
{
    size_t first = 0;
    size_t count = 0;
    size_t before = 0;
    double seconds = 0;
    skel_matrix *whole = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_grid_create(dense->bench->comm, 0, 0, &dense->grid));
    skel_gram_samples(dense->grid, dense->samples, &first, &count);
    SKEL_TRY(skel_comm_agree(dense->bench->comm,
                             SKEL_ALLOC(count * COLUMNS + 1, sizeof(float), &dense->rows)));
    for (size_t i = 0; i < count * COLUMNS; i++) {
        dense->rows[i] = (float)element(NULL, first + i / COLUMNS, i % COLUMNS);
    }
    before = skel_memory_peak_resident();
    SKEL_TRY(skel_gram_create(dense->grid, dense->samples, 1, &dense->gram));
    SKEL_TRY(run_gram(dense, &seconds));
    skel_gram_finish(&dense->gram, &whole);
    dense->gram_bytes = skel_memory_peak_resident() - before;
    skel_matrix_destroy(&whole);
    status = skel_gram_create(dense->grid, dense->samples, 1, &dense->gram);
done:
    return status;
}

static skel_status create_matrices(skel_linalg_bench *dense)
{
    size_t n = dense->samples;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_matrix_create(dense->grid, n, COLUMNS, &dense->g));
    SKEL_TRY(skel_matrix_create(dense->grid, n, n, &dense->k));
    SKEL_TRY(skel_matrix_create(dense->grid, n, n, &dense->positive));
    skel_matrix_fill(dense->g, element, NULL);
    skel_matrix_fill(dense->positive, positive_element, dense);
    status = SKEL_ALLOC(n, sizeof(double), &dense->column);
    if (status == SKEL_OK && skel_comm_is_root(dense->bench->comm)) {
        status = SKEL_ALLOC(n * n, sizeof(double), &dense->whole_k);
        if (status == SKEL_OK) {
            status = SKEL_ALLOC(n * COLUMNS, sizeof(double), &dense->whole_g);
        }
        for (size_t i = 0; status == SKEL_OK && i < n * COLUMNS; i++) {
            dense->whole_g[i] = element(NULL, i % n, i / n);
        }
    }
    status = skel_comm_agree(dense->bench->comm, status);
done:
    return status;
}

static skel_status measure(skel_linalg_bench *dense)
{
    skel_contestant products[] = {{.name = "skel Gram matrix, from floats", .run = run_gram},
                                  {.name = "ScaLAPACK pdsyrk", .run = run_update},
                                  {.name = "OpenBLAS dsyrk", .run = run_update_here}};
    skel_contestant factors[] = {{.name = "skel Cholesky factor, checked", .run = run_factor},
                                 {.name = "OpenBLAS dpotrf", .run = run_factor_here}};
    double n = (double)dense->samples;
    skel_status status = SKEL_OK;

    SKEL_TRY(contest(dense, 3, products, "products G G' of 2048 columns", n * (n + 1) * COLUMNS));
    SKEL_TRY(compare(dense, "column 0 of G G'", 1));
    print_memory(dense);
    SKEL_TRY(contest(dense, 2, factors, "the Cholesky factor", n * n * n / 3));
    SKEL_TRY(compare(dense, "diagonal of the Cholesky factor", dense->samples + 1));
done:
    return status;
}

skel_status skel_bench_linalg(skel_bench *bench)
{
    skel_linalg_bench dense = {.bench = bench, .samples = bench->samples};
    skel_status status = create_gram(&dense);

    if (status == SKEL_OK) {
        status = create_matrices(&dense);
    }
    if (status == SKEL_OK) {
        status = measure(&dense);
    }
    skel_gram_destroy(&dense.gram);
    skel_matrix_destroy(&dense.g);
    skel_matrix_destroy(&dense.k);
    skel_matrix_destroy(&dense.positive);
    skel_grid_destroy(&dense.grid);
    SKEL_FREE(&dense.rows);
    SKEL_FREE(&dense.whole_g);
    SKEL_FREE(&dense.whole_k);
    SKEL_FREE(&dense.column);
    return status;
}
