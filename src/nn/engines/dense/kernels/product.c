/* Chooses the instruction set of products. */
#include "kernels.h"

static const skel_dense_product_kernels *kernels(void)
{
    static const skel_dense_product_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_product_kernels);

    return tables[skel_isa_best()];
}

void skel_dense_f32_product_multiply(skel_dense_f32_product product, const float *a, const float *b,
                                     float *y)
{
    kernels()->multiply(product, a, b, y);
}

void skel_dense_f32_product_sum(skel_dense_f32_product product, const float *a, const float *b,
                                float *y)
{
    kernels()->sum(product, a, b, y);
}
