/* Sums and counts over all weights. */
#include "sums_kernels.h"

enum {
    LANES = 32,    /* partial sums: enough for vectors and for the additions' latency */
    COUNTERS = 64, /* counts of a byte each, side by side */
    ROWS = 255,    /* the most that a counter can count */
};

/* |product|, or 0 for an element that is not kept. A condition in its place becomes a branch that is
 * taken at random, for each element. */
static inline double kept_magnitude(uint8_t keep, double product)
{
    union {
        double number;
        uint64_t bits;
    } of = {.number = product};

    of.bits &= (UINT64_C(0) - keep) >> 1; /* the sign is the first bit */
    return of.number;
}

static double products(size_t count, const uint8_t keep[restrict], const float a[restrict],
                       const float b[restrict])
{
    double lane[LANES] = {0};
    double sum = 0;
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += kept_magnitude(keep[i + j], (double)a[i + j] * (double)b[i + j]);
        }
    }
    for (; i < count; i++) {
        sum += kept_magnitude(keep[i], (double)a[i] * (double)b[i]);
    }
    for (size_t j = 0; j < LANES; j++) {
        sum += lane[j];
    }
    return sum;
}

static skel_prune_squares squares(size_t count, const uint8_t keep[restrict],
                                  const float values[restrict])
{
    double kept[LANES] = {0};
    double all[LANES] = {0};
    skel_prune_squares sum = {0};
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            double square = (double)values[i + j] * (double)values[i + j];

            kept[j] += keep[i + j] != 0 ? square : 0.0;
            all[j] += square;
        }
    }
    for (; i < count; i++) {
        double square = (double)values[i] * (double)values[i];

        sum.kept += keep[i] != 0 ? square : 0.0;
        sum.all += square;
    }
    for (size_t j = 0; j < LANES; j++) {
        sum.kept += kept[j];
        sum.all += all[j];
    }
    return sum;
}

/* The next bits of one weight; `*repruned` is 1 for a resurrected weight that the mask prunes. */
static inline uint8_t next(uint8_t keep, uint8_t bits, uint8_t *repruned)
{
    uint8_t was_kept = bits & SKEL_LINEAGE_KEPT;
    uint8_t resurrected = (uint8_t)(bits >> 1);
    uint8_t returns = (uint8_t)(keep & ~was_kept);

    *repruned = (uint8_t)(was_kept & resurrected & ~keep);
    return (uint8_t)(keep | (uint8_t)((resurrected | returns) << 1));
}

static size_t history_rows(size_t rows, const uint8_t keep[restrict], uint8_t lineage[restrict])
{
    uint8_t counter[COUNTERS] = {0};
    size_t repruned = 0;

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < COUNTERS; i++) {
            size_t at = row * COUNTERS + i;
            uint8_t one = 0;

            lineage[at] = next(keep[at], lineage[at], &one);
            counter[i] = (uint8_t)(counter[i] + one);
        }
    }
    for (size_t i = 0; i < COUNTERS; i++) {
        repruned += counter[i];
    }
    return repruned;
}

static size_t history(size_t count, const uint8_t keep[restrict], uint8_t lineage[restrict])
{
    size_t repruned = 0;
    size_t i = 0;

    while (count - i >= COUNTERS) {
        size_t rows = (count - i) / COUNTERS < ROWS ? (count - i) / COUNTERS : ROWS;

        repruned += history_rows(rows, keep + i, lineage + i);
        i += rows * COUNTERS;
    }
    for (; i < count; i++) {
        uint8_t one = 0;

        lineage[i] = next(keep[i], lineage[i], &one);
        repruned += one;
    }
    return repruned;
}

const skel_prune_sums SKEL_ISA_NAME(skel_prune_sums) = {
    .products = products,
    .squares = squares,
    .history = history,
};
