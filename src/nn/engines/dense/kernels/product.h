/** Kernels of products of two tensors, element by element. */
#ifndef SKEL_NN_DENSE_KERNELS_PRODUCT_H
#define SKEL_NN_DENSE_KERNELS_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

/** Shape of a product, and what becomes of it. */
typedef struct skel_dense_f32_product {
    size_t planes; /**< images * blocks */
    size_t pixels;
    size_t lanes;
    bool one_pixel; /**< the second factor of the network's operation is [planes][lanes] */
    bool squares;   /**< the kernel's second factor is squared before */
    bool adds;      /**< the result is added to what is there */
} skel_dense_f32_product;

/** y = a * b, all [planes][pixels][lanes], but for b with `one_pixel`; `y` may be `a`.
 *
 *  Local.
 */
void skel_dense_f32_product_multiply(skel_dense_f32_product product, const float *a, const float *b,
                                     float *y);

/** y = a * b, summed over the pixels: y is [planes][lanes]. The sums are in double.
 *
 *  Local.
 */
void skel_dense_f32_product_sum(skel_dense_f32_product product, const float *a, const float *b,
                                float *y);

#endif
