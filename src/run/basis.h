/** Orthonormal bases of the vectors that a network's weights are drawn from. */
#ifndef SKEL_RUN_BASIS_H
#define SKEL_RUN_BASIS_H

#include "skel/comm.h"

#include <stddef.h>

/** Makes vectors orthonormal: all ranks together where that pays, else each rank the same.
 *
 *  Collective; `run` of a skel_orthonormal.
 *  @param comm     a skel_comm
 *  @param local    status of this rank's work so far; without it there are no vectors
 *  @param count    at least 1, at most `length`
 *  @param vectors  [count][length] in, linearly independent, the same on every rank; out,
 *                  orthonormal; undefined after an error
 *  Errors: `local` of the lowest failing rank; as skel_qr_orthonormalise(). Agreed on.
 */
SKEL_CHECKED skel_status skel_basis_make(const void *comm, skel_status local, size_t count,
                                         size_t length, double vectors[]);

#endif
