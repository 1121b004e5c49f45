/** Kernels of leaky ReLU, clip and sigmoid. The derivatives follow from the value y = f(x). */
#ifndef SKEL_NN_DENSE_KERNELS_ACTIVATION_H
#define SKEL_NN_DENSE_KERNELS_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

typedef enum skel_dense_activation_kind {
    SKEL_DENSE_LEAKY_RELU, /**< x above 0, else slope * x */
    SKEL_DENSE_CLIP,       /**< x, from `low` to `high` */
    SKEL_DENSE_SIGMOID,    /**< 1 / (1 + exp(-x)) */
} skel_dense_activation_kind;

/** A function of one number. */
typedef struct skel_dense_f32_activation {
    skel_dense_activation_kind kind;
    float slope; /**< at least 0 */
    float low;
    float high;
} skel_dense_f32_activation;

/** y = f(x); NaN stays NaN. `y` may be `x`.
 *
 *  Local.
 */
void skel_dense_f32_activation_forward(skel_dense_f32_activation f, size_t count, const float *x,
                                       float *y);

/** dx = f' dy, or f'^2 dy; `dx` may be `dy`.
 *
 *  Local.
 */
void skel_dense_f32_activation_backward(skel_dense_f32_activation f, bool squares, size_t count,
                                        const float *y, const float *dy, float *dx);

/** rdx = f' rdy + f'' rx dy; `rdx` may be `rdy`. Only a sigmoid has an f'' other than 0.
 *
 *  Local.
 */
void skel_dense_f32_activation_tangent_backward(skel_dense_f32_activation f, size_t count,
                                                const float *y, const float *rx, const float *dy,
                                                const float *rdy, float *rdx);

#endif
