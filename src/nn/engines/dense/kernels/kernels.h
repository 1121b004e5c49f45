/** The kernels that are compiled for every instruction set, as tables of functions.
 *
 *  FAMILY.h declares and describes the functions; FAMILY.c calls those of skel_isa_best().
 */
#ifndef SKEL_NN_DENSE_KERNELS_H
#define SKEL_NN_DENSE_KERNELS_H

#include "activation.h"
#include "affine.h"
#include "elementwise.h"
#include "grouped.h"
#include "matmul.h"
#include "norm.h"
#include "norm_tangent.h"
#include "pool.h"
#include "product.h"
#include "spans.h"
#include "tiles.h"
#include "winograd.h"

#include "skel/isa.h"

/* A table's entry for a function. */
#define KERNEL(function) __typeof__(function) *

/** Kernels of affine.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_affine_kernels {
    KERNEL(skel_dense_f32_affine_forward) forward;
    KERNEL(skel_dense_f32_affine_backward) backward;
} skel_dense_affine_kernels;

/** Kernels of elementwise.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_elementwise_kernels {
    KERNEL(skel_dense_f32_elementwise_relu_forward) relu_forward;
    KERNEL(skel_dense_f32_elementwise_relu_backward) relu_backward;
    KERNEL(skel_dense_f32_elementwise_add) add;
    KERNEL(skel_dense_f32_elementwise_square) square;
    KERNEL(skel_dense_f32_elementwise_energy_slope) energy_slope;
    KERNEL(skel_dense_f32_elementwise_largest) largest;
    KERNEL(skel_dense_f32_elementwise_magnitudes) magnitudes;
    KERNEL(skel_dense_f32_elementwise_scale) scale;
    KERNEL(skel_dense_f32_elementwise_weighted_add) weighted_add;
} skel_dense_elementwise_kernels;

/** Kernels of norm.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_norm_kernels {
    KERNEL(skel_dense_f32_norm_sums) sums;
    KERNEL(skel_dense_f32_norm_apply) apply;
    KERNEL(skel_dense_f32_norm_backward_sums) backward_sums;
    KERNEL(skel_dense_f32_norm_backward_apply) backward_apply;
} skel_dense_norm_kernels;

/** Kernels of norm_tangent.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_norm_tangent_kernels {
    KERNEL(skel_dense_f32_norm_tangent_apply) apply;
    KERNEL(skel_dense_f32_norm_tangent_backward_sums) backward_sums;
    KERNEL(skel_dense_f32_norm_tangent_backward_apply) backward_apply;
} skel_dense_norm_tangent_kernels;

/** Kernels of pool.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_pool_kernels {
    KERNEL(skel_dense_f32_pool_max_forward) max_forward;
    KERNEL(skel_dense_f32_pool_max_chosen) max_chosen;
    KERNEL(skel_dense_f32_pool_max_backward) max_backward;
    KERNEL(skel_dense_f32_pool_mean_forward) mean_forward;
    KERNEL(skel_dense_f32_pool_mean_backward) mean_backward;
} skel_dense_pool_kernels;

/** Kernels of activation.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_activation_kernels {
    KERNEL(skel_dense_f32_activation_forward) forward;
    KERNEL(skel_dense_f32_activation_backward) backward;
    KERNEL(skel_dense_f32_activation_tangent_backward) tangent_backward;
} skel_dense_activation_kernels;

/** Kernels of grouped.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_grouped_kernels {
    KERNEL(skel_dense_f32_grouped_forward) forward;
    KERNEL(skel_dense_f32_grouped_backward_data) backward_data;
    KERNEL(skel_dense_f32_grouped_backward_weights) backward_weights;
} skel_dense_grouped_kernels;

/** Kernels of product.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_product_kernels {
    KERNEL(skel_dense_f32_product_multiply) multiply;
    KERNEL(skel_dense_f32_product_sum) sum;
} skel_dense_product_kernels;

/** Kernels of tiles.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_tiles_kernels {
    KERNEL(skel_dense_f32_tiles_scratch) scratch;
    KERNEL(skel_dense_f32_tiles_forward) forward;
    KERNEL(skel_dense_f32_tiles_backward_data) backward_data;
    KERNEL(skel_dense_f32_tiles_backward_weights) backward_weights;
} skel_dense_tiles_kernels;

/** Kernels of matmul.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_matmul_kernels {
    KERNEL(skel_dense_f32_matmul_scratch) scratch;
    KERNEL(skel_dense_f32_matmul_forward) forward;
    KERNEL(skel_dense_f32_matmul_backward_data) backward_data;
    KERNEL(skel_dense_f32_matmul_backward_weights) backward_weights;
} skel_dense_matmul_kernels;

/** Kernels of winograd.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_winograd_kernels {
    KERNEL(skel_dense_f32_winograd_scratch) scratch;
    KERNEL(skel_dense_f32_winograd_forward) forward;
    KERNEL(skel_dense_f32_winograd_backward_data) backward_data;
    KERNEL(skel_dense_f32_winograd_backward_weights) backward_weights;
} skel_dense_winograd_kernels;

/** Kernels of spans.h, of one instruction set. Static, immutable. */
typedef struct skel_dense_spans_kernels {
    KERNEL(skel_dense_f32_spans_scratch) scratch;
    KERNEL(skel_dense_f32_spans_forward) forward;
    KERNEL(skel_dense_f32_spans_backward_data) backward_data;
    KERNEL(skel_dense_f32_spans_backward_weights) backward_weights;
} skel_dense_spans_kernels;

