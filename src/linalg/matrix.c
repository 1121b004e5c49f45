/* Distributed matrices: memory, elements, products. */
#include "matrix_impl.h"

#include "skel/memory.h"

#include <limits.h>
#include <math.h>
#include <string.h>

static const int one = 1; /* Fortran's first row and column */

enum { LANES = 8 };

size_t skel_matrix_bytes(size_t rows, size_t columns, int grid_rows, int grid_columns)
{
    size_t blocks_down = (rows + SKEL_MATRIX_BLOCK - 1) / SKEL_MATRIX_BLOCK;
    size_t blocks_across = (columns + SKEL_MATRIX_BLOCK - 1) / SKEL_MATRIX_BLOCK;
    size_t down = (blocks_down + (size_t)grid_rows - 1) / (size_t)grid_rows * SKEL_MATRIX_BLOCK;
    size_t across =
        (blocks_across + (size_t)grid_columns - 1) / (size_t)grid_columns * SKEL_MATRIX_BLOCK;

    return (down < rows ? down : rows) * (across < columns ? across : columns) * sizeof(double);
}

static skel_status check(const skel_grid *grid, size_t rows, size_t columns)
{
    size_t bytes = 0;

    if (rows == 0 || columns == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "a matrix of %zu rows and %zu columns has no elements",
                         rows, columns);
    }
    if (rows > INT_MAX || columns > INT_MAX) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "a matrix of %zu rows and %zu columns: ScaLAPACK counts rows and columns "
                         "with 32 bits, up to %d",
                         rows, columns, INT_MAX);
    }
    bytes = skel_matrix_bytes(rows, columns, grid->rows, grid->columns);
    if (bytes / sizeof(double) > INT_MAX) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "a matrix of %zu rows and %zu columns: one of %d ranks would hold %zu "
                         "elements, and ScaLAPACK counts %d at most; use more ranks",
                         rows, columns, grid->rows * grid->columns, bytes / sizeof(double),
                         INT_MAX);
    }
    return SKEL_OK;
}

static skel_status allocate(const skel_grid *grid, size_t rows, size_t columns, skel_matrix **out)
{
    skel_matrix *matrix = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(check(grid, rows, columns));
    SKEL_TRY(SKEL_ALLOC(1, sizeof *matrix, &matrix));
    matrix->grid = grid;
    matrix->rows = (int)rows;
    matrix->columns = (int)columns;
    matrix->local_rows = skel_matrix_share(matrix->rows, SKEL_MATRIX_BLOCK, grid->row, grid->rows);
    matrix->local_columns =
        skel_matrix_share(matrix->columns, SKEL_MATRIX_BLOCK, grid->column, grid->columns);
    skel_matrix_describe(grid->context, matrix->rows, matrix->columns, SKEL_MATRIX_BLOCK,
                         SKEL_MATRIX_BLOCK, matrix->local_rows, matrix->descriptor);
    SKEL_TRY(SKEL_ALLOC((size_t)matrix->local_rows * (size_t)matrix->local_columns, sizeof(double),
                        &matrix->data));
    *out = matrix;
    matrix = NULL;
done:
    skel_matrix_destroy(&matrix);
    return status;
}

skel_status skel_matrix_create(const skel_grid *grid, size_t rows, size_t columns,
                               skel_matrix **out)
{
    skel_status status = SKEL_OK;

    *out = NULL;
    status = skel_comm_agree(grid->comm, allocate(grid, rows, columns, out));
    if (status != SKEL_OK) {
        skel_matrix_destroy(out);
    }
    return status;
}

void skel_matrix_destroy(skel_matrix **matrix)
{
    if (*matrix == NULL) {
        return;
    }
    SKEL_FREE(&(*matrix)->data);
    SKEL_FREE(matrix);
}

size_t skel_matrix_rows(const skel_matrix *matrix)
{
    return (size_t)matrix->rows;
}

size_t skel_matrix_columns(const skel_matrix *matrix)
{
    return (size_t)matrix->columns;
}

