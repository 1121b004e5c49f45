/* Spectra and what sums them up. */
#include "skel/spectrum.h"

#include "skel/eigen.h"
#include "skel/memory.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? 1 : x > y ? -1 : 0;
}

static double entropy(const skel_spectrum *spectrum)
{
    double sum = 0;

    for (size_t k = 0; k < spectrum->count; k++) {
        double share = fmax(spectrum->values[k], 0) / spectrum->trace;

        sum -= share > 0 ? share * log(share) : 0;
    }
    return sum;
}

static void sum_up(skel_spectrum *spectrum)
{
    size_t count = spectrum->count;
    double largest = fmax(fabs(spectrum->values[0]), fabs(spectrum->values[count - 1]));
    double floor = (double)count * DBL_EPSILON * largest;

    spectrum->gap = count > 1 && spectrum->values[0] > 0
                        ? 1 - fmax(spectrum->values[1], 0) / spectrum->values[0]
                        : (double)NAN;

    for (size_t k = 0; k < count; k++) {
        spectrum->trace += spectrum->values[k];
        spectrum->rank += spectrum->values[k] > floor ? 1 : 0;
    }
    if (spectrum->rank == 0) {
        spectrum->condition = (double)NAN;
        return;
    }
    spectrum->condition = spectrum->rank < count
                              ? (double)INFINITY
                              : spectrum->values[0] / spectrum->values[count - 1];
    spectrum->effective_rank = exp(entropy(spectrum));
}

skel_status skel_spectrum_of_values(size_t count, const double values[], skel_spectrum *out)
{
    skel_status status = SKEL_OK;

    SKEL_ASSERT(count > 0);
    *out = (skel_spectrum){.count = count};
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->values, &out->values));
    memcpy(out->values, values, count * sizeof *values);
    qsort(out->values, count, sizeof *values, descending);
    sum_up(out);
done:
    return status;
}

static double element(void *context, size_t row, size_t column)
{
    const double *target = context;

    (void)column;
    return target[row];
}

/* Shares of the target's squared norm, the leading eigenvector first; `vectors` are ascending.
 * Those behind the first `rank` depend on the solver and on the number of ranks: their shares are 0. */
static skel_status align(const skel_grid *grid, const skel_matrix *vectors, size_t rank,
                         const double target[], double projection[], double alignment[])
{
    size_t rows = skel_matrix_rows(vectors);
    skel_matrix *column = NULL;
    skel_matrix *product = NULL;
    double *copy = NULL;
    double squares = 0;
    double sum = 0;
    skel_status status =
        skel_comm_agree(skel_grid_comm(grid), SKEL_ALLOC(rows, sizeof *copy, &copy));

    SKEL_TRY(status);
    memcpy(copy, target, rows * sizeof *copy);
    SKEL_TRY(skel_matrix_create(grid, rows, 1, &column));
    SKEL_TRY(skel_matrix_create(grid, rows, 1, &product));
    skel_matrix_fill(column, element, copy);
    skel_matrix_multiply(1, SKEL_MATRIX_TRANSPOSED, vectors, SKEL_MATRIX_PLAIN, column, 0, product);
    skel_matrix_column(product, 0, projection);
    for (size_t k = 0; k < rows; k++) {
        squares += target[k] * target[k];
    }
    for (size_t k = 0; k < rows; k++) {
        sum += k < rank ? projection[rows - 1 - k] * projection[rows - 1 - k] : 0;
        alignment[k] = squares > 0 ? sum / squares : 0;
    }
done:
    skel_matrix_destroy(&column);
    skel_matrix_destroy(&product);
    SKEL_FREE(&copy);
    return status;
}

skel_status skel_spectrum_of_matrix(const skel_grid *grid, const skel_matrix *matrix,
                                    const double target[], skel_spectrum *out)
{
    size_t rows = skel_matrix_rows(matrix);
    skel_matrix *vectors = NULL;
    double *values = NULL;
    double *projection = NULL;
    skel_status status = SKEL_OK;

    *out = (skel_spectrum){0};
    status = SKEL_ALLOC(rows, sizeof *values, &values);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(rows, sizeof *projection, &projection);
    }
    SKEL_TRY(skel_comm_agree(skel_grid_comm(grid), status));
    if (target != NULL) {
        SKEL_TRY(skel_matrix_create(grid, rows, rows, &vectors));
    }
    SKEL_TRY(skel_eigen_symmetric(matrix, values, vectors));
    status = skel_spectrum_of_values(rows, values, out);
    if (status == SKEL_OK && target != NULL) {
        status = SKEL_ALLOC(rows, sizeof *out->alignment, &out->alignment);
    }
    SKEL_TRY(skel_comm_agree(skel_grid_comm(grid), status));
    SKEL_ASSERT(projection != NULL);
    if (target != NULL) {
        SKEL_TRY(align(grid, vectors, out->rank, target, projection, out->alignment));
    }
done:
    skel_matrix_destroy(&vectors);
    SKEL_FREE(&values);
    SKEL_FREE(&projection);
    if (status != SKEL_OK) {
        skel_spectrum_clear(out);
    }
    return status;
}

void skel_spectrum_clear(skel_spectrum *spectrum)
{
    SKEL_FREE(&spectrum->values);
    SKEL_FREE(&spectrum->alignment);
    *spectrum = (skel_spectrum){0};
}
