/* Gram matrices.
 *
 * A block of K on a rank in row r and column c of the grid needs the rows of G in the block's rows
 * and columns. So each rank sends its rows of G, some columns at a time and as floats, to all ranks
 * of the grid's rows and columns that need them. Ranks have consecutive rows of G: what arrives, in
 * the order of the ranks, is in the order of the receiver's rows of K. */
#include "lapack.h"
#include "matrix_impl.h"

#include "skel/gram.h"
#include "skel/memory.h"

#include <math.h>
#include <mpi.h>
#include <string.h>

enum {
    STRIP = 256, /* columns of G that are multiplied at a time: long enough for the BLAS, short
                    enough for little memory */
    PANEL = 128, /* a rank's columns of K that one product adds to */
    PACKED = 512 /* rows that OpenBLAS packs at a time, at most (DGEMM_P of its kernels for AVX2) */
};

/* Rows of G on their way to the ranks that have rows of K (or columns), in blocks. */
typedef struct gram_route {
    int count;    /* rows that arrive */
    int *message; /* [4][ranks] floats to each rank, and where; from each rank, and where */
    double *rows; /* [count][STRIP] what has arrived */
} gram_route;

struct skel_gram {
    const skel_grid *grid;
    int rows;         /* of G */
    size_t first;     /* row of this rank */
    size_t count;     /* rows of this rank */
    skel_matrix *sum; /* [rows][rows], below the diagonal and on it; above it anything */
    gram_route down;  /* to rows of K */
    gram_route across;
    float *sent;    /* [rows to all ranks][STRIP] */
    float *arrived; /* [rows of one route][STRIP] */
    double *mine;   /* [count][STRIP], on a single rank */
};

static size_t share_of(size_t samples, int ranks)
{
    return (samples + (size_t)ranks - 1) / (size_t)ranks;
}

void skel_gram_samples(const skel_grid *grid, size_t samples, size_t *first, size_t *count)
{
    size_t share = share_of(samples, skel_comm_size(grid->comm));
    size_t begin = share * (size_t)skel_comm_rank(grid->comm);

    *first = begin < samples ? begin : samples;
    *count = samples - *first < share ? samples - *first : share;
}

static size_t rows_of_line(size_t rows, int ranks)
{
    return skel_matrix_bytes(rows, 1, ranks, 1) / sizeof(double);
}

/* What the BLAS keeps of its copies of both factors of a product with so many columns. */
static size_t packed_bytes(size_t columns)
{
    return (PACKED + columns) * STRIP * sizeof(double);
}

size_t skel_gram_bytes(size_t samples, size_t outputs, int grid_rows, int grid_columns)
{
    size_t rows = samples * outputs;
    size_t own = share_of(samples, grid_rows * grid_columns) * outputs;
    size_t down = rows_of_line(rows, grid_rows);
    size_t across = rows_of_line(rows, grid_columns);
    size_t copies = own * (size_t)(grid_rows > grid_columns ? grid_rows : grid_columns);
    size_t bytes = sizeof(skel_gram) + skel_matrix_bytes(rows, rows, grid_rows, grid_columns);

    if (grid_rows * grid_columns == 1) {
        return bytes + own * STRIP * sizeof(double) + packed_bytes(rows);
    }
    return bytes + packed_bytes(PANEL) + (down + across) * STRIP * sizeof(double) +
           ((down > across ? down : across) + copies) * STRIP * sizeof(float);
}

/* Rows from `begin` to `end` that are in blocks of one of `ranks` ranks in a line. */
static int shared_rows(size_t begin, size_t end, int place, int ranks)
{
    return skel_matrix_share((int)end, SKEL_MATRIX_BLOCK, place, ranks) -
           skel_matrix_share((int)begin, SKEL_MATRIX_BLOCK, place, ranks);
}

static int place_of(const skel_gram *gram, const gram_route *route, int rank)
{
    return route == &gram->down ? rank / gram->grid->columns : rank % gram->grid->columns;
}

static int line_of(const skel_gram *gram, const gram_route *route)
{
    return route == &gram->down ? gram->grid->rows : gram->grid->columns;
}