void skel_matrix_fill(skel_matrix *matrix, skel_matrix_fn fn, void *context)
{
    double *element = matrix->data;

    for (int j = 0; j < matrix->local_columns; j++) {
        for (int i = 0; i < matrix->local_rows; i++) {
            *element++ =
                fn(context, skel_matrix_row_of(matrix, i), skel_matrix_column_of(matrix, j));
        }
    }
}

void skel_matrix_copy(const skel_matrix *from, skel_matrix *to)
{
    SKEL_ASSERT(from->grid == to->grid && from->rows == to->rows && from->columns == to->columns);
    memcpy(to->data, from->data,
           (size_t)from->local_rows * (size_t)from->local_columns * sizeof(double));
}

/* The rank's elements of the diagonal: adds `number` to each, and copies each to `out` if that is
 * not NULL. */
static void walk_diagonal(const skel_matrix *matrix, double number, double out[])
{
    int i = 0;

    for (int j = 0; j < matrix->local_columns; j++) {
        size_t column = skel_matrix_column_of(matrix, j);
        double *element = matrix->data + (size_t)j * (size_t)matrix->local_rows;

        while (i < matrix->local_rows && skel_matrix_row_of(matrix, i) < column) {
            i++;
        }
        if (i < matrix->local_rows && skel_matrix_row_of(matrix, i) == column) {
            element[i] += number;
            if (out != NULL) {
                out[column] = element[i];
            }
        }
    }
}

void skel_matrix_shift(skel_matrix *matrix, double number)
{
    walk_diagonal(matrix, number, NULL);
}

void skel_matrix_diagonal(const skel_matrix *matrix, double out[])
{
    SKEL_ASSERT(matrix->rows == matrix->columns);
    memset(out, 0, (size_t)matrix->rows * sizeof *out);
    walk_diagonal(matrix, 0, out);
    skel_comm_sum_f64(matrix->grid->comm, (size_t)matrix->rows, out);
}

void skel_matrix_column(const skel_matrix *matrix, size_t column, double out[])
{
    memset(out, 0, (size_t)matrix->rows * sizeof *out);
    for (int j = 0; j < matrix->local_columns; j++) {
        const double *elements = matrix->data + (size_t)j * (size_t)matrix->local_rows;

        for (int i = 0; i < matrix->local_rows && skel_matrix_column_of(matrix, j) == column; i++) {
            out[skel_matrix_row_of(matrix, i)] = elements[i];
        }
    }
    skel_comm_sum_f64(matrix->grid->comm, (size_t)matrix->rows, out);
}

void skel_matrix_gather(const skel_matrix *matrix, double out[])
{
    size_t rows = (size_t)matrix->rows;
    size_t count = rows * (size_t)matrix->columns;
    const double *element = matrix->data;

    memset(out, 0, count * sizeof *out);
    for (int j = 0; j < matrix->local_columns; j++) {
        for (int i = 0; i < matrix->local_rows; i++) {
            out[skel_matrix_column_of(matrix, j) * rows + skel_matrix_row_of(matrix, i)] =
                *element++;
        }
    }
    skel_comm_sum_f64(matrix->grid->comm, count, out);
}

/* Both read the whole matrix into as many results as vector registers hold, so that memory limits
 * them. A number that is none is never the largest; the sum shows it. */
static double largest_of(size_t count, const double element[])
{
    double lane[LANES] = {0};
    double largest = 0;

    for (size_t i = 0; i < count / LANES * LANES; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            double size = fabs(element[i + k]);

            lane[k] = size > lane[k] ? size : lane[k];
        }
    }
    for (size_t i = count / LANES * LANES; i < count; i++) {
        largest = fmax(largest, fabs(element[i]));
    }
    for (size_t k = 0; k < LANES; k++) {
        largest = fmax(largest, lane[k]);
    }
    return largest;
}

