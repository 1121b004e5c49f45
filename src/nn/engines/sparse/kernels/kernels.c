/* Chooses the kernels of an instruction set. */
#include "kernels.h"

static const skel_sparse_kernels *const tables[SKEL_ISAS] = SKEL_ISA_TABLES(skel_sparse_kernels);

const skel_sparse_kernels *skel_sparse_kernels_of(skel_isa isa)
{
    return tables[isa];
}
