/* Chooses the kernels of an instruction set. */
#include "kernels.h"

static const skel_sparse_kernels *const tables[SKEL_ISAS] = {
    [SKEL_ISA_BASELINE] = &skel_sparse_kernels_baseline,
#if SKEL_ISA_X86
    [SKEL_ISA_AVX2] = &skel_sparse_kernels_avx2,
    [SKEL_ISA_AVX512] = &skel_sparse_kernels_avx512,
#endif
};

const skel_sparse_kernels *skel_sparse_kernels_of(skel_isa isa)
{
    return tables[isa];
}