static double squares_of(size_t count, const double element[], double scale)
{
    double lane[LANES] = {0};
    double sum = 0;

    for (size_t i = 0; i < count / LANES * LANES; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            lane[k] += element[i + k] * scale * (element[i + k] * scale);
        }
    }
    for (size_t i = count / LANES * LANES; i < count; i++) {
        sum += element[i] * scale * (element[i] * scale);
    }
    for (size_t k = 0; k < LANES; k++) {
        sum += lane[k];
    }
    return sum;
}

double skel_matrix_norm(const skel_matrix *matrix)
{
    const skel_comm *comm = matrix->grid->comm;
    size_t count = (size_t)matrix->local_rows * (size_t)matrix->local_columns;
    double largest = largest_of(count, matrix->data);
    double sum = 0;
    int exponent = 0;

    skel_comm_max_f64(comm, 1, &largest);
    if (isfinite(largest)) {
        (void)frexp(largest, &exponent);
    }
    /* a power of two, by which numbers keep their digits; its own exponent ends at 1023 */
    exponent = exponent < -1000 ? -1000 : exponent;
    sum = squares_of(count, matrix->data, ldexp(1, -exponent));
    skel_comm_sum_f64(comm, 1, &sum);
    return skel_comm_roots(comm, ldexp(sqrt(sum), exponent));
}

/* A block of the diagonal, which one rank has. */
static void mirror_block(skel_matrix *matrix, int block)
{
    const skel_grid *grid = matrix->grid;
    int first = block * SKEL_MATRIX_BLOCK;
    int count = matrix->rows - first < SKEL_MATRIX_BLOCK ? matrix->rows - first : SKEL_MATRIX_BLOCK;
    size_t stride = (size_t)matrix->local_rows;
    double *corner = NULL;

    if (block % grid->rows != grid->row || block % grid->columns != grid->column) {
        return;
    }
    corner = matrix->data + (size_t)(block / grid->columns * SKEL_MATRIX_BLOCK) * stride +
             (size_t)(block / grid->rows * SKEL_MATRIX_BLOCK);
    for (int j = 0; j < count; j++) {
        for (int i = 0; i < j; i++) {
            corner[(size_t)j * stride + (size_t)i] = corner[(size_t)i * stride + (size_t)j];
        }
    }
}

void skel_matrix_mirror(skel_matrix *matrix)
{
    const double alpha = 1;
    const double beta = 0;
    const int width = SKEL_MATRIX_BLOCK;

    SKEL_ASSERT(matrix->rows == matrix->columns);
    for (int first = 0; first < matrix->rows; first += width) {
        int here = first + 1; /* as Fortran counts */
        int next = first + width + 1;
        int rest = matrix->rows - first - width;

        mirror_block(matrix, first / width);
        if (rest > 0) { /* columns of blocks below the diagonal to rows of blocks right of it */
            pdtran_(&width, &rest, &alpha, matrix->data, &next, &here, matrix->descriptor, &beta,
                    matrix->data, &here, &next, matrix->descriptor);
        }
    }
}

void skel_matrix_multiply(double alpha, skel_matrix_form form_a, const skel_matrix *a,
                          skel_matrix_form form_b, const skel_matrix *b, double beta,
                          skel_matrix *c)
{
    const char *letter_a = form_a == SKEL_MATRIX_PLAIN ? "N" : "T";
    const char *letter_b = form_b == SKEL_MATRIX_PLAIN ? "N" : "T";
    int inner = form_a == SKEL_MATRIX_PLAIN ? a->columns : a->rows;

    SKEL_ASSERT((form_a == SKEL_MATRIX_PLAIN ? a->rows : a->columns) == c->rows);
    SKEL_ASSERT((form_b == SKEL_MATRIX_PLAIN ? b->columns : b->rows) == c->columns);
    SKEL_ASSERT((form_b == SKEL_MATRIX_PLAIN ? b->rows : b->columns) == inner);
    pdgemm_(letter_a, letter_b, &c->rows, &c->columns, &inner, &alpha, a->data, &one, &one,
            a->descriptor, b->data, &one, &one, b->descriptor, &beta, c->data, &one, &one,
            c->descriptor);
}
