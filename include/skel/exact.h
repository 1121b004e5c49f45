/** Sums of doubles over the ranks that have the same bits on any number of ranks: parts are rounded
 *  to 64-bit fixed point on a scale that all of them share, and integers are added.
 *
 *      most = largest magnitude of any element of this rank's parts;
 *      skel_comm_max_f64(comm, 1, &most);
 *      scale = skel_exact_scale(most, parts);
 *      for each part: skel_exact_add(count, part, scale, sum);
 *      skel_comm_sum_i64(comm, count, sum);                      sum / scale is the result
 *
 *  An element of a sum of P parts is off by at most P^2 2^-62 times `most`.
 */
#ifndef SKEL_EXACT_H
#define SKEL_EXACT_H

#include <stddef.h>
#include <stdint.h>

/** The power of two by which parts are multiplied, so that no sum reaches 2^62.
 *
 *  Local.
 *  @param most   finite, no element of a part is larger
 *  @param parts  of all ranks
 */
double skel_exact_scale(double most, size_t parts);

/** Adds a part.
 *
 *  Local. `part` and `sum` are [count].
 */
void skel_exact_add(size_t count, const double part[restrict], double scale, int64_t sum[restrict]);

#endif