/* Whose rows go where, in rows; returns how many leave. */
static int plan_route(const skel_gram *gram, gram_route *route, size_t share)
{
    int ranks = skel_comm_size(gram->grid->comm);
    int own = place_of(gram, route, skel_comm_rank(gram->grid->comm));
    int leaving = 0;

    for (int rank = 0; rank < ranks; rank++) {
        size_t begin = share * (size_t)rank;
        size_t end = begin + share;
        size_t rows = (size_t)gram->rows;

        route->message[rank] = shared_rows(gram->first, gram->first + gram->count,
                                           place_of(gram, route, rank), line_of(gram, route));
        route->message[ranks + rank] = leaving;
        route->message[2 * ranks + rank] = shared_rows(
            begin < rows ? begin : rows, end < rows ? end : rows, own, line_of(gram, route));
        route->message[3 * ranks + rank] = route->count;
        leaving += route->message[rank];
        route->count += route->message[2 * ranks + rank];
    }
    return leaving;
}

static skel_status allocate_route(const skel_gram *gram, gram_route *route, size_t share,
                                  int *leaving)
{
    size_t ranks = (size_t)skel_comm_size(gram->grid->comm);
    int own = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(4 * ranks, sizeof(int), &route->message));
    own = plan_route(gram, route, share);
    *leaving = own > *leaving ? own : *leaving;
    status = SKEL_ALLOC((size_t)route->count * STRIP, sizeof(double), &route->rows);
done:
    return status;
}

static skel_status allocate_rows(skel_gram *gram, size_t samples, size_t outputs)
{
    size_t share = share_of(samples, skel_comm_size(gram->grid->comm)) * outputs;
    int leaving = 0;
    int most = 0;
    skel_status status = SKEL_OK;

    skel_gram_samples(gram->grid, samples, &gram->first, &gram->count);
    gram->first *= outputs;
    gram->count *= outputs;
    if (skel_comm_size(gram->grid->comm) == 1) {
        return SKEL_ALLOC(gram->count * STRIP, sizeof(double), &gram->mine);
    }
    SKEL_TRY(allocate_route(gram, &gram->down, share, &leaving));
    SKEL_TRY(allocate_route(gram, &gram->across, share, &leaving));
    most = gram->down.count > gram->across.count ? gram->down.count : gram->across.count;
    SKEL_TRY(SKEL_ALLOC((size_t)leaving * STRIP, sizeof(float), &gram->sent));
    SKEL_TRY(SKEL_ALLOC((size_t)most * STRIP, sizeof(float), &gram->arrived));
done:
    return status;
}

skel_status skel_gram_create(const skel_grid *grid, size_t samples, size_t outputs, skel_gram **out)
{
    size_t rows = samples * outputs;
    skel_gram *gram = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_comm_agree(grid->comm, SKEL_ALLOC(1, sizeof *gram, &gram)));
    SKEL_ASSERT(gram != NULL);
    gram->grid = grid;
    SKEL_TRY(skel_matrix_create(grid, rows, rows, &gram->sum));
    gram->rows = (int)rows;
    SKEL_TRY(skel_comm_agree(grid->comm, allocate_rows(gram, samples, outputs)));
    *out = gram;
    gram = NULL;
done:
    skel_gram_destroy(&gram);
    return status;
}

void skel_gram_destroy(skel_gram **gram)
{
    if (*gram == NULL) {
        return;
    }
    skel_matrix_destroy(&(*gram)->sum);
    SKEL_FREE(&(*gram)->down.message);
    SKEL_FREE(&(*gram)->down.rows);
    SKEL_FREE(&(*gram)->across.message);
    SKEL_FREE(&(*gram)->across.rows);
    SKEL_FREE(&(*gram)->sent);
    SKEL_FREE(&(*gram)->arrived);
    SKEL_FREE(&(*gram)->mine);
    SKEL_FREE(gram);
}

/* Whether all elements of this rank's rows are numbers. */
static skel_status check(const skel_gram *gram, size_t columns, size_t stride, const float rows[])
{
    for (size_t i = 0; i < gram->count; i++) {
        for (size_t j = 0; j < columns; j++) {
            if (!isfinite(rows[i * stride + j])) {
                return SKEL_FAIL(SKEL_ERR_NUMBER, "Gram matrix: row %zu: element %zu is %g",
                                 gram->first + i, j, (double)rows[i * stride + j]);
            }
        }
    }
    return SKEL_OK;
}

