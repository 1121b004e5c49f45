/* Removal of weights from a row. */
#include "skel/elimination.h"

#include "lapack.h"

#include "skel/memory.h"
#include "skel/watchdog.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 32 }; /* removals that the inverse is changed for at once */

/* Of the inputs that are left when a block of removals begins: their inverse, packed to their
 * number, with their weights and places in the row. A removal changes the weights and the diagonal
 * at once; the rest of the inverse waits for the block's end, and what the block's next removal
 * needs of it, one column, is computed from the columns of those before it. */
struct skel_elimination {
    size_t order;
    size_t fixed;
    const double *matrix;
    const char *what;
    double *whole;    /* [order][order] inverse of the whole matrix */
    double *inverse;  /* [order][order] */
    double *diagonal; /* [order] of the inverse behind all removals */
    double *removal;  /* [BLOCK][order] columns of the inverse, over the roots of their pivots */
    double *weight;   /* [order] */
    double *column;   /* [order] of an update */
    size_t *place;    /* [order] ascending */
    uint8_t *gone;    /* [order] whether the block has removed it */
};

/* The factor of a matrix in its place; 0, or LAPACK's complaint. */
static int factor(size_t count, double matrix[])
{
    int order = (int)count;
    int info = 0;

    dpotrf_("L", &order, matrix, &order, &info);
    SKEL_ASSERT(info >= 0);
    return info;
}

static skel_status reject(const skel_elimination *elimination)
{
    return SKEL_FAIL(SKEL_ERR_NUMBER,
                     "%s: the second moments of the inputs are not positive definite but for "
                     "rounding; more damping helps",
                     elimination->what);
}

/* Replaces a matrix by its inverse. */
static skel_status invert(skel_elimination *elimination, size_t count, double matrix[])
{
    int order = (int)count;
    int info = factor(count, matrix);

    if (info > 0) {
        return reject(elimination);
    }
    dpotri_("L", &order, matrix, &order, &info);
    SKEL_ASSERT(info == 0);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            matrix[i * count + j] = matrix[j * count + i];
        }
    }
    return SKEL_OK;
}

static skel_status allocate(skel_elimination *elimination)
{
    size_t order = elimination->order;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(order * order, sizeof(double), &elimination->whole));
    SKEL_TRY(SKEL_ALLOC(order * order, sizeof(double), &elimination->inverse));
    SKEL_TRY(SKEL_ALLOC(order, sizeof(double), &elimination->diagonal));
    SKEL_TRY(SKEL_ALLOC(BLOCK * order, sizeof(double), &elimination->removal));
    SKEL_TRY(SKEL_ALLOC(order, sizeof(double), &elimination->weight));
    SKEL_TRY(SKEL_ALLOC(order, sizeof(double), &elimination->column));
    SKEL_TRY(SKEL_ALLOC(order, sizeof(size_t), &elimination->place));
    SKEL_TRY(SKEL_ALLOC(order, 1, &elimination->gone));
    memcpy(elimination->whole, elimination->matrix, order * order * sizeof(double));
    status = invert(elimination, order, elimination->whole);
done:
    return status;
}

skel_status skel_elimination_create(size_t order, size_t fixed, const double matrix[],
                                    const char *what, skel_elimination **out)
{
    skel_elimination *elimination = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_ASSERT(fixed < order);
    skel_lapack_one_thread();
    SKEL_TRY(SKEL_ALLOC(1, sizeof *elimination, &elimination));
    elimination->order = order;
    elimination->fixed = fixed;
    elimination->matrix = matrix;
    elimination->what = what;
    SKEL_TRY(allocate(elimination));
    *out = elimination;
    elimination = NULL;
done:
    skel_elimination_destroy(&elimination);
    return status;
}

void skel_elimination_destroy(skel_elimination **elimination)
{
    if (*elimination == NULL) {
        return;
    }
    SKEL_FREE(&(*elimination)->whole);
    SKEL_FREE(&(*elimination)->inverse);
    SKEL_FREE(&(*elimination)->diagonal);
    SKEL_FREE(&(*elimination)->removal);
    SKEL_FREE(&(*elimination)->weight);
    SKEL_FREE(&(*elimination)->column);
    SKEL_FREE(&(*elimination)->place);
    SKEL_FREE(&(*elimination)->gone);
    SKEL_FREE(elimination);
}