extern const skel_dense_affine_kernels skel_dense_affine_kernels_baseline;
extern const skel_dense_affine_kernels skel_dense_affine_kernels_avx2;
extern const skel_dense_affine_kernels skel_dense_affine_kernels_avx512;
extern const skel_dense_elementwise_kernels skel_dense_elementwise_kernels_baseline;
extern const skel_dense_elementwise_kernels skel_dense_elementwise_kernels_avx2;
extern const skel_dense_elementwise_kernels skel_dense_elementwise_kernels_avx512;
extern const skel_dense_norm_kernels skel_dense_norm_kernels_baseline;
extern const skel_dense_norm_kernels skel_dense_norm_kernels_avx2;
extern const skel_dense_norm_kernels skel_dense_norm_kernels_avx512;
extern const skel_dense_norm_tangent_kernels skel_dense_norm_tangent_kernels_baseline;
extern const skel_dense_norm_tangent_kernels skel_dense_norm_tangent_kernels_avx2;
extern const skel_dense_norm_tangent_kernels skel_dense_norm_tangent_kernels_avx512;
extern const skel_dense_pool_kernels skel_dense_pool_kernels_baseline;
extern const skel_dense_pool_kernels skel_dense_pool_kernels_avx2;
extern const skel_dense_pool_kernels skel_dense_pool_kernels_avx512;
extern const skel_dense_activation_kernels skel_dense_activation_kernels_baseline;
extern const skel_dense_activation_kernels skel_dense_activation_kernels_avx2;
extern const skel_dense_activation_kernels skel_dense_activation_kernels_avx512;
extern const skel_dense_grouped_kernels skel_dense_grouped_kernels_baseline;
extern const skel_dense_grouped_kernels skel_dense_grouped_kernels_avx2;
extern const skel_dense_grouped_kernels skel_dense_grouped_kernels_avx512;
extern const skel_dense_product_kernels skel_dense_product_kernels_baseline;
extern const skel_dense_product_kernels skel_dense_product_kernels_avx2;
extern const skel_dense_product_kernels skel_dense_product_kernels_avx512;
extern const skel_dense_tiles_kernels skel_dense_tiles_kernels_baseline;
extern const skel_dense_tiles_kernels skel_dense_tiles_kernels_avx2;
extern const skel_dense_tiles_kernels skel_dense_tiles_kernels_avx512;
extern const skel_dense_matmul_kernels skel_dense_matmul_kernels_baseline;
extern const skel_dense_matmul_kernels skel_dense_matmul_kernels_avx2;
extern const skel_dense_matmul_kernels skel_dense_matmul_kernels_avx512;
extern const skel_dense_winograd_kernels skel_dense_winograd_kernels_baseline;
extern const skel_dense_winograd_kernels skel_dense_winograd_kernels_avx2;
extern const skel_dense_winograd_kernels skel_dense_winograd_kernels_avx512;
extern const skel_dense_spans_kernels skel_dense_spans_kernels_baseline;
extern const skel_dense_spans_kernels skel_dense_spans_kernels_avx2;
extern const skel_dense_spans_kernels skel_dense_spans_kernels_avx512;

#endif
