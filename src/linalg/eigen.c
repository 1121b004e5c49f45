/* Eigenvalues of symmetric matrices, checked. */
#include "matrix_impl.h"

#include "skel/eigen.h"
#include "skel/memory.h"

#include <float.h>
#include <limits.h>
#include <math.h>

static const int one = 1; /* Fortran's first row and column */

/* What is asked for, and the copy of the matrix that a solver destroys. */
typedef struct skel_eigen_task {
    const skel_matrix *matrix;
    double norm;
    skel_matrix *work;
    double *values;
    skel_matrix *vectors; /* NULL if not wanted */
} skel_eigen_task;

typedef skel_status (*solver_fn)(const skel_eigen_task *task);

/* Rows and columns of blocks, at most, of a rank of the grid. */
static int share(const skel_matrix *matrix)
{
    int rows = skel_matrix_share(matrix->rows, SKEL_MATRIX_BLOCK, 0, matrix->grid->rows);
    int columns = skel_matrix_share(matrix->rows, SKEL_MATRIX_BLOCK, 0, matrix->grid->columns);

    return rows > columns ? rows : columns;
}

/* Twice what ScaLAPACK asks for, and the missing part: with exactly what it asks for, divide and
 * conquer has returned wrong vectors and no error. */
static size_t padded_work(const skel_matrix *matrix, double asked)
{
    size_t rows = (size_t)matrix->rows;
    size_t missing = 2 * (size_t)SKEL_MATRIX_BLOCK * (size_t)(SKEL_MATRIX_BLOCK + share(matrix));

    return 2 * (size_t)fmax(asked, 0) + missing + 3 * rows;
}

static skel_status of_info(const char *routine, int info)
{
    return info == 0 ? SKEL_OK
                     : SKEL_FAIL(SKEL_ERR_INTERNAL, "eigenvalues: ScaLAPACK's %s: info %d", routine,
                                 info);
}

/* Divide and conquer; it always computes vectors. */
static skel_status solve_divided(const skel_eigen_task *task)
{
    const skel_matrix *work = task->work;
    int info = 0;
    int query = -1;
    double asked = 0;
    int asked_integers = 0;
    int count = 0;
    int count_integers = 0;
    double *reals = NULL;
    int *integers = NULL;
    skel_status status = SKEL_OK;

    pdsyevd_("V", "L", &work->rows, work->data, &one, &one, work->descriptor, task->values,
             task->vectors->data, &one, &one, task->vectors->descriptor, &asked, &query,
             &asked_integers, &query, &info);
    count = (int)padded_work(work, asked);
    count_integers = 2 * asked_integers + 7 * work->rows + 8 * work->grid->columns + 2;
    status = SKEL_ALLOC((size_t)count, sizeof *reals, &reals);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC((size_t)count_integers, sizeof *integers, &integers);
    }
    SKEL_TRY(skel_comm_agree(work->grid->comm, status));
    pdsyevd_("V", "L", &work->rows, work->data, &one, &one, work->descriptor, task->values,
             task->vectors->data, &one, &one, task->vectors->descriptor, reals, &count, integers,
             &count_integers, &info);
    status = skel_comm_agree(work->grid->comm, of_info("pdsyevd", info));
done:
    SKEL_FREE(&reals);
    SKEL_FREE(&integers);
    return status;
}