static void widen(size_t count, const float from[], double to[])
{
    for (size_t i = 0; i < count; i++) {
        to[i] = (double)from[i];
    }
}

/* Sends columns of this rank's rows to all ranks of their lines, and takes the others' rows. */
static void send_rows(const skel_gram *gram, const gram_route *route, size_t stride,
                      const float rows[], size_t width)
{
    const MPI_Comm *mpi = skel_comm_mpi(gram->grid->comm);
    MPI_Datatype row = MPI_DATATYPE_NULL;
    int ranks = skel_comm_size(gram->grid->comm);
    float *to = gram->sent;

    for (int rank = 0; rank < ranks; rank++) {
        for (size_t i = 0; i < gram->count; i++) {
            size_t block = (gram->first + i) / SKEL_MATRIX_BLOCK;

            if ((int)(block % (size_t)line_of(gram, route)) == place_of(gram, route, rank)) {
                memcpy(to, rows + i * stride, width * sizeof *to);
                to += width;
            }
        }
    }
    MPI_Type_contiguous((int)width, MPI_FLOAT, &row);
    MPI_Type_commit(&row);
    MPI_Alltoallv(gram->sent, route->message, route->message + ranks, row, gram->arrived,
                  route->message + (ptrdiff_t)2 * ranks, route->message + (ptrdiff_t)3 * ranks, row,
                  *mpi);
    MPI_Type_free(&row);
    widen((size_t)route->count * width, gram->arrived, route->rows);
}

/* Adds the products of the rows that have arrived to this rank's blocks: some columns at a time,
 * and in these the rows from the first one's diagonal. */
static void multiply(const skel_gram *gram, int width)
{
    const double alpha = 1;
    skel_matrix *sum = gram->sum;
    int from = 0;

    for (int column = 0; column < sum->local_columns; column += PANEL) {
        int columns = sum->local_columns - column < PANEL ? sum->local_columns - column : PANEL;
        int rows = 0;

        while (from < sum->local_rows &&
               skel_matrix_row_of(sum, from) < skel_matrix_column_of(sum, column)) {
            from++;
        }
        rows = sum->local_rows - from;
        if (rows > 0) {
            dgemm_("T", "N", &rows, &columns, &width, &alpha,
                   gram->down.rows + (size_t)from * (size_t)width, &width,
                   gram->across.rows + (size_t)column * (size_t)width, &width, &alpha,
                   sum->data + (size_t)column * (size_t)sum->local_rows + from, &sum->local_rows);
        }
    }
}

/* The products of one rank's own rows. */
static void multiply_here(const skel_gram *gram, size_t stride, const float rows[], int width)
{
    const double alpha = 1;

    for (size_t i = 0; i < gram->count; i++) {
        widen((size_t)width, rows + i * stride, gram->mine + i * (size_t)width);
    }
    dsyrk_("L", "T", &gram->rows, &width, &alpha, gram->mine, &width, &alpha, gram->sum->data,
           &gram->rows);
}

skel_status skel_gram_add(skel_gram *gram, size_t columns, size_t stride, const float rows[])
{
    skel_status status = SKEL_OK;

    SKEL_ASSERT(columns <= stride);
    SKEL_TRY(skel_comm_agree(gram->grid->comm, check(gram, columns, stride, rows)));
    for (size_t from = 0; from < columns; from += STRIP) {
        size_t width = columns - from < STRIP ? columns - from : STRIP;

        if (gram->mine != NULL) {
            multiply_here(gram, stride, rows + from, (int)width);
        } else {
            send_rows(gram, &gram->down, stride, rows + from, width);
            send_rows(gram, &gram->across, stride, rows + from, width);
            multiply(gram, (int)width);
        }
    }
done:
    return status;
}

void skel_gram_finish(skel_gram **gram, skel_matrix **out)
{
    *out = (*gram)->sum;
    (*gram)->sum = NULL;
    skel_gram_destroy(gram);
    skel_matrix_mirror(*out);
}
