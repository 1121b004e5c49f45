/** Student's t distribution, through the regularized incomplete beta function. */
#ifndef SKEL_STUDENT_H
#define SKEL_STUDENT_H

/** The regularized incomplete beta function I_x(a, b), the distribution function of the beta
 *  distribution.
 *
 *  Local. `a` and `b` above 0, `x` from 0 to 1; else NaN.
 *  Source: DiDonato and Morris, "Significant digit computation of the incomplete beta function
 *  ratios", ACM TOMS 708 (1992); here by the continued fraction DLMF 8.17.22.
 */
double skel_student_beta(double a, double b, double x);

/** Two-sided tail of Student's distribution: the probability of a value beyond t or -t.
 *
 *  Local. `freedom` above 0 need not be whole. NaN if an argument is NaN.
 *  Source: DLMF 8.17; Abramowitz and Stegun 26.7.1.
 */
double skel_student_tails(double t, double freedom);

/** The t beyond which, on both sides together, lies the probability `tails`.
 *
 *  Local. skel_student_quantile(0.05, n - 1) belongs to an interval of 95 %.
 *  @param tails  above 0, below 1
 */
double skel_student_quantile(double tails, double freedom);

#endif
