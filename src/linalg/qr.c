/* QR factorisation in blocks of columns, dealt out to the ranks in turn. */
#include "skel/qr.h"

#include "lapack.h"

#include "skel/memory.h"
#include "skel/watchdog.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <mpi.h>
#include <string.h>

/* The factors. The data of a block stand at the block's first column. */
typedef struct qr_work {
    const skel_comm *comm;
    size_t count;
    size_t length;
    double *factor;   /* [count][length] R on and above the diagonal, reflectors below */
    double *triangle; /* [count][SKEL_QR_BLOCK] triangles of the blocks' reflectors */
    double *scratch;  /* [SKEL_QR_BLOCK][SKEL_QR_BLOCK] of LAPACK */
    double *image;    /* [length] A times signs */
    double *line;     /* [count] */
} qr_work;

static size_t width_of(const qr_work *work, size_t first)
{
    return work->count - first < SKEL_QR_BLOCK ? work->count - first : SKEL_QR_BLOCK;
}

static int owner_of(const qr_work *work, size_t first)
{
    return (int)(first / SKEL_QR_BLOCK) % skel_comm_size(work->comm);
}

static bool is_own(const qr_work *work, size_t first)
{
    return owner_of(work, first) == skel_comm_rank(work->comm);
}

/* A sign that follows no pattern of a matrix. */
static double sign_of(size_t i)
{
    return __builtin_parityll((i + 1) * UINT64_C(0x9E3779B97F4A7C15)) != 0 ? 1 : -1;
}

/* Gives all ranks the columns of a block, and the triangle of its reflectors if it is wanted. */
static void share(const qr_work *work, size_t first, double columns[], double triangle[])
{
    const MPI_Comm *mpi = skel_comm_mpi(work->comm);
    int owner = owner_of(work, first);
    size_t width = width_of(work, first);

    skel_watchdog_beat();
    if (skel_comm_size(work->comm) == 1) {
        return;
    }
    MPI_Bcast(columns, (int)(width * work->length), MPI_DOUBLE, owner, *mpi);
    if (triangle != NULL) {
        MPI_Bcast(triangle, (int)(width * SKEL_QR_BLOCK), MPI_DOUBLE, owner, *mpi);
    }
}

/* Applies a block's reflectors, transposed or not, to another block of columns. */
static void apply(const qr_work *work, const char *form, size_t block, size_t width,
                  double columns[])
{
    int rows = (int)(work->length - block);
    int across = (int)width;
    int reflectors = (int)width_of(work, block);
    int leading = (int)work->length;
    int leading_triangle = SKEL_QR_BLOCK;
    int info = 0;

    dgemqrt_("L", form, &rows, &across, &reflectors, &reflectors,
             work->factor + block * work->length + block, &leading,
             work->triangle + block * SKEL_QR_BLOCK, &leading_triangle, columns + block, &leading,
             work->scratch, &info);
    SKEL_ASSERT(info == 0);
}

static void factor_block(const qr_work *work, size_t block)
{
    int rows = (int)(work->length - block);
    int width = (int)width_of(work, block);
    int leading = (int)work->length;
    int leading_triangle = SKEL_QR_BLOCK;
    int info = 0;

    dgeqrt_(&rows, &width, &width, work->factor + block * work->length + block, &leading,
            work->triangle + block * SKEL_QR_BLOCK, &leading_triangle, work->scratch, &info);
    SKEL_ASSERT(info == 0);
}

static void factor(const qr_work *work)
{
    for (size_t block = 0; block < work->count; block += SKEL_QR_BLOCK) {
        if (is_own(work, block)) {
            factor_block(work, block);
        }
        share(work, block, work->factor + block * work->length,
              work->triangle + block * SKEL_QR_BLOCK);
        for (size_t own = block + SKEL_QR_BLOCK; own < work->count; own += SKEL_QR_BLOCK) {
            if (is_own(work, own)) {
                apply(work, "T", block, width_of(work, own), work->factor + own * work->length);
            }
        }
    }
}

/* Columns of Q: the reflectors of all blocks up to their own, applied to columns of the identity. A
 * column changes its sign with its element of R's diagonal. */
static void form_block(const qr_work *work, size_t first, double columns[])
{
    size_t length = work->length;
    size_t width = width_of(work, first);

    memset(columns, 0, width * length * sizeof *columns);
    for (size_t j = 0; j < width; j++) {
        double diagonal = work->factor[(first + j) * length + first + j];

        columns[j * length + first + j] = diagonal < 0 ? -1 : 1;
    }
    for (size_t block = first + SKEL_QR_BLOCK; block > 0; block -= SKEL_QR_BLOCK) {
        apply(work, "N", block - SKEL_QR_BLOCK, width, columns);
    }
}

static void form(const qr_work *work, double vectors[])
{
    for (size_t first = 0; first < work->count; first += SKEL_QR_BLOCK) {
        if (is_own(work, first)) {
            form_block(work, first, vectors + first * work->length);
        }
    }
    for (size_t first = 0; first < work->count; first += SKEL_QR_BLOCK) {
        share(work, first, vectors + first * work->length, NULL);
    }
}

