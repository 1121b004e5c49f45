/** Mean of a sample, with its standard deviation and interval. */
#ifndef SKEL_ESTIMATE_H
#define SKEL_ESTIMATE_H

#include <stddef.h>

enum { SKEL_ESTIMATE_MEDIAN = 5 }; /**< values from which on a median and a range are given */

/** A sample in numbers. Plain data. NaN where a number is not defined. */
typedef struct skel_estimate {
    size_t count;     /**< finite values */
    double mean;      /**< from one value on */
    double deviation; /**< standard deviation, with count - 1; from two values on */
    double low;       /**< 95 % interval of the mean, by Student's t; from two values on */
    double high;
    double median; /**< from SKEL_ESTIMATE_MEDIAN values on, as are the two extremes */
    double least;
    double most;
} skel_estimate;

/** Mean and spread of values that come one after the other. Plain data; zero before the first. */
typedef struct skel_running {
    size_t count;
    double mean;    /**< of the values; 0 before the first */
    double squares; /**< sum of the squared distances from the mean */
} skel_running;

/** Takes one value more, by Welford's update. A value that is not finite does not count.
 *
 *  Local.
 */
void skel_running_add(skel_running *running, double value);

/** Standard deviation of the values, with count - 1; NaN of fewer than two.
 *
 *  Local.
 */
double skel_running_deviation(const skel_running *running);

/** Describes a sample. Values that are not finite do not count.
 *
 *  Local.
 *  @param values  [count]; its order changes
 */
void skel_estimate_make(size_t count, double values[], skel_estimate *out);

#endif
