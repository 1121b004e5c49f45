/** The pattern of kept weights: rows of entries, made from a mask. */
#ifndef SKEL_SPARSE_PATTERN_H
#define SKEL_SPARSE_PATTERN_H

#include "sparse.h"

/** Takes the memory of rows, and of as many entries as the promised density needs.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_pattern_create(skel_sparse *sparse);

/** Implements skel_engine_load(). Makes new rows only if the mask has changed.
 *
 *  Local. Errors: SKEL_ERR_MEMORY if the mask keeps more weights than the density promised.
 */
SKEL_CHECKED skel_status skel_sparse_pattern_load(skel_engine *engine, const float parameters[],
                                                  const uint8_t mask[]);

/** Implements skel_engine_load_packed(). Makes new rows only if the packing has changed.
 *
 *  Local. Errors: as skel_sparse_pattern_load().
 */
SKEL_CHECKED skel_status skel_sparse_pattern_load_packed(skel_engine *engine,
                                                         const float parameters[]);

#endif
