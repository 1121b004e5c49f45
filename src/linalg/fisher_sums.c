/* Sums over the weights of all ranks that have the same bits on any number of ranks: a part of each
 * block, added exactly. */
#include "fisher_sums.h"

#include "fisher_block.h"
#include "lapack.h"

#include "skel/exact.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK = SKEL_FISHER_BLOCK };

/* The largest element of the diagonal of any block's Gram matrix: no element is larger. */
static double largest(skel_fisher *fisher, const uint8_t removed[])
{
    double most = 0;

    for (size_t block = fisher->first; block < fisher->last; block++) {
        int width = skel_fisher_load(fisher, block, removed);

        for (size_t s = 0; s < fisher->samples; s++) {
            double sum = 0;

            for (int i = 0; i < width; i++) {
                sum += fisher->block[s * BLOCK + (size_t)i] * fisher->block[s * BLOCK + (size_t)i];
            }
            most = sum <= most || isnan(most) ? most : sum; /* NaN stays */
        }
    }
    return most;
}

static void gram(skel_fisher *fisher, const uint8_t removed[], double scale)
{
    const double one = 1;
    const double zero = 0;
    const int rows = BLOCK;
    int order = (int)fisher->samples;
    size_t n = fisher->samples;

    memset(fisher->sum, 0, n * n * sizeof *fisher->sum);
    for (size_t block = fisher->first; block < fisher->last; block++) {
        int width = skel_fisher_load(fisher, block, removed);

        if (width == 0) {
            continue;
        }
        dsyrk_("L", "T", &order, &width, &one, fisher->block, &rows, &zero, fisher->factor, &order);
        for (size_t column = 0; column < n; column++) {
            skel_exact_add(n - column, fisher->factor + column * n + column, scale,
                           fisher->sum + column * n + column);
        }
    }
    skel_comm_sum_i64(fisher->comm, n * n, fisher->sum);
}

/* K of row and column, row at or below column. */
static double element(const skel_fisher *fisher, double scale, size_t row, size_t column)
{
    double shift = row == column ? (double)fisher->samples * fisher->damping : 0;

    return (double)fisher->sum[column * fisher->samples + row] / scale + shift;
}

/* Element of a vector of signs that follows no pattern of a matrix. */
static double sign(size_t row)
{
    return __builtin_parityll((row + 1) * UINT64_C(0x9E3779B97F4A7C15)) != 0 ? 1 : -1;
}

/* A factor times a vector of signs, against the matrix times it. LAPACK's bound of a factor's
 * rounding errors is (n + 1) eps |L| |L'|, and |L|^2 is the trace. */
static skel_status compare(skel_fisher *fisher, double scale)
{
    size_t n = fisher->samples;
    double *product = fisher->vector;
    double *expected = fisher->block;
    double trace = 0;
    double error = 0;
    double bound = 0;

    memset(product, 0, n * sizeof *product);
    memset(expected, 0, n * sizeof *expected);
    for (size_t column = 0; column < n; column++) {
        trace += element(fisher, scale, column, column);
        for (size_t row = column; row < n; row++) {
            double value = element(fisher, scale, row, column);

            expected[row] += value * sign(column);
            expected[column] += row == column ? 0 : value * sign(row);
            product[column] += fisher->factor[column * n + row] * sign(row);
        }
    }
    for (size_t row = n; row-- > 0;) {
        double sum = 0;

        for (size_t column = 0; column <= row; column++) {
            sum += fisher->factor[column * n + row] * product[column];
        }
        error += (sum - expected[row]) * (sum - expected[row]);
    }
    bound = 8 * ((double)n + 1) * DBL_EPSILON * trace * sqrt((double)n);
    if (!(sqrt(error) <= bound)) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "Fisher matrix of %zu samples: LAPACK's Cholesky factor is wrong: times a "
                         "vector of signs it is %g off, and rounding explains %g",
                         n, sqrt(error), bound);
    }
    return SKEL_OK;
}

/* The root's factor. */
static skel_status factor(skel_fisher *fisher, double scale)
{
    size_t n = fisher->samples;
    int order = (int)n;
    int info = 0;

    for (size_t column = 0; column < n; column++) {
        for (size_t row = column; row < n; row++) {
            fisher->factor[column * n + row] = element(fisher, scale, row, column);
        }
    }
    dpotrf_("L", &order, fisher->factor, &order, &info);
    SKEL_ASSERT(info >= 0);
    if (info > 0) {
        return SKEL_FAIL(SKEL_ERR_NUMBER,
                         "Fisher matrix of %zu samples: not positive definite but for rounding: "
                         "its first %d rows and columns are singular with a damping of %g; more "
                         "damping helps",
                         n, info, fisher->damping);
    }
    return compare(fisher, scale);
}

skel_status skel_fisher_factor(skel_fisher *fisher, const uint8_t removed[])
{
    double most = largest(fisher, removed);
    double scale = 0;
    skel_status status = SKEL_OK;

    if (!isfinite(most)) {
        status = SKEL_FAIL(SKEL_ERR_NUMBER,
                           "Fisher matrix of %zu samples: a gradient is not finite, or its square "
                           "is not",
                           fisher->samples);
    }
    SKEL_TRY(skel_comm_agree(fisher->comm, status));
    skel_comm_max_f64(fisher->comm, 1, &most);
    scale = skel_exact_scale(most, fisher->blocks);
    gram(fisher, removed, scale);
    if (skel_comm_is_root(fisher->comm)) {
        status = factor(fisher, scale);
    }
    SKEL_TRY(skel_comm_agree(fisher->comm, status));
    skel_comm_broadcast(fisher->comm, fisher->samples * fisher->samples * sizeof(double),
                        fisher->factor);
done:
    return status;
}

/* A block's part of G_Q w_Q. */
static void outputs_of(const skel_fisher *fisher, size_t block, const uint8_t removed[],
                       const float weight[], double out[])
{
    size_t begin = block * BLOCK;
    size_t width = fisher->weights - begin < BLOCK ? fisher->weights - begin : BLOCK;
    const float *from = fisher->data + (block - fisher->first) * fisher->samples * BLOCK;

    for (size_t s = 0; s < fisher->samples; s++) {
        double sum = 0;

        for (size_t i = 0; i < width; i++) {
            if (removed[begin + i] != 0) {
                sum += (double)from[s * BLOCK + i] * (double)weight[begin + i];
            }
        }
        out[s] = sum;
    }
}

void skel_fisher_outputs(skel_fisher *fisher, const uint8_t removed[], const float weight[])
{
    size_t n = fisher->samples;
    double *part = fisher->block;
    double most = 0;
    double scale = 0;

    for (size_t block = fisher->first; block < fisher->last; block++) {
        outputs_of(fisher, block, removed, weight, part);
        for (size_t s = 0; s < n; s++) {
            most = fmax(most, fabs(part[s]));
        }
    }
    skel_comm_max_f64(fisher->comm, 1, &most);
    scale = skel_exact_scale(most, fisher->blocks);
    memset(fisher->sum, 0, n * sizeof *fisher->sum);
    for (size_t block = fisher->first; block < fisher->last; block++) {
        outputs_of(fisher, block, removed, weight, part);
        skel_exact_add(n, part, scale, fisher->sum);
    }
    skel_comm_sum_i64(fisher->comm, n, fisher->sum);
    for (size_t s = 0; s < n; s++) {
        fisher->vector[s] = (double)fisher->sum[s] / scale;
    }
}
