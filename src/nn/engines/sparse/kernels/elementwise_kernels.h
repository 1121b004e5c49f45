/** Activations, products and copies over one channel of a block. */
#ifndef SKEL_SPARSE_ELEMENTWISE_KERNELS_H
#define SKEL_SPARSE_ELEMENTWISE_KERNELS_H

#include "activation.h"
#include "planes.h"

/** A channel's pixels in one array. */
typedef struct skel_sparse_source {
    const float *first; /**< pixel */
    size_t row;         /**< from a pixel to the one below */
} skel_sparse_source;

/** The same, to be written. */
typedef struct skel_sparse_target {
    float *first;
    size_t row;
} skel_sparse_target;

/** Kernels over one channel of a block of height x width pixels, for one instruction set. The
 *  target may be one of the sources. */
typedef struct skel_sparse_elementwise_kernels {
    /** y = f(x) in lanes with an image, else 0.
     *
     *  Local. Sigmoid is right to about three roundings.
     */
    void (*activate)(size_t height, size_t width, skel_sparse_activation f, skel_sparse_source x,
                     const skel_sparse_lane_mask *lanes, skel_sparse_target y);

    /** dx = dy * f'(x), where f'(x) is found from y = f(x); 0 where x is at a bound of a clip.
     *
     *  Local.
     */
    void (*activate_backward)(size_t height, size_t width, skel_sparse_activation f,
                              skel_sparse_source y, skel_sparse_source dy, skel_sparse_target dx);

    /** z = x * y, pixel by pixel.
     *
     *  Local.
     */
    void (*multiply)(size_t height, size_t width, skel_sparse_source x, skel_sparse_source y,
                     skel_sparse_target z);

    /** y = x * factor.
     *
     *  Local.
     *  @param factor  [lanes] of each image
     */
    void (*scale)(size_t height, size_t width, skel_sparse_source x, const float *factor,
                  skel_sparse_target y);

    /** Sum of x * y over the pixels, lane by lane: in float over a row, and in double from there.
     *
     *  Local.
     *  @param sum  [lanes] out
     */
    void (*dot)(size_t height, size_t width, skel_sparse_source x, skel_sparse_source y,
                float *sum);

    /** y = x.
     *
     *  Local.
     */
    void (*copy)(size_t height, size_t width, skel_sparse_source x, skel_sparse_target y);
} skel_sparse_elementwise_kernels;

extern const skel_sparse_elementwise_kernels skel_sparse_elementwise_kernels_baseline;
extern const skel_sparse_elementwise_kernels skel_sparse_elementwise_kernels_avx2;
extern const skel_sparse_elementwise_kernels skel_sparse_elementwise_kernels_avx512;

#endif
