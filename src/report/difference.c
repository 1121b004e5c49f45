/* Difference of two means: paired, or by Welch's test; Holm's correction over many. */
#include "skel/difference.h"

#include "skel/student.h"

#include <math.h>

static const skel_difference unknown = {
    .mean = (double)NAN,
    .low = (double)NAN,
    .high = (double)NAN,
    .t = (double)NAN,
    .freedom = (double)NAN,
    .p = (double)NAN,
    .p_adjusted = (double)NAN,
};

/* Without any spread every difference but 0 is certain. */
static void judge(double error, double freedom, skel_difference *out)
{
    double half = 0;

    out->freedom = freedom;
    if (error > 0) {
        half = skel_student_quantile(0.05, freedom) * error;
        out->t = out->mean / error;
        out->p = skel_student_tails(out->t, freedom);
    } else {
        out->t = out->mean == 0 ? 0 : copysign(HUGE_VAL, out->mean);
        out->p = out->mean == 0 ? 1 : 0;
    }
    out->low = out->mean - half;
    out->high = out->mean + half;
}

void skel_difference_paired(size_t count, const double a[], const double b[], skel_difference *out)
{
    double squares = 0;
    double sum = 0;

    *out = unknown;
    out->is_paired = true;
    out->count[0] = out->count[1] = count;
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        sum += a[i] - b[i];
    }
    out->mean = sum / (double)count;
    if (count < 2) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        double rest = a[i] - b[i] - out->mean;

        squares += rest * rest;
    }
    judge(sqrt(squares / (double)(count - 1) / (double)count), (double)(count - 1), out);
}

static double mean_of(size_t count, const double values[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

/* Variance of the mean. */
static double variance_of_mean(size_t count, const double values[])
{
    double mean = mean_of(count, values);
    double squares = 0;

    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    return squares / (double)(count - 1) / (double)count;
}

void skel_difference_welch(size_t count_a, const double a[], size_t count_b, const double b[],
                           skel_difference *out)
{
    double of_a = 0;
    double of_b = 0;
    double both = 0;
    double freedom = 0;

    *out = unknown;
    out->count[0] = count_a;
    out->count[1] = count_b;
    if (count_a == 0 || count_b == 0) {
        return;
    }
    out->mean = mean_of(count_a, a) - mean_of(count_b, b);
    if (count_a < 2 || count_b < 2) {
        return;
    }
    of_a = variance_of_mean(count_a, a);
    of_b = variance_of_mean(count_b, b);
    both = of_a + of_b;
    freedom =
        both * both / (of_a * of_a / (double)(count_a - 1) + of_b * of_b / (double)(count_b - 1));
    judge(sqrt(both), freedom, out);
}

/* The comparison of rank `rank` among those with a p: the first with the least p that is larger
 * than `last`'s, or equal and behind it. */
static size_t next_of(size_t count, const skel_difference differences[], size_t last)
{
    size_t found = count;

    for (size_t i = 0; i < count; i++) {
        double p = differences[i].p;
        bool is_behind =
            last == count || p > differences[last].p || (p == differences[last].p && i > last);

        if (!isnan(p) && is_behind && (found == count || p < differences[found].p)) {
            found = i;
        }
    }
    return found;
}

void skel_difference_holm(size_t count, skel_difference differences[])
{
    size_t left = 0;
    double largest = 0;

    for (size_t i = 0; i < count; i++) {
        left += isnan(differences[i].p) ? 0 : 1;
    }
    for (size_t i = next_of(count, differences, count); i < count;
         i = next_of(count, differences, i)) {
        largest = fmax(largest, fmin(1, (double)left * differences[i].p));
        differences[i].p_adjusted = largest;
        left--;
    }
}

bool skel_difference_is_clear(const skel_difference *difference)
{
    return difference->p_adjusted < 0.05 && (difference->low > 0 || difference->high < 0);
}
