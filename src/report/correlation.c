/* Spearman's rank correlation, and its bootstrap. */
#include "skel/correlation.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <stdlib.h>

/* A number and its place. */
typedef struct ranked {
    double value;
    size_t place;
} ranked;

/* Pairs, and room for a sample of them. */
typedef struct pairs {
    size_t count;
    double *x;       /* [count] by group */
    double *y;       /* [count] */
    size_t *end;     /* [groups] behind the group's last pair */
    size_t drawn;    /* pairs of the sample */
    double *sample;  /* [2][capacity] x, then y */
    double *rank;    /* [2][capacity] */
    ranked *order;   /* [capacity] */
    size_t capacity; /* of a sample: all groups may be the largest */
} pairs;

static int ascending(const void *left, const void *right)
{
    double a = ((const ranked *)left)->value;
    double b = ((const ranked *)right)->value;

    return (a > b) - (a < b);
}

/* Ranks from 0; equal values share their mean rank. */
static void rank(size_t count, const double value[], ranked order[], double out[])
{
    size_t end = 0;

    for (size_t i = 0; i < count; i++) {
        order[i] = (ranked){value[i], i};
    }
    qsort(order, count, sizeof *order, ascending);
    for (size_t first = 0; first < count; first = end) {
        end = first + 1;
        while (end < count && order[end].value == order[first].value) {
            end++;
        }
        for (size_t i = first; i < end; i++) {
            out[order[i].place] = (double)(first + end - 1) / 2;
        }
    }
}

/* Pearson's correlation of ranks, whose mean is known. NaN if one of them is constant. */
static double correlate(size_t count, const double a[], const double b[])
{
    double mean = (double)(count - 1) / 2;
    double aa = 0;
    double bb = 0;
    double ab = 0;

    for (size_t i = 0; i < count; i++) {
        aa += (a[i] - mean) * (a[i] - mean);
        bb += (b[i] - mean) * (b[i] - mean);
        ab += (a[i] - mean) * (b[i] - mean);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : (double)NAN;
}

static double spearman(const pairs *all, size_t count, const double x[], const double y[])
{
    double *b = all->rank + all->capacity;

    if (count < 2) {
        return (double)NAN;
    }
    rank(count, x, all->order, all->rank);
    rank(count, y, all->order, b);
    return correlate(count, all->rank, b);
}

/* Sorts the pairs without a NaN by their groups. */
static void sort_pairs(size_t count, const double x[], const double y[], size_t groups,
                       const size_t group[], pairs *out)
{
    size_t largest = 0;

    for (size_t g = 0; g < groups; g++) {
        size_t first = out->count;

        for (size_t i = 0; i < count; i++) {
            if (group[i] == g && !isnan(x[i]) && !isnan(y[i])) {
                out->x[out->count] = x[i];
                out->y[out->count++] = y[i];
            }
        }
        out->end[g] = out->count;
        largest = out->count - first > largest ? out->count - first : largest;
    }
    out->capacity = groups * largest;
}

/* Groups with replacement, then pairs of each with replacement. */
static void draw(size_t groups, skel_stream *stream, pairs *all)
{
    all->drawn = 0;
    for (size_t i = 0; i < groups; i++) {
        size_t g = skel_stream_below(stream, (uint32_t)groups);
        size_t first = g > 0 ? all->end[g - 1] : 0;
        size_t size = all->end[g] - first;

        for (size_t k = 0; k < size; k++) {
            size_t place = first + skel_stream_below(stream, (uint32_t)size);

            all->sample[all->drawn] = all->x[place];
            all->sample[all->capacity + all->drawn++] = all->y[place];
        }
    }
}

/* The value below which a share of the sorted values lies, between two of them by a line. */
static double quantile(size_t count, const ranked value[], double share)
{
    double at = share * (double)(count - 1);
    size_t below = (size_t)at;
    size_t above = below + 1 < count ? below + 1 : below;

    return value[below].value + (at - (double)below) * (value[above].value - value[below].value);
}

static skel_status bootstrap(size_t groups, pairs *all, skel_correlation *out)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_RESAMPLE, 0, 0);
    ranked *found = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(SKEL_CORRELATION_DRAWS, sizeof *found, &found));
    for (size_t i = 0; i < SKEL_CORRELATION_DRAWS; i++) {
        double rho = 0;

        draw(groups, &stream, all);
        rho = spearman(all, all->drawn, all->sample, all->sample + all->capacity);
        if (!isnan(rho)) { /* a sample may be one pair, many times */
            found[count++].value = rho;
        }
    }
    if (count > 0) {
        qsort(found, count, sizeof *found, ascending);
        out->low = quantile(count, found, 0.025);
        out->high = quantile(count, found, 0.975);
    }
done:
    SKEL_FREE(&found);
    return status;
}

skel_status skel_correlation_make(size_t count, const double x[], const double y[], size_t groups,
                                  const size_t group[], skel_correlation *out)
{
    pairs all = {0};
    skel_status status = SKEL_OK;

    *out = (skel_correlation){.rho = (double)NAN, .low = (double)NAN, .high = (double)NAN};
    if (count == 0 || groups == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(count, sizeof *all.x, &all.x));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *all.y, &all.y));
    SKEL_TRY(SKEL_ALLOC(groups, sizeof *all.end, &all.end));
    sort_pairs(count, x, y, groups, group, &all);
    SKEL_TRY(SKEL_ALLOC(2 * all.capacity + 1, sizeof *all.sample, &all.sample));
    SKEL_TRY(SKEL_ALLOC(2 * all.capacity + 1, sizeof *all.rank, &all.rank));
    SKEL_TRY(SKEL_ALLOC(all.capacity + 1, sizeof *all.order, &all.order));
    out->count = all.count;
    out->rho = spearman(&all, all.count, all.x, all.y);
    if (!isnan(out->rho)) {
        SKEL_TRY(bootstrap(groups, &all, out));
    }
done:
    SKEL_FREE(&all.x);
    SKEL_FREE(&all.y);
    SKEL_FREE(&all.end);
    SKEL_FREE(&all.sample);
    SKEL_FREE(&all.rank);
    SKEL_FREE(&all.order);
    return status;
}