size_t skel_elimination_bytes(size_t order)
{
    return (2 * order + BLOCK + 3) * order * sizeof(double) + order * (sizeof(size_t) + 1);
}

/* Lists the inputs that a row has, and copies their part of a matrix. */
static size_t gather(skel_elimination *elimination, const uint8_t keep[], const double matrix[])
{
    size_t order = elimination->order;
    size_t count = 0;

    for (size_t i = 0; i < order; i++) {
        if (i >= order - elimination->fixed || keep[i] != 0) {
            elimination->place[count++] = i;
        }
    }
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            elimination->inverse[a * count + b] =
                matrix[elimination->place[a] * order + elimination->place[b]];
        }
    }
    return count;
}

/* The inverse of the moments of the inputs that a row has. */
static skel_status prepare(skel_elimination *elimination, const uint8_t keep[],
                           const float weight[], size_t *count)
{
    skel_status status = SKEL_OK;

    *count = gather(elimination, keep, elimination->matrix);
    if (*count == elimination->order) {
        memcpy(elimination->inverse, elimination->whole, *count * *count * sizeof(double));
    } else if (*count > 0) {
        status = invert(elimination, *count, elimination->inverse);
    }
    for (size_t i = 0; i < *count; i++) {
        elimination->weight[i] = (double)weight[elimination->place[i]];
        elimination->diagonal[i] = elimination->inverse[i * *count + i];
        elimination->gone[i] = 0;
    }
    return status;
}

/* The weight that costs least; of equal ones, that with the lower place; `left` if there is none.
 * Fixed inputs, which are the last ones, do not count. */
static size_t cheapest(const skel_elimination *elimination, size_t left, double *cost)
{
    size_t best = left;

    for (size_t i = 0; i + elimination->fixed < left; i++) {
        double w = elimination->weight[i];
        double own = w * w / (2 * elimination->diagonal[i]);

        if (elimination->gone[i] == 0 && (best == left || own < *cost)) {
            best = i;
            *cost = own;
        }
    }
    return best;
}

/* Removes input `at` of `left`, behind `removals` others of the block. */
static void take(skel_elimination *elimination, size_t stride, size_t left, size_t at,
                 size_t removals)
{
    size_t order = elimination->order;
    double *column = elimination->removal + removals * order;
    double root = sqrt(elimination->diagonal[at]);
    double share = elimination->weight[at] / root;

    memcpy(column, elimination->inverse + at * stride, left * sizeof(double));
    for (size_t k = 0; k < removals; k++) {
        const double *before = elimination->removal + k * order;
        double here = before[at];

        for (size_t i = 0; i < left; i++) {
            column[i] -= here * before[i];
        }
    }
    for (size_t i = 0; i < left; i++) {
        column[i] /= root;
        elimination->weight[i] -= share * column[i];
        elimination->diagonal[i] -= column[i] * column[i];
    }
    elimination->gone[at] = 1;
}

/* Closes the gaps that a block's removals have left; returns the number of inputs left. */
static size_t close_gaps(skel_elimination *elimination, size_t stride, size_t left, size_t removals)
{
    double *inverse = elimination->inverse;
    size_t n = 0;

    for (size_t from = 0; from < left; from++) {
        if (elimination->gone[from] != 0) {
            continue;
        }
        elimination->place[n] = elimination->place[from];
        elimination->weight[n] = elimination->weight[from];
        for (size_t k = 0; k < removals; k++) {
            double *column = elimination->removal + k * elimination->order;

            column[n] = column[from];
        }
        for (size_t i = 0, to = 0; i < left; i++) {
            inverse[n * stride + to] = inverse[from * stride + i];
            to += elimination->gone[i] == 0;
        }
        n++;
    }
    memset(elimination->gone, 0, left);
    return n;
}

