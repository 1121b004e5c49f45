/** How a dataset is divided into chunks. */
#ifndef SKEL_STORE_CHUNK_GRID_H
#define SKEL_STORE_CHUNK_GRID_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct skel_chunk_grid {
    int dims;
    hsize_t extent[H5S_MAX_RANK];
    hsize_t most[H5S_MAX_RANK]; /**< the largest extent; H5S_UNLIMITED: there is none */
    hsize_t chunk[H5S_MAX_RANK];
    size_t bytes; /**< of a chunk's elements in the file */
} skel_chunk_grid;

/** The grid of a chunked dataset.
 *
 *  Local.
 *  @param width  bytes of an element in the file
 *  @return false if HDF5 does not say, or if a chunk's bytes overflow
 */
bool skel_chunk_grid_read(hid_t dataset, size_t width, skel_chunk_grid *out);

/** Chunks that cover an extent; UINT64_MAX if they are more.
 *
 *  Local. @param extent  [dims]
 */
uint64_t skel_chunk_grid_count(const skel_chunk_grid *grid, const hsize_t extent[]);

/** Whether a chunk reaches beyond the extent.
 *
 *  Local. @param offset  [dims] of its first element
 */
bool skel_chunk_grid_is_partial(const skel_chunk_grid *grid, const hsize_t offset[]);

/** Moves on to the next chunk; false behind the last one.
 *
 *  Local. @param offset  [dims] in and out; zeros at first, and again behind the last chunk
 */
bool skel_chunk_grid_step(const skel_chunk_grid *grid, hsize_t offset[]);

#endif
