/** Orthonormal bases by a QR factorisation over the ranks; no bit depends on their number.
 *
 *  A = Q R, R with a positive diagonal: Q is then unique, and of a matrix of normal numbers it is
 *  uniform (Haar). The columns are in blocks of a fixed width. A block belongs to one rank, which
 *  alone changes it: it factors the block when its turn comes and sends the reflectors to all, and
 *  it applies the reflectors of the other blocks to its own. No sum is shared between ranks, and
 *  each call of LAPACK has the same sizes on any number of ranks, so all bits are the same on the
 *  same kind of processor and with the same LAPACK.
 *
 *  ScaLAPACK's pdgeqrf and pdorgqr do not have this property: they add the parts of a column's norm
 *  over the rows of a grid, and the width of their products is a rank's number of columns. Their
 *  last bits depend on the number of ranks, and so would all weights that are trained from them.
 *  mpi/test_qr holds this function against them and against LAPACK's dgeqrf.
 *
 *  Source: Householder's reflectors in compact form, Schreiber and Van Loan 1989; the signs,
 *          Mezzadri 2007.
 */
#ifndef SKEL_QR_H
#define SKEL_QR_H

#include "skel/comm.h"

#include <stddef.h>

enum {
    SKEL_QR_BLOCK = 32 /**< columns of a block */
};

/** Whether skel_qr_orthonormalise() is faster than the Gram-Schmidt process of orthonormal.h.
 *
 *  Local. Depends on the size alone, never on the number of ranks: count^2 times length is at least
 *  3e7. By `skel bench qr --samples N` (N vectors of 2 N elements, one rank) both are equally
 *  fast with 128 vectors, blocks are 1.2 to 1.7 times as fast with 192 to 256, and 3.4 times
 *  with 1024. False if this program was built without LAPACK: initial weights then have the bits
 *  of the Gram-Schmidt process.
 *  @param count   vectors
 *  @param length  elements of each
 */
bool skel_qr_pays(size_t count, size_t length);

/** Replaces vectors by orthonormal ones that span the same: those of the Gram-Schmidt process, but
 *  for rounding.
 *
 *  Collective; the same bits on any number of ranks. Checks the result: the vectors' products with
 *  each other, and Q R against A, each times a vector of signs.
 *  @param count    at least 1, at most `length`
 *  @param vectors  [count][length] in, the same on every rank; out, orthonormal; undefined after an
 *                  error
 *  Errors: SKEL_ERR_MISSING if this program was built without LAPACK; SKEL_ERR_CONFIG for sizes
 *          that LAPACK's 32-bit indices cannot count; SKEL_ERR_NUMBER if an element is not finite;
 *          SKEL_ERR_INTERNAL if a check fails; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_qr_orthonormalise(const skel_comm *comm, size_t count, size_t length,
                                                double vectors[]);

#endif
