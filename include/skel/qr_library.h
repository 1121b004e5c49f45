/** QR factorisations by the libraries' own calls: what `skel bench qr` times and mpi/test_qr
 *  compares with. Other rooms use qr.h, whose bits do not depend on the number of ranks.
 *
 *  Both replace A = Q R by Q. The signs of R's diagonal are the library's.
 */
#ifndef SKEL_QR_LIBRARY_H
#define SKEL_QR_LIBRARY_H

#include "skel/matrix.h"

/** ScaLAPACK's pdgeqrf and pdorgqr.
 *
 *  Collective.
 *  @param matrix  in: at least as many rows as columns; out: Q; undefined after an error
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_qr_library(skel_matrix *matrix);

/** LAPACK's dgeqrf and dorgqr on this process alone.
 *
 *  Local. The BLAS uses one thread.
 *  @param vectors  [count][length] in and out, count at most length; undefined after an error
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_qr_library_here(size_t count, size_t length, double vectors[]);

#endif
