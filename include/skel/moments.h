/** Second moments: the mean of x x' over vectors that the ranks have, the same bits on any number
 *  of ranks. The vectors come in parts, whose contents do not depend on the number of ranks.
 *
 *      SKEL_TRY(skel_moments_create(comm, order, parts, &moments));
 *      for each part of this rank: skel_moments_measure(moments, count, vectors);
 *      SKEL_TRY(skel_moments_scale(moments));
 *      for each part of this rank: skel_moments_add(moments, count, vectors);
 *      skel_moments_finish(moments, vectors_of_all, damping, matrix);
 *      skel_moments_destroy(&moments);
 */
#ifndef SKEL_MOMENTS_H
#define SKEL_MOMENTS_H

#include "skel/comm.h"

/** A matrix that is being summed. Opaque. */
typedef struct skel_moments skel_moments;

/** Begins with zeros.
 *
 *  Local.
 *  @param comm   borrowed while the moments live
 *  @param order  elements of a vector
 *  @param parts  of all ranks
 *  @param out    *owned*: skel_moments_destroy() it
 *  Errors: SKEL_ERR_MISSING if this skel was built without ScaLAPACK; SKEL_ERR_CONFIG for more
 *          elements than LAPACK's 32-bit indices can count; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_moments_create(const skel_comm *comm, size_t order, size_t parts,
                                             skel_moments **out);

/** Frees the sum; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_moments_destroy(skel_moments **moments);

/** Looks at the size of a part's vectors.
 *
 *  Local. @param vectors  [count][order]
 */
void skel_moments_measure(skel_moments *moments, size_t count, const double vectors[]);

/** Agrees on the scale of the sum, after every part was measured.
 *
 *  Collective.
 *  Errors: SKEL_ERR_NUMBER if an element is not finite, or its square is not; agreed on.
 */
SKEL_CHECKED skel_status skel_moments_scale(skel_moments *moments);

/** Adds a part's vectors.
 *
 *  Local. @param vectors  [count][order]
 */
void skel_moments_add(skel_moments *moments, size_t count, const double vectors[]);

/** The mean of all ranks, and a number on its diagonal.
 *
 *  Collective.
 *  @param vectors  of all ranks
 *  @param matrix   [order][order] out: symmetric, the same on every rank
 */
void skel_moments_finish(skel_moments *moments, double vectors, double damping, double matrix[]);

#endif