/* QR iteration, with or without vectors. */
static skel_status solve_iterated(const skel_eigen_task *task)
{
    const skel_matrix *work = task->work;
    const skel_matrix *vectors = task->vectors != NULL ? task->vectors : work; /* not written */
    const char *job = task->vectors != NULL ? "V" : "N";
    int info = 0;
    int query = -1;
    double asked = 0;
    int count = 0;
    double *reals = NULL;
    skel_status status = SKEL_OK;

    pdsyev_(job, "L", &work->rows, work->data, &one, &one, work->descriptor, task->values,
            vectors->data, &one, &one, vectors->descriptor, &asked, &query, &info);
    count = (int)padded_work(work, asked);
    SKEL_TRY(skel_comm_agree(work->grid->comm, SKEL_ALLOC((size_t)count, sizeof *reals, &reals)));
    pdsyev_(job, "L", &work->rows, work->data, &one, &one, work->descriptor, task->values,
            vectors->data, &one, &one, vectors->descriptor, reals, &count, &info);
    status = skel_comm_agree(work->grid->comm, of_info("pdsyev", info));
done:
    SKEL_FREE(&reals);
    return status;
}

/* Returns an element of a matrix that every rank holds whole. */
static double element(void *context, size_t row, size_t column)
{
    const double *const *whole = context;

    return whole[column][row];
}

/* A matrix of one block: every rank has all of it, and calls LAPACK. */
static skel_status solve_here(const skel_eigen_task *task)
{
    const skel_matrix *matrix = task->matrix;
    double whole[SKEL_MATRIX_BLOCK * SKEL_MATRIX_BLOCK];
    double work[34 * SKEL_MATRIX_BLOCK];
    const double *columns[SKEL_MATRIX_BLOCK];
    const char *job = task->vectors != NULL ? "V" : "N";
    int count = sizeof work / sizeof *work;
    int info = 0;

    skel_matrix_gather(matrix, whole);
    dsyev_(job, "L", &matrix->rows, whole, &matrix->rows, task->values, work, &count, &info);
    for (int j = 0; j < matrix->rows; j++) {
        columns[j] = whole + (size_t)j * (size_t)matrix->rows;
    }
    if (task->vectors != NULL) {
        skel_matrix_fill(task->vectors, element, columns);
    }
    return skel_comm_agree(matrix->grid->comm, of_info("dsyev", info));
}

/* |A Z - Z diag(values)| and |Z' Z - 1|, in rounding errors of the whole matrix. */
static skel_status check_vectors(const skel_eigen_task *task)
{
    const skel_matrix *z = task->vectors;
    double size = (double)z->rows;
    double residual = 0;
    double skewness = 0;

    skel_matrix_multiply(1, SKEL_MATRIX_PLAIN, task->matrix, SKEL_MATRIX_PLAIN, z, 0, task->work);
    for (int j = 0; j < z->local_columns; j++) {
        for (int i = 0; i < z->local_rows; i++) {
            size_t at = (size_t)j * (size_t)z->local_rows + (size_t)i;

            task->work->data[at] -= z->data[at] * task->values[skel_matrix_column_of(z, j)];
        }
    }
    residual = skel_matrix_norm(task->work);
    skel_matrix_multiply(1, SKEL_MATRIX_TRANSPOSED, z, SKEL_MATRIX_PLAIN, z, 0, task->work);
    skel_matrix_shift(task->work, -1);
    skewness = skel_matrix_norm(task->work);
    if (!(residual <= 4 * size * DBL_EPSILON * task->norm &&
          skewness <= 4 * size * DBL_EPSILON * sqrt(size))) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "eigenvectors of a matrix of %d rows are wrong: A Z differs from Z times "
                         "the eigenvalues by %g of |A| = %g, and Z'Z from 1 by %g",
                         z->rows, residual, task->norm, skewness);
    }
    return SKEL_OK;
}

/* Sums of the eigenvalues and of their squares are trace and squared norm. */
static skel_status check_values(const skel_eigen_task *task, double trace)
{
    size_t rows = (size_t)task->matrix->rows;
    double bound = 8 * (double)rows * DBL_EPSILON * task->norm;
    double scale = task->norm > 0 ? task->norm : 1;
    double sum = 0;
    double squares = 0;

    for (size_t k = 0; k < rows; k++) {
        sum += task->values[k];
        squares += task->values[k] / scale * (task->values[k] / scale);
    }
    if (!(fabs(sum - trace) <= bound * sqrt((double)rows) &&
          fabs(sqrt(squares) * scale - task->norm) <= bound)) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "eigenvalues of a matrix of %zu rows are wrong: their sum is %g and its "
                         "trace %g, the root of the sum of their squares %g and its norm %g",
                         rows, sum, trace, sqrt(squares) * scale, task->norm);
    }
    return SKEL_OK;
}