/* Adds the columns, each times its element of `line`. */
static void combine(const qr_work *work, const double columns[], const double line[], double sum[])
{
    memset(sum, 0, work->length * sizeof *sum);
    for (size_t j = 0; j < work->count; j++) {
        for (size_t i = 0; i < work->length; i++) {
            sum[i] += line[j] * columns[j * work->length + i];
        }
    }
}

/* Q' (Q s) against s. */
static double lost_orthogonality(const qr_work *work, const double vectors[], double line[],
                                 double image[])
{
    double error = 0;

    for (size_t j = 0; j < work->count; j++) {
        line[j] = sign_of(j);
    }
    combine(work, vectors, line, image);
    for (size_t j = 0; j < work->count; j++) {
        double product = 0;

        for (size_t i = 0; i < work->length; i++) {
            product += vectors[j * work->length + i] * image[i];
        }
        error = hypot(error, product - sign_of(j));
    }
    return error;
}

/* Q (R s) against A s. Rows of R change their signs with the columns of Q. */
static double lost_product(const qr_work *work, const double vectors[], double line[],
                           double image[])
{
    double error = 0;

    memset(line, 0, work->count * sizeof *line);
    for (size_t j = 0; j < work->count; j++) {
        for (size_t i = 0; i <= j; i++) {
            double flip = work->factor[i * work->length + i] < 0 ? -1 : 1;

            line[i] += flip * work->factor[j * work->length + i] * sign_of(j);
        }
    }
    combine(work, vectors, line, image);
    for (size_t i = 0; i < work->length; i++) {
        error = hypot(error, image[i] - work->image[i]);
    }
    return error;
}

/* Householder's reflectors lose at most a small multiple of length * count * eps (Higham 2002,
 * theorem 19.4); the norm of the vector of signs is the root of the count. */
static skel_status check_result(const qr_work *work, const double vectors[], double norm,
                                double image[])
{
    double rounding =
        8 * (double)work->length * (double)work->count * DBL_EPSILON * sqrt((double)work->count);
    double skew = lost_orthogonality(work, vectors, work->line, image);
    double off = lost_product(work, vectors, work->line, image);

    if (!(skew <= rounding) || !(off <= rounding * norm)) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "QR factorisation of %zu vectors of %zu elements: Q'Q is %g off and Q R "
                         "is %g off, and rounding explains %g and %g",
                         work->count, work->length, skew, off, rounding, rounding * norm);
    }
    return SKEL_OK;
}

/* Keeps the vectors and their sum times signs; returns their norm. */
static double begin(const qr_work *work, const double vectors[])
{
    double squares = 0;

    memcpy(work->factor, vectors, work->count * work->length * sizeof *vectors);
    for (size_t j = 0; j < work->count; j++) {
        work->line[j] = sign_of(j);
    }
    combine(work, vectors, work->line, work->image);
    for (size_t i = 0; i < work->count * work->length; i++) {
        squares += vectors[i] * vectors[i];
    }
    return sqrt(squares);
}

static skel_status check_size(size_t count, size_t length)
{
#ifndef SKEL_SCALAPACK
    return SKEL_FAIL(SKEL_ERR_MISSING,
                     "QR factorisation: this skel was built without ScaLAPACK and LAPACK; build it "
                     "with cmake -DSKEL_SCALAPACK=ON");
#endif
    SKEL_ASSERT(count >= 1 && count <= length);
    if (length > INT_MAX / SKEL_QR_BLOCK) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "QR factorisation of vectors of %zu elements: LAPACK counts the elements "
                         "of a block with 32 bits",
                         length);
    }
    return SKEL_OK;
}

static skel_status take(qr_work *work)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(check_size(work->count, work->length));
    SKEL_TRY(SKEL_ALLOC_RAW(work->count * work->length, sizeof(double), &work->factor));
    SKEL_TRY(SKEL_ALLOC(work->count * SKEL_QR_BLOCK, sizeof(double), &work->triangle));
    SKEL_TRY(SKEL_ALLOC((size_t)SKEL_QR_BLOCK * SKEL_QR_BLOCK, sizeof(double), &work->scratch));
    SKEL_TRY(SKEL_ALLOC(2 * work->length, sizeof(double), &work->image));
    SKEL_TRY(SKEL_ALLOC(work->count, sizeof(double), &work->line));
done:
    return status;
}

bool skel_qr_pays(size_t count, size_t length)
{
#ifdef SKEL_SCALAPACK
    static const double least = 3e7; /* see qr.h */

    return (double)count * (double)count * (double)length >= least;
#else
    return false;
#endif
}

skel_status skel_qr_orthonormalise(const skel_comm *comm, size_t count, size_t length,
                                   double vectors[])
{
    qr_work work = {.comm = comm, .count = count, .length = length};
    double norm = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, take(&work)));
    norm = begin(&work, vectors);
    if (!isfinite(norm)) {
        status = SKEL_FAIL(
            SKEL_ERR_NUMBER,
            "QR factorisation of %zu vectors: an element is not finite, or too large", count);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_lapack_one_thread();
    factor(&work);
    form(&work, vectors);
    status = skel_comm_agree(comm, check_result(&work, vectors, norm, work.image + length));
done:
    SKEL_FREE(&work.factor);
    SKEL_FREE(&work.triangle);
    SKEL_FREE(&work.scratch);
    SKEL_FREE(&work.image);
    SKEL_FREE(&work.line);
    return status;
}
