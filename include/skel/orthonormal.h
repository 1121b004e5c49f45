/** Orthonormal bases of vectors. */
#ifndef SKEL_ORTHONORMAL_H
#define SKEL_ORTHONORMAL_H

#include "skel/status.h"

#include <stddef.h>

/** Who makes vectors orthonormal when a network's weights are drawn. Plain data. */
typedef struct skel_orthonormal {
    /** Replaces `count` vectors of `length` elements, at most as many, by those of the Gram-Schmidt
     *  process, but for rounding. May be collective: then the ranks agree on `local` first, the
     *  status of this rank's work so far, without which there are no vectors.
     *  Errors: `local`; its own. */
    skel_status (*run)(const void *context, skel_status local, size_t count, size_t length,
                       double vectors[]);
    const void *context;
} skel_orthonormal;

/** The Gram-Schmidt process on this process alone: each vector is made orthogonal to those before
 *  it, and normalised.
 *
 *  Local.
 *  @param count    at most `length`
 *  @param vectors  [count][length] in, linearly independent; out, orthonormal
 *  Source: Daniel, Gragg, Kaufman and Stewart 1976, for when to repeat a projection.
 */
void skel_orthonormal_here(size_t count, size_t length, double vectors[]);

#endif
