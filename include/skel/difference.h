/** Difference of two means: paired, or by Welch's test; Holm's correction over many. */
#ifndef SKEL_DIFFERENCE_H
#define SKEL_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/** Mean of a sample less mean of another. Plain data. NaN where a number is not defined. */
typedef struct skel_difference {
    bool is_paired;
    size_t count[2]; /**< values; of pairs both are the number of pairs */
    double mean;     /**< of the first less that of the second */
    double low;      /**< 95 % interval of the difference; needs two values of each */
    double high;
    double t;
    double freedom;    /**< degrees of freedom; of Welch not whole */
    double p;          /**< two-sided, of no difference */
    double p_adjusted; /**< by Holm, once skel_difference_holm() was called */
} skel_difference;

/** Compares values in pairs: the mean of a[i] - b[i].
 *
 *  Local. Finite values. Without any spread p is 0, or 1 if the mean is 0, too.
 *  Source: Student, "The probable error of a mean", Biometrika 6 (1908).
 */
void skel_difference_paired(size_t count, const double a[], const double b[], skel_difference *out);

/** Compares two samples whose variances may differ.
 *
 *  Local. Finite values.
 *  Source: Welch, "The generalization of 'Student's' problem when several different population
 *  variances are involved", Biometrika 34 (1947).
 */
void skel_difference_welch(size_t count_a, const double a[], size_t count_b, const double b[],
                           skel_difference *out);

/** Sets `p_adjusted` of all comparisons of one table. A p that is NaN is no comparison.
 *
 *  Local. Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
 *  Journal of Statistics 6 (1979).
 */
void skel_difference_holm(size_t count, skel_difference differences[]);

/** Whether the data tell the two means apart: the interval of the difference does not hold 0, and
 *  p after Holm's correction is below 0.05.
 *
 *  Local.
 */
bool skel_difference_is_clear(const skel_difference *difference);

#endif
