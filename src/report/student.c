/* Student's t distribution. */
#include "skel/student.h"

#include <math.h>
#include <stdbool.h>

/* The continued fraction converges in O(sqrt(max(a, b))) terms where x < (a + 1) / (a + b + 2). */
static const double precision = 1e-15;
enum { MOST_TERMS = 100000 };

/* Numerator d_m of DLMF 8.17.23. */
static double numerator(double a, double b, double x, double m, bool is_odd)
{
    return is_odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                  : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

/* 1 + d_1 / (1 + d_2 / (1 + ...)), by Lentz' method as modified by Thompson and Barnett. */
static double fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1;
    double d = 0;
    double value = 1;

    for (int i = 1; i < MOST_TERMS; i++) {
        int half = i / 2;
        double term = numerator(a, b, x, half, i % 2 == 1);
        double change = 0;

        d = 1 + term * d;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = 1 + term / c;
        c = fabs(c) < tiny ? tiny : c;
        change = c * d;
        value *= change;
        if (fabs(change - 1) < precision) {
            break;
        }
    }
    return value;
}

/* Both `x` and its complement are given, because 1 - x of a small x has lost its digits. */
static double lower_tail(double a, double b, double x, double rest)
{
    double log_front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest) - log(a);

    return exp(log_front) / fraction(a, b, x);
}

static double beta(double a, double b, double x, double rest)
{
    if (isnan(a) || isnan(b) || isnan(x) || a <= 0 || b <= 0 || x < 0 || rest < 0) {
        return (double)NAN;
    }
    if (x == 0 || rest == 0) {
        return x == 0 ? 0 : 1;
    }
    return x < (a + 1) / (a + b + 2) ? lower_tail(a, b, x, rest) : 1 - lower_tail(b, a, rest, x);
}

double skel_student_beta(double a, double b, double x)
{
    return beta(a, b, x, 1 - x);
}

double skel_student_tails(double t, double freedom)
{
    double square = t * t;

    if (isinf(t)) {
        return 0;
    }
    return beta(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square));
}

double skel_student_quantile(double tails, double freedom)
{
    double low = 0;
    double high = 1;

    if (!(tails > 0 && tails < 1 && freedom > 0)) {
        return (double)NAN;
    }
    while (skel_student_tails(high, freedom) > tails && high < 1e150) {
        low = high;
        high *= 2;
    }
    for (double middle = (low + high) / 2; middle > low && middle < high;
         middle = (low + high) / 2) {
        if (skel_student_tails(middle, freedom) > tails) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}
