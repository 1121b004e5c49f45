/** The statistics of batch norm: the rows of sums that engines exchange, and their arithmetic.
 *
 *  Every batch norm sums over a microbatch into a row. The rows of a group of microbatches are
 *  added into a total, over all ranks if the engine's options have `statistics_sum`; the means
 *  follow from the total. An operation with C channels makes, in the order of the operations, one
 *  row in the forward pass and, in the reverse order, one in the backward pass:
 *    forward   1 + 2 C columns: elements per channel (images * height * width),
 *              sum of x [C], sum of x^2 [C]
 *    backward      2 C columns: sum of dy [C], sum of dy * xhat [C]
 *  A pass of skel_engine_hessian() makes one more row after each of these, of
 *                  2 C columns
 *    forward       sum of Rx [C], sum of Rx * xhat [C]
 *    backward      sum of Rdy [C], sum of R(dy * xhat) [C]
 *  where R is the tangent along the vector. No row is wider than a forward one. All sums are in
 *  double: in float E[x^2] - mean^2 would lose too many digits.
 */
#ifndef SKEL_NN_STATISTICS_H
#define SKEL_NN_STATISTICS_H

#include "skel/engine.h"

/** Columns of a forward row.
 *
 *  Local.
 */
static inline size_t skel_statistics_forward_columns(size_t channels)
{
    return 1 + 2 * channels;
}

/** Columns of a backward row, and of both rows of tangents.
 *
 *  Local.
 */
static inline size_t skel_statistics_backward_columns(size_t channels)
{
    return 2 * channels;
}

/** Mean and biased variance of one channel. */
typedef struct skel_statistics_moments {
    double mean;
    double variance;
} skel_statistics_moments;

/** Means of the two sums of one channel in a row of 2 C columns. */
typedef struct skel_statistics_means {
    double first;  /**< of dy; of the tangent Rx or Rdy */
    double second; /**< of dy * xhat; of its tangent */
} skel_statistics_means;

/** Adds the rows of a group of microbatches.
 *
 *  Local, or collective with `statistics_sum`, which then adds over all ranks.
 *  @param count    rows; 1 without `statistics_sum`
 *  @param rows     [count][columns]
 *  @param total    [columns] out
 *  Errors: those of `statistics_sum`.
 */
SKEL_CHECKED skel_status skel_statistics_total(const skel_engine_options *options, size_t count,
                                               size_t columns, const double rows[], double total[]);

/** Mean and biased variance of one channel, from the total of forward rows.
 *
 *  Local. A variance below 0, by rounding, becomes 0.
 *  @param total  [1 + 2 channels]
 */
skel_statistics_moments skel_statistics_of(size_t channels, const double total[], size_t channel);

/** 1 / sqrt(variance + epsilon).
 *
 *  Local.
 */
double skel_statistics_inverse(double variance, double epsilon);

/** Writes means and unbiased variances to the passes whose caller wants them.
 *
 *  Local.
 *  @param op      batch norm
 *  @param total   total of forward rows
 *  @param count   passes
 *  @param passes  [count]; those whose `statistics` is not NULL receive the operation's part
 */
void skel_statistics_store(const skel_network *network, const skel_op *op, const double total[],
                           size_t count, const skel_pass passes[]);

/** Means of one channel, from the total of rows of 2 C columns.
 *
 *  Local.
 *  @param total     [2 channels]
 *  @param elements  per channel, of all microbatches in the total
 */
static inline skel_statistics_means skel_statistics_means_of(size_t channels, const double total[],
                                                             double elements, size_t channel)
{
    return (skel_statistics_means){.first = total[channel] / elements,
                                   .second = total[channels + channel] / elements};
}

#endif