/* Solves, and makes the values of all ranks those of the root. */
static skel_status solve(const skel_eigen_task *task, solver_fn solver, double trace)
{
    const skel_comm *comm = task->matrix->grid->comm;
    skel_status status = SKEL_OK;

    skel_matrix_copy(task->matrix, task->work);
    SKEL_TRY(solver(task));
    skel_comm_broadcast(comm, (size_t)task->matrix->rows * sizeof *task->values, task->values);
    SKEL_TRY(check_values(task, trace));
    if (task->vectors != NULL) {
        SKEL_TRY(check_vectors(task));
    }
done:
    return skel_comm_agree(comm, status);
}

static double trace_of(const skel_matrix *matrix, double diagonal[])
{
    double trace = 0;

    skel_matrix_diagonal(matrix, diagonal);
    for (int i = 0; i < matrix->rows; i++) {
        trace += diagonal[i];
    }
    return skel_comm_roots(matrix->grid->comm, trace);
}

skel_status skel_eigen_symmetric(const skel_matrix *matrix, double values[], skel_matrix *vectors)
{
    bool here = matrix->rows <= SKEL_MATRIX_BLOCK;
    skel_eigen_task task = {.matrix = matrix, .values = values, .vectors = vectors};
    double trace = 0;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(matrix->rows == matrix->columns);
    task.norm = skel_matrix_norm(matrix);
    if (!isfinite(task.norm)) {
        return SKEL_FAIL(SKEL_ERR_NUMBER, "eigenvalues: an element of the matrix is not finite");
    }
    if (vectors != NULL) {
        SKEL_TRY(skel_eigen_check((size_t)matrix->rows, matrix->grid->rows, matrix->grid->columns));
    }
    SKEL_TRY(
        skel_matrix_create(matrix->grid, (size_t)matrix->rows, (size_t)matrix->rows, &task.work));
    trace = trace_of(matrix, values);
    if (here) {
        status = solve(&task, solve_here, trace);
    } else if (vectors == NULL || solve(&task, solve_divided, trace) != SKEL_OK) {
        status = solve(&task, solve_iterated, trace);
    }
done:
    skel_matrix_destroy(&task.work);
    return status;
}

/* Elements of a solver's workspace, at most: pdsyevd asks for two copies of the vectors, and gets
 * twice what it asks for. */
static size_t work_of(size_t rows, bool vectors, int grid_rows, int grid_columns)
{
    size_t copy = skel_matrix_bytes(rows, rows, grid_rows, grid_columns) / sizeof(double);

    return (vectors ? 4 : 1) * copy + (8 + 4 * (size_t)SKEL_MATRIX_BLOCK) * rows;
}

skel_status skel_eigen_check(size_t rows, int grid_rows, int grid_columns)
{
    size_t work = work_of(rows, true, grid_rows, grid_columns);

    if (work > INT_MAX) {
        return SKEL_FAIL(
            SKEL_ERR_CONFIG,
            "eigenvectors of a matrix of %zu rows: one of %d ranks would work with %zu "
            "elements, and ScaLAPACK counts %d at most; use more ranks",
            rows, grid_rows * grid_columns, work, INT_MAX);
    }
    return SKEL_OK;
}

size_t skel_eigen_bytes(size_t rows, bool vectors, int grid_rows, int grid_columns)
{
    return skel_matrix_bytes(rows, rows, grid_rows, grid_columns) +
           work_of(rows, vectors, grid_rows, grid_columns) * sizeof(double);
}
