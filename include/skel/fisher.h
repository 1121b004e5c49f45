/** The inverse of an empirical Fisher matrix, which is never formed.
 *
 *  The matrix of the gradients g_1 ... g_N of N samples by p weights is F = lambda I + (1/N) G'G,
 *  where G [N][p] has the gradients as rows. With K = N lambda I + G G' = L L' [N][N] and
 *  Z = L^-1 G, the formula of Sherman, Morrison and Woodbury says
 *
 *      F^-1 = (I - G' K^-1 G) / lambda = (I - Z'Z) / lambda,
 *      (F^-1)_ii = (1 - |Z_:i|^2) / lambda.
 *
 *  If the weights of a set Q are removed, the others, R, change by the dw that minimises
 *  dw' F dw / 2 with dw_Q = -w_Q. Its gradient by dw_R is F_RR dw_R - F_RQ w_Q = 0, with the blocks
 *  F_RR = lambda I + G_R'G_R / N and F_RQ = G_R'G_Q / N, so
 *
 *      dw_R = (N lambda I + G_R'G_R)^-1 G_R' (G_Q w_Q)
 *           = G_R' (N lambda I + G_R G_R')^-1 (G_Q w_Q).
 *
 *  This is -F^-1 E (E'F^-1 E)^-1 w_Q, where E selects Q, for Q of any size: a ridge regression, in
 *  which the others take over what the removed weights did for each sample. No matrix is larger
 *  than N x N, and nothing is subtracted from N lambda I + G_R G_R', which is positive definite.
 *
 *  The gradients are spread over the ranks by weights, in blocks of SKEL_FISHER_BLOCK. The Gram
 *  matrix of each block is rounded to 64-bit fixed point on a scale that all blocks share, and
 *  integers are added, so K has the same bits on any number of ranks. K is factored by LAPACK on
 *  the root, the others get the factor, and solve for their own weights. ScaLAPACK's pdsyrk,
 *  pdpotrf and pdtrsm would add in an order that depends on the grid, so that masks would depend on
 *  the number of ranks. They would save little time: the factor takes N^3 / 3 multiply-adds once,
 *  while the Gram matrix and the solution, which are spread, take N^2 p each, and p is far above N.
 *
 *      SKEL_TRY(skel_fisher_create(comm, samples, batch, weights, damping, &fisher));
 *      for each round of skel_fisher_rounds()
 *          SKEL_TRY(skel_fisher_add(fisher, round, row));    // row of skel_fisher_sample()
 *      SKEL_TRY(skel_fisher_diagonal(fisher, diagonal));
 *      SKEL_TRY(skel_fisher_update(fisher, removed, weight, change));
 *      skel_fisher_destroy(&fisher);
 *
 *  Source: Hassibi and Stork 1993 (the score and the update of one weight); Singh and Alistarh 2020
 *  (the empirical Fisher matrix in their place).
 */
#ifndef SKEL_FISHER_H
#define SKEL_FISHER_H

#include "skel/comm.h"

enum {
    SKEL_FISHER_BLOCK = 1024 /**< weights whose products are added on one rank */
};

/** Gradients, spread over the ranks by weights. Opaque. */
typedef struct skel_fisher skel_fisher;

/** Takes the memory.
 *
 *  Collective.
 *  @param comm     borrowed while the matrix lives
 *  @param batch    samples, one after the other, that a rank adds in as many rounds; the batches
 *                  are the same on any number of ranks
 *  @param damping  lambda, above 0
 *  @param out      *owned*: skel_fisher_destroy() it
 *  Errors: SKEL_ERR_MISSING if this skel was built without ScaLAPACK, with which LAPACK comes;
 *          SKEL_ERR_CONFIG for more samples than LAPACK's 32-bit indices can count, and for a
 *          damping that is not above 0; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_fisher_create(const skel_comm *comm, size_t samples, size_t batch,
                                            size_t weights, double damping, skel_fisher **out);

/** Frees the memory; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_fisher_destroy(skel_fisher **fisher);

/** Bytes that skel_fisher_create() and all later calls take on the rank that needs most: its share
 *  of the gradients in floats, three matrices of N x N doubles, and one block.
 *
 *  Local.
 */
size_t skel_fisher_bytes(size_t samples, size_t weights, int ranks);

/** Rounds in which all samples are added, one of each rank in a round; a multiple of the batch.
 *
 *  Local.
 */
size_t skel_fisher_rounds(const skel_fisher *fisher);

/** The sample that this rank adds in a round; the number of samples if it has none.
 *
 *  Local. The rounds k batch, ..., (k + 1) batch - 1 have one batch of each rank.
 */
size_t skel_fisher_sample(const skel_fisher *fisher, size_t round);

/** Spreads the gradients of a round's samples.
 *
 *  Collective, once for each round.
 *  @param row  [weights] gradient of skel_fisher_sample(); not read if this rank has none
 */
void skel_fisher_add(skel_fisher *fisher, size_t round, const float row[]);

/** The diagonal of F^-1.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param diagonal  [weights] out, above 0, the same on every rank
 *  Errors: SKEL_ERR_NUMBER if a gradient is not finite, or if K is not positive definite but for
 *          rounding; SKEL_ERR_INTERNAL if LAPACK's factor is wrong. Agreed on.
 */
SKEL_CHECKED skel_status skel_fisher_diagonal(skel_fisher *fisher, double diagonal[]);

/** The change of the other weights after a set of weights is removed.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param removed  [weights] 1: is removed, 0: stays
 *  @param weight   [weights]
 *  @param change   [weights] out, the same on every rank: to be added to weights that stay; minus
 *                  the weight for those that are removed
 *  Errors: as skel_fisher_diagonal().
 */
SKEL_CHECKED skel_status skel_fisher_update(skel_fisher *fisher, const uint8_t removed[],
                                            const float weight[], double change[]);

#endif
