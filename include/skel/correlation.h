/** Rank correlation of two numbers of many runs, with an interval. */
#ifndef SKEL_CORRELATION_H
#define SKEL_CORRELATION_H

#include "skel/status.h"

#include <stddef.h>

enum { SKEL_CORRELATION_DRAWS = 2000 /**< samples of the bootstrap */ };

/** A correlation. Plain data; NaN where it is not defined. */
typedef struct skel_correlation {
    size_t count; /**< pairs without a NaN */
    double rho;   /**< Spearman's rank correlation; NaN if one of the numbers is the same in all */
    double low;   /**< 2.5 % quantile of the bootstrap's samples */
    double high;  /**< 97.5 % quantile */
} skel_correlation;

/** Correlates pairs of numbers.
 *
 *  Local. Equal numbers share their mean rank; an infinite number is larger than all others. The
 *  bootstrap draws groups with replacement, then as many pairs of each with replacement, since
 *  pairs of a group share what is random in them. The same input gives the same interval.
 *  @param x      [count]
 *  @param y      [count]
 *  @param group  [count] number of the pair's group, below `groups`
 *  Errors: SKEL_ERR_MEMORY.
 *  Source: Spearman 1904; Efron and Tibshirani 1993, chapters 8 and 13 (percentile interval).
 */
SKEL_CHECKED skel_status skel_correlation_make(size_t count, const double x[], const double y[],
                                               size_t groups, const size_t group[],
                                               skel_correlation *out);

#endif
