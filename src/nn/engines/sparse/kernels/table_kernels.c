/* The table of all kernels of the instruction set that this file is compiled for. */
#include "kernels.h"

const skel_sparse_kernels SKEL_ISA_NAME(skel_sparse_kernels) = {
    .lanes = SKEL_ISA_LANES,
    .row = &SKEL_ISA_NAME(skel_sparse_row_kernels),
    .band = &SKEL_ISA_NAME(skel_sparse_band_kernels),
    .weight = &SKEL_ISA_NAME(skel_sparse_weight_kernels),
    .winograd = &SKEL_ISA_NAME(skel_sparse_winograd_kernels),
    .norm = &SKEL_ISA_NAME(skel_sparse_norm_kernels),
    .norm_pool = &SKEL_ISA_NAME(skel_sparse_norm_pool_kernels),
    .pool = &SKEL_ISA_NAME(skel_sparse_pool_kernels),
    .elementwise = &SKEL_ISA_NAME(skel_sparse_elementwise_kernels),
};
