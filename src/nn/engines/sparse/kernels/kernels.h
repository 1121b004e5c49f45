/** The table of all kernels of one instruction set. */
#ifndef SKEL_SPARSE_KERNELS_H
#define SKEL_SPARSE_KERNELS_H

#include "band_kernels.h"
#include "elementwise_kernels.h"
#include "norm_kernels.h"
#include "norm_pool_kernels.h"
#include "pool_kernels.h"
#include "row_kernels.h"
#include "weight_kernels.h"
#include "winograd_kernels.h"

#include "skel/isa.h"

/** Kernels of one instruction set. Static, immutable. */
typedef struct skel_sparse_kernels {
    size_t lanes; /**< floats of a vector: images of a block of all arrays that the kernels see */
    const skel_sparse_row_kernels *row;
    const skel_sparse_band_kernels *band;
    const skel_sparse_weight_kernels *weight;
    const skel_sparse_winograd_kernels *winograd;
    const skel_sparse_norm_kernels *norm;
    const skel_sparse_norm_pool_kernels *norm_pool;
    const skel_sparse_pool_kernels *pool;
    const skel_sparse_elementwise_kernels *elementwise;
} skel_sparse_kernels;

extern const skel_sparse_kernels skel_sparse_kernels_baseline;
extern const skel_sparse_kernels skel_sparse_kernels_avx2;
extern const skel_sparse_kernels skel_sparse_kernels_avx512;

/** The kernels of an instruction set.
 *
 *  Local. Static storage. The processor must have the instruction set.
 */
const skel_sparse_kernels *skel_sparse_kernels_of(skel_isa isa);

#endif
