/* Second moments. */
#include "skel/moments.h"

#include "lapack.h"

#include "skel/exact.h"
#include "skel/memory.h"

#include <limits.h>
#include <math.h>

struct skel_moments {
    const skel_comm *comm;
    size_t order;
    size_t parts;
    double most;  /* of any part's diagonal */
    double scale; /* of the sum */
    double *part; /* [order][order] */
    int64_t *sum; /* [order][order] */
};

static skel_status check(size_t order)
{
#ifndef SKEL_SCALAPACK
    return SKEL_FAIL(SKEL_ERR_MISSING,
                     "second moments: this skel was built without ScaLAPACK and LAPACK; build it "
                     "with cmake -DSKEL_SCALAPACK=ON");
#endif
    if (order < 1 || order > INT_MAX / order) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "second moments of %zu elements: LAPACK counts the elements of a matrix "
                         "with 32 bits",
                         order);
    }
    return SKEL_OK;
}

skel_status skel_moments_create(const skel_comm *comm, size_t order, size_t parts,
                                skel_moments **out)
{
    skel_moments *moments = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(check(order));
    SKEL_TRY(SKEL_ALLOC(1, sizeof *moments, &moments));
    moments->comm = comm;
    moments->order = order;
    moments->parts = parts;
    skel_lapack_one_thread();
    SKEL_TRY(SKEL_ALLOC(order * order, sizeof(double), &moments->part));
    SKEL_TRY(SKEL_ALLOC(order * order, sizeof(int64_t), &moments->sum));
    *out = moments;
    moments = NULL;
done:
    skel_moments_destroy(&moments);
    return status;
}

void skel_moments_destroy(skel_moments **moments)
{
    if (*moments == NULL) {
        return;
    }
    SKEL_FREE(&(*moments)->part);
    SKEL_FREE(&(*moments)->sum);
    SKEL_FREE(moments);
}

void skel_moments_measure(skel_moments *moments, size_t count, const double vectors[])
{
    for (size_t i = 0; i < moments->order; i++) {
        double sum = 0;

        for (size_t v = 0; v < count; v++) {
            sum += vectors[v * moments->order + i] * vectors[v * moments->order + i];
        }
        if (!isnan(moments->most) && !(sum <= moments->most)) {
            moments->most = sum;
        }
    }
}

skel_status skel_moments_scale(skel_moments *moments)
{
    skel_status status = SKEL_OK;

    if (!isfinite(moments->most)) {
        status = SKEL_FAIL(SKEL_ERR_NUMBER, "second moments: an element is not finite");
    }
    SKEL_TRY(skel_comm_agree(moments->comm, status));
    skel_comm_max_f64(moments->comm, 1, &moments->most);
    moments->scale = skel_exact_scale(moments->most, moments->parts);
done:
    return status;
}

void skel_moments_add(skel_moments *moments, size_t count, const double vectors[])
{
    const double one = 1;
    const double zero = 0;
    int order = (int)moments->order;
    int columns = (int)count;
    size_t n = moments->order;

    dsyrk_("L", "N", &order, &columns, &one, vectors, &order, &zero, moments->part, &order);
    for (size_t column = 0; column < n; column++) {
        skel_exact_add(n - column, moments->part + column * n + column, moments->scale,
                       moments->sum + column * n + column);
    }
}

void skel_moments_finish(skel_moments *moments, double vectors, double damping, double matrix[])
{
    size_t n = moments->order;

    skel_comm_sum_i64(moments->comm, n * n, moments->sum);
    for (size_t column = 0; column < n; column++) {
        for (size_t row = column; row < n; row++) {
            double value = (double)moments->sum[column * n + row] / moments->scale / vectors;

            value += row == column ? damping : 0;
            matrix[column * n + row] = value;
            matrix[row * n + column] = value;
        }
    }
}
