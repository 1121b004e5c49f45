/* Gram matrices.
 *
 * G' is laid out by columns: a rank's rows of G, one behind the other, are columns of G' on a grid
 * of one row of ranks. ScaLAPACK moves a strip of some rows of G' to the blocks of the square grid,
 * and adds its products there. */
#include "matrix_impl.h"

#include "skel/gram.h"
#include "skel/memory.h"

#include <math.h>

static const int one = 1; /* Fortran's first row and column */

enum {
    STRIP = 2048 /* columns of G that are multiplied at a time: long enough for the BLAS, short
                    enough for little memory */
};

struct skel_gram {
    const skel_grid *grid;
    int rows;                  /* of G */
    size_t first;              /* row of this rank */
    size_t count;              /* rows of this rank */
    skel_matrix *sum;          /* [rows][rows], below the diagonal and on it */
    skel_matrix *strip;        /* [STRIP][rows] of G', in blocks */
    double *mine;              /* [count][STRIP] of G', of this rank's rows */
    int line[SKEL_DESCRIPTOR]; /* of `mine` */
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

size_t skel_gram_bytes(size_t samples, size_t outputs, int grid_rows, int grid_columns)
{
    size_t rows = samples * outputs;

    return sizeof(skel_gram) + skel_matrix_bytes(rows, rows, grid_rows, grid_columns) +
           skel_matrix_bytes(STRIP, rows, grid_rows, grid_columns) +
           share_of(samples, grid_rows * grid_columns) * outputs * STRIP * sizeof(double);
}

/* Describes this rank's rows; the ranks are in one line. */
static skel_status allocate_mine(skel_gram *gram, size_t samples, size_t outputs)
{
    size_t share = share_of(samples, skel_comm_size(gram->grid->comm)) * outputs;

    skel_gram_samples(gram->grid, samples, &gram->first, &gram->count);
    gram->first *= outputs;
    gram->count *= outputs;
    skel_matrix_describe(gram->grid->line, STRIP, gram->rows, STRIP, (int)share, STRIP, gram->line);
    return SKEL_ALLOC(gram->count * STRIP, sizeof(double), &gram->mine);
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
    SKEL_TRY(skel_matrix_create(grid, STRIP, rows, &gram->strip));
    SKEL_TRY(skel_comm_agree(grid->comm, allocate_mine(gram, samples, outputs)));
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
    skel_matrix_destroy(&(*gram)->strip);
    SKEL_FREE(&(*gram)->mine);
    SKEL_FREE(gram);
}

/* Copies some columns of this rank's rows of G to its columns of the strip. */
static skel_status load(skel_gram *gram, size_t columns, size_t stride, const float rows[],
                        size_t from, size_t width)
{
    SKEL_ASSERT(from + width <= columns && columns <= stride);
    for (size_t i = 0; i < gram->count; i++) {
        const float *row = rows + i * stride + from;
        double *column = gram->mine + i * STRIP;

        for (size_t j = 0; j < width; j++) {
            column[j] = (double)row[j];
        }
        for (size_t j = 0; j < width; j++) {
            if (!isfinite(row[j])) {
                return SKEL_FAIL(SKEL_ERR_NUMBER, "Gram matrix: row %zu: element %zu is %g",
                                 gram->first + i, from + j, (double)row[j]);
            }
        }
    }
    return SKEL_OK;
}

/* Adds the products of the first `width` rows of the strip. */
static void multiply(skel_gram *gram, int width)
{
    const double alpha = 1;
    const double beta = 1;
    skel_matrix *strip = gram->strip;
    skel_matrix *sum = gram->sum;

    if (gram->grid->rows * gram->grid->columns == 1) {
        int leading = STRIP;

        dsyrk_("L", "T", &gram->rows, &width, &alpha, gram->mine, &leading, &beta, sum->data,
               &gram->rows);
        return;
    }
    pdgemr2d_(&width, &gram->rows, gram->mine, &one, &one, gram->line, strip->data, &one, &one,
              strip->descriptor, &gram->grid->context);
    pdsyrk_("L", "T", &gram->rows, &width, &alpha, strip->data, &one, &one, strip->descriptor,
            &beta, sum->data, &one, &one, sum->descriptor);
}

skel_status skel_gram_add(skel_gram *gram, size_t columns, size_t stride, const float rows[])
{
    skel_status status = SKEL_OK;

    for (size_t from = 0; from < columns; from += STRIP) {
        size_t width = columns - from < STRIP ? columns - from : STRIP;

        SKEL_TRY(skel_comm_agree(gram->grid->comm, load(gram, columns, stride, rows, from, width)));
        multiply(gram, (int)width);
    }
done:
    return status;
}

skel_status skel_gram_finish(skel_gram **gram, skel_matrix **out)
{
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_matrix_mirror((*gram)->sum));
    *out = (*gram)->sum;
    (*gram)->sum = NULL;
done:
    skel_gram_destroy(gram);
    return status;
}
