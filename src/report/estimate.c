/* Mean of a sample, with its standard deviation and interval. */
#include "skel/estimate.h"

#include "skel/student.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Moves the finite values to the front; returns their number. */
static size_t drop_others(size_t count, double values[])
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) {
            values[kept++] = values[i];
        }
    }
    return kept;
}

void skel_running_add(skel_running *running, double value)
{
    double distance = value - running->mean;

    if (isfinite(value)) {
        running->count++;
        running->mean += distance / (double)running->count;
        running->squares += distance * (value - running->mean);
    }
}

double skel_running_deviation(const skel_running *running)
{
    return running->count > 1 ? sqrt(running->squares / (double)(running->count - 1)) : (double)NAN;
}

static void measure_spread(size_t count, const double values[], skel_estimate *out)
{
    double squares = 0;
    double half = 0;

    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - out->mean) * (values[i] - out->mean);
    }
    out->deviation = sqrt(squares / (double)(count - 1));
    half = skel_student_quantile(0.05, (double)(count - 1)) * out->deviation / sqrt((double)count);
    out->low = out->mean - half;
    out->high = out->mean + half;
}

void skel_estimate_make(size_t count, double values[], skel_estimate *out)
{
    const double none = (double)NAN;
    double sum = 0;

    *out = (skel_estimate){drop_others(count, values), none, none, none, none, none, none, none};
    count = out->count;
    if (count == 0) {
        return;
    }
    qsort(values, count, sizeof *values, ascending);
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    out->mean = sum / (double)count;
    if (count > 1) {
        measure_spread(count, values, out);
    }
    if (count >= SKEL_ESTIMATE_MEDIAN) {
        out->median = (values[(count - 1) / 2] + values[count / 2]) / 2;
        out->least = values[0];
        out->most = values[count - 1];
    }
}
