/** How the threads of a parallel region share the rows of a layer. */
#ifndef SKEL_SPARSE_SHARE_H
#define SKEL_SPARSE_SHARE_H

#include "../compile/sparse.h"

/** The rows that the calling thread computes: about the same work for every thread.
 *
 *  Local. The result of a row does not depend on the thread that computes it. A range begins and
 *  ends between two bands of dense rows.
 *  @param skip  whether rows without entries are left out
 */
skel_sparse_range skel_sparse_share(const skel_sparse *sparse, const skel_sparse_rows *rows,
                                    const skel_sparse_grid *grid, bool skip);

/** The end of the rows of a range that are computed together with its first row.
 *
 *  Local. The result of a row does not depend on the rows that are computed with it.
 */
size_t skel_sparse_share_near(const skel_sparse_range *range);

/** The calling thread's scratch memory.
 *
 *  Local. [scratch_vectors][lanes]
 */
float *skel_sparse_scratch(const skel_sparse *sparse);

/** The calling thread's panel for dense rows.
 *
 *  Local. [panel_floats]
 */
float *skel_sparse_panel(const skel_sparse *sparse);

#endif
