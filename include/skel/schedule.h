/** How many weights each pruning iteration keeps. */
#ifndef SKEL_SCHEDULE_H
#define SKEL_SCHEDULE_H

#include "skel/status.h"

#include <stddef.h>

typedef enum skel_schedule {
    SKEL_SCHEDULE_EXPONENTIAL,
    SKEL_SCHEDULE_LINEAR,
} skel_schedule;

/** Number of weights that are kept after an iteration.
 *
 *  Local. Exponential: floor(m exp((t/T) ln(density))); linear: floor(m (1 - (t/T)(1-density)));
 *  at t = T both: floor(m density). 1e-6 is added before each floor. The result is at least 1.
 *  @param prunable    m
 *  @param density     1 - sparsity, above 0
 *  @param iteration   t, from 1
 *  @param iterations  T
 *  Source: de Jorge et al. 2021, section 4.
 */
size_t skel_schedule_kept(skel_schedule schedule, size_t prunable, double density, size_t iteration,
                          size_t iterations);

/** Refuses a density that would keep no weight.
 *
 *  Local. Errors: SKEL_ERR_CONFIG if floor(m density) is 0 (where skel_schedule_kept() returns 1);
 *  the message has the sparsity, m and the largest sparsity that is possible.
 */
SKEL_CHECKED skel_status skel_schedule_check(size_t prunable, double density);

#endif
