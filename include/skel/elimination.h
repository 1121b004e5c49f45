/** Removal of weights from one row of a layer, so that its output changes least.
 *
 *  The mean squared change of the output sum_j w_j x_j is dw' H dw, with the second moments H of
 *  the inputs (damped, so that H is positive definite). Removing weight j costs at least
 *  w_j^2 / (2 (H^-1)_jj) of half of it, and then the other weights change by
 *  -w_j / (H^-1)_jj (H^-1)_:j. Afterwards H^-1 of the weights that are left is
 *  H^-1 - (H^-1)_:j (H^-1)_j: / (H^-1)_jj without row and column j.
 *
 *  Source: Hassibi and Stork 1993; by layers, Dong, Chen and Pan 2017 (L-OBS).
 */
#ifndef SKEL_ELIMINATION_H
#define SKEL_ELIMINATION_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/** Rows that share their inputs, with the memory to work on one of them. Opaque. */
typedef struct skel_elimination skel_elimination;

/** Takes the memory, and inverts the whole matrix.
 *
 *  Local.
 *  @param order   inputs of a row
 *  @param fixed   inputs at the end that are never removed, but change: 1 for a bias, else 0
 *  @param matrix  [order][order] H, symmetric; borrowed while the elimination lives
 *  @param what    of the matrix, for messages; borrowed while the elimination lives
 *  @param out     *owned*: skel_elimination_destroy() it
 *  Errors: SKEL_ERR_NUMBER if the matrix is not positive definite; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_elimination_create(size_t order, size_t fixed, const double matrix[],
                                                 const char *what, skel_elimination **out);

/** Frees the memory; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_elimination_destroy(skel_elimination **elimination);

/** Bytes that skel_elimination_create() takes.
 *
 *  Local.
 */
size_t skel_elimination_bytes(size_t order);

/** Removes weights of a row one by one, each time the one that costs least; of equal ones, the one
 *  with the lower index.
 *
 *  Local. A weight's score is the largest cost of any removal up to its own, so the weights of the
 *  lowest scores of a row are those that go first. Weights that are left after `most` removals get
 *  a score above all others of the row.
 *  @param keep    [order - fixed] 0 or 1: weights that are there
 *  @param weight  [order] weights, then the bias
 *  @param most    removals
 *  @param scores  [order - fixed] out; 0 where `keep` is 0
 *  Errors: SKEL_ERR_NUMBER if a cost is not finite.
 */
SKEL_CHECKED skel_status skel_elimination_scores(skel_elimination *elimination,
                                                 const uint8_t keep[], const float weight[],
                                                 size_t most, float scores[]);

/** Changes a row after weights were removed, all at once: the result of their removal one by one,
 *  in any order.
 *
 *  Local.
 *  @param before  [order - fixed] 0 or 1: weights that were there
 *  @param keep    [order - fixed] 0 or 1: weights that stay
 *  @param weight  [order] in and out; those that are gone are 0
 *  Errors: SKEL_ERR_NUMBER as skel_elimination_create().
 */
SKEL_CHECKED skel_status skel_elimination_update(skel_elimination *elimination,
                                                 const uint8_t before[], const uint8_t keep[],
                                                 float weight[]);

#endif