/* Changes the inverse for a block's removals: H^-1 less the product of their columns. */
static void downdate(skel_elimination *elimination, size_t stride, size_t left, size_t removals)
{
    const double minus = -1;
    const double one = 1;
    int rows = (int)left;
    int inner = (int)removals;
    int order = (int)elimination->order;
    int step = (int)stride;

    if (left > 0 && removals > 0) {
        dgemm_("N", "T", &rows, &rows, &inner, &minus, elimination->removal, &order,
               elimination->removal, &order, &one, elimination->inverse, &step);
    }
    for (size_t i = 0; i < left; i++) {
        elimination->diagonal[i] = elimination->inverse[i * stride + i];
    }
}

/* Removes at most `most` weights, and no more than a block. */
static skel_status remove_block(skel_elimination *elimination, size_t stride, size_t most,
                                size_t *left, double *highest, float scores[])
{
    size_t removals = 0;
    skel_status status = SKEL_OK;

    for (; removals < most && removals < BLOCK; removals++) {
        double cost = 0;
        size_t at = cheapest(elimination, *left, &cost);

        if (at == *left) {
            break; /* no weight is left */
        }
        if (!isfinite(cost) || !(elimination->diagonal[at] > 0)) {
            SKEL_TRY(reject(elimination));
        }
        *highest = fmax(*highest, cost);
        scores[elimination->place[at]] = (float)*highest;
        take(elimination, stride, *left, at, removals);
    }
    *left = close_gaps(elimination, stride, *left, removals);
    downdate(elimination, stride, *left, removals);
done:
    return status;
}

/* Scores of the weights that no removal has reached: above those of all that were removed. */
static void top(const skel_elimination *elimination, size_t left, double highest, float scores[])
{
    for (size_t i = 0; i < left; i++) {
        if (elimination->place[i] < elimination->order - elimination->fixed) {
            scores[elimination->place[i]] = nextafterf((float)highest, INFINITY);
        }
    }
}

skel_status skel_elimination_scores(skel_elimination *elimination, const uint8_t keep[],
                                    const float weight[], size_t most, float scores[])
{
    size_t count = 0;
    size_t left = 0;
    double highest = 0;
    skel_status status = prepare(elimination, keep, weight, &count);

    memset(scores, 0, (elimination->order - elimination->fixed) * sizeof *scores);
    SKEL_TRY(status);
    left = count;
    while (left > elimination->fixed && count - left < most) {
        SKEL_TRY(remove_block(elimination, count, most - (count - left), &left, &highest, scores));
    }
    skel_watchdog_beat();
    top(elimination, left, highest, scores);
done:
    return status;
}

/* H_RQ w_Q for the inputs R that a row has, into `column`. */
static void push(skel_elimination *elimination, size_t count, const uint8_t before[],
                 const uint8_t keep[], const float weight[])
{
    size_t order = elimination->order;

    memset(elimination->column, 0, order * sizeof(double));
    for (size_t q = 0; q < order - elimination->fixed; q++) {
        if (before[q] == 0 || keep[q] != 0) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            elimination->column[i] +=
                elimination->matrix[q * order + elimination->place[i]] * (double)weight[q];
        }
    }
}

skel_status skel_elimination_update(skel_elimination *elimination, const uint8_t before[],
                                    const uint8_t keep[], float weight[])
{
    const double one = 1;
    const int column = 1;
    size_t count = gather(elimination, keep, elimination->matrix);
    int order = (int)count;
    skel_status status = SKEL_OK;

    push(elimination, count, before, keep, weight);
    if (count > 0) {
        if (factor(count, elimination->inverse) > 0) {
            SKEL_TRY(reject(elimination));
        }
        dtrsm_("L", "L", "N", "N", &order, &column, &one, elimination->inverse, &order,
               elimination->column, &order);
        dtrsm_("L", "L", "T", "N", &order, &column, &one, elimination->inverse, &order,
               elimination->column, &order);
    }
    for (size_t i = 0; i < count; i++) {
        float *w = &weight[elimination->place[i]];

        *w = (float)((double)*w + elimination->column[i]);
    }
    for (size_t q = 0; q < elimination->order - elimination->fixed; q++) {
        weight[q] = keep[q] != 0 ? weight[q] : 0;
    }
    skel_watchdog_beat();
done:
    return status;
}
