/** Operations as plain loops in double: each loop is the formula, and slow.
 *
 *  All activations are [images][channels][height][width]. A kernel adds to the gradient of its
 *  input, because several operations may read one tensor; it overwrites the gradient of its
 *  weights.
 */
#ifndef SKEL_NN_REFERENCE_KERNELS_H
#define SKEL_NN_REFERENCE_KERNELS_H

#include "skel/network.h"

/** A convolution or pooling window on a number of images. */
typedef struct skel_reference_window {
    size_t images;
    skel_tensor in;
    skel_tensor out;
    skel_window window;
    size_t groups;       /**< of a convolution */
    bool counts_padding; /**< of an average pool */
} skel_reference_window;

/** y = conv(x, w) + bias.
 *
 *  Local. `w` is [out][in / groups][height][width] of the kernel; `bias` is [out] or NULL.
 */
void skel_reference_conv_forward(const skel_reference_window *s, const double x[], const double w[],
                                 const double bias[], double y[]);

/** dx += gradient with respect to the input.
 *
 *  Local.
 */
void skel_reference_conv_backward_data(const skel_reference_window *s, const double dy[],
                                       const double w[], double dx[]);

/** dw = gradient with respect to the weights.
 *
 *  Local.
 */
void skel_reference_conv_backward_weights(const skel_reference_window *s, const double x[],
                                          const double dy[], double dw[]);

/** db = gradient with respect to a bias per channel, also a linear layer's.
 *
 *  Local. `dy` is [images][shape].
 */
void skel_reference_bias_backward(size_t images, skel_tensor shape, const double dy[], double db[]);

/** y = x w^T + bias.
 *
 *  Local. `x` is [images][in], `w` [out][in], `y` [images][out]; `bias` [out] or NULL.
 */
void skel_reference_linear_forward(size_t images, size_t in, size_t out, const double x[],
                                   const double w[], const double bias[], double y[]);

/** dx += gradient with respect to the input.
 *
 *  Local.
 */
void skel_reference_linear_backward_data(size_t images, size_t in, size_t out, const double dy[],
                                         const double w[], double dx[]);

/** dw = gradient with respect to the weights.
 *
 *  Local.
 */
void skel_reference_linear_backward_weights(size_t images, size_t in, size_t out, const double x[],
                                            const double dy[], double dw[]);

/** One microbatch's sums for batch norm: elements, sum of x [C], sum of x^2 [C].
 *
 *  Local.
 */
void skel_reference_norm_forward_row(size_t images, skel_tensor shape, const double x[],
                                     double row[]);

/** Vectors of a batch norm, or the tangents of these vectors, each [channels]. */
typedef struct skel_reference_norm_vectors {
    const double *mean;
    const double *inverse; /**< 1 / sqrt(variance + epsilon) */
    const double *gamma;
    const double *beta;
} skel_reference_norm_vectors;

/** y = (x - mean) * inverse * gamma + beta.
 *
 *  Local.
 */
void skel_reference_norm_apply(size_t images, skel_tensor shape, const double x[],
                               skel_reference_norm_vectors v, double y[]);

/** One microbatch's sums for batch norm's gradient: sum of dy [C], sum of dy * xhat [C].
 *
 *  Local. These are also the gradients of beta and gamma.
 */
void skel_reference_norm_backward_row(size_t images, skel_tensor shape, const double x[],
                                      const double dy[], skel_reference_norm_vectors v,
                                      double row[]);

/** dx += gamma * inverse * (dy - mean of dy - xhat * mean of dy * xhat).
 *
 *  Local.
 *  @param elements  per channel, of all microbatches in the total
 *  @param sum       total of backward rows
 *  Source: Ioffe and Szegedy 2015, the gradients in section 3.
 */
void skel_reference_norm_backward_data(size_t images, skel_tensor shape, const double x[],
                                       const double dy[], skel_reference_norm_vectors v,
                                       double elements, const double sum[], double dx[]);

/** Input and output gradient of a batch norm, with their tangents, each [images][shape]. */
typedef struct skel_reference_norm_operands {
    const double *x;
    const double *rx;
    const double *dy;
    const double *rdy;
} skel_reference_norm_operands;

/** Tangent of skel_reference_norm_apply()'s output.
 *
 *  Local. `dy` and `rdy` are not read.
 */
void skel_reference_norm_tangent_apply(size_t images, skel_tensor shape,
                                       skel_reference_norm_operands in,
                                       skel_reference_norm_vectors v, skel_reference_norm_vectors r,
                                       double ry[]);

/** Tangents of skel_reference_norm_backward_row()'s sums: of dy [C], of dy * xhat [C].
 *
 *  Local. These are also the products for beta and gamma.
 */
void skel_reference_norm_tangent_backward_row(size_t images, skel_tensor shape,
                                              skel_reference_norm_operands in,
                                              skel_reference_norm_vectors v,
                                              skel_reference_norm_vectors r, double row[]);

/** rdx += tangent of the term that skel_reference_norm_backward_data() adds to dx.
 *
 *  Local.
 *  @param sum   total of backward rows
 *  @param rsum  total of tangent backward rows
 */
void skel_reference_norm_tangent_backward_data(size_t images, skel_tensor shape,
                                               skel_reference_norm_operands in,
                                               skel_reference_norm_vectors v,
                                               skel_reference_norm_vectors r, double elements,
                                               const double sum[], const double rsum[],
                                               double rdx[]);

/** y = max(x, 0); a NaN stays one.
 *
 *  Local.
 */
void skel_reference_relu_forward(size_t count, const double x[], double y[]);

/** dx += dy where x > 0.
 *
 *  Local.
 */
void skel_reference_relu_backward(size_t count, const double x[], const double dy[], double dx[]);

/** ry = rx where x > 0, else 0.
 *
 *  Local.
 */
void skel_reference_relu_tangent(size_t count, const double x[], const double rx[], double ry[]);

/** y = a + b; `y` may be either.
 *
 *  Local.
 */
void skel_reference_add_forward(size_t count, const double a[], const double b[], double y[]);

/** dx += dy.
 *
 *  Local.
 */
void skel_reference_add_backward(size_t count, const double dy[], double dx[]);

/** An activation f other than ReLU, with derivatives f' and f''. */
typedef struct skel_reference_activation {
    skel_op_kind kind; /**< SKEL_OP_LEAKY_RELU, SKEL_OP_CLIP or SKEL_OP_SIGMOID */
    double slope;      /**< SKEL_OP_LEAKY_RELU */
    double low;        /**< SKEL_OP_CLIP */
    double high;       /**< SKEL_OP_CLIP */
} skel_reference_activation;

/** y = f(x); a NaN stays one.
 *
 *  Local.
 */
void skel_reference_activation_forward(const skel_reference_activation *f, size_t count,
                                       const double x[], double y[]);

/** dx += f'(x) dy. At a kink f' is that of the side where f is flat, or its slope is `slope`.
 *
 *  Local.
 */
void skel_reference_activation_backward(const skel_reference_activation *f, size_t count,
                                        const double x[], const double dy[], double dx[]);

/** ry = f'(x) rx.
 *
 *  Local.
 */
void skel_reference_activation_tangent(const skel_reference_activation *f, size_t count,
                                       const double x[], const double rx[], double ry[]);

/** rdx += f''(x) rx dy, the term of the backward pass' tangent that has no tangent of dy. At a kink
 *  f'' is 0.
 *
 *  Local.
 */
void skel_reference_activation_tangent_backward(const skel_reference_activation *f, size_t count,
                                                const double x[], const double rx[],
                                                const double dy[], double rdx[]);

/** dx += f'(x)^2 dy, where dx and dy are second derivatives.
 *
 *  Local.
 */
void skel_reference_activation_curvature(const skel_reference_activation *f, size_t count,
                                         const double x[], const double dy[], double dx[]);

/** The two factors of a product. */
typedef struct skel_reference_factors {
    size_t images;
    skel_tensor shape; /**< of the first factor and of the product */
    bool is_one_pixel; /**< the second is [channels][1][1], else of the same shape */
} skel_reference_factors;

/** y = a b.
 *
 *  Local.
 */
void skel_reference_mul_forward(const skel_reference_factors *s, const double a[], const double b[],
                                double y[]);

/** da += dy b.
 *
 *  Local.
 */
void skel_reference_mul_backward_first(const skel_reference_factors *s, const double b[],
                                       const double dy[], double da[]);

/** db += dy a, summed over the pixels that an element of b multiplies.
 *
 *  Local.
 */
void skel_reference_mul_backward_second(const skel_reference_factors *s, const double a[],
                                        const double dy[], double db[]);

/** Mean of the energies e(o^2) of some outputs.
 *
 *  Local.
 *  @param order  n of e'(x) = 1 / (1 + x)^n, 0 to 2
 */
double skel_reference_energy_mean(unsigned order, size_t count, const double o[]);

/** dy += factor times the slope of e(o^2), 2 o e'(o^2).
 *
 *  Local.
 *  @param order  as above
 */
void skel_reference_energy_backward(unsigned order, size_t count, double factor, const double o[],
                                    double dy[]);

/** y = a, then b, image by image.
 *
 *  Local.
 *  @param a_count  elements of an image of a
 *  @param b_count  elements of an image of b
 */
void skel_reference_concat_forward(size_t images, size_t a_count, size_t b_count, const double a[],
                                   const double b[], double y[]);

/** dx += the elements of each image of dy that an operand has written.
 *
 *  Local.
 *  @param first  the first of them
 *  @param count  elements of an image of the operand
 *  @param total  elements of an image of dy
 */
void skel_reference_concat_backward(size_t images, size_t first, size_t count, size_t total,
                                    const double dy[], double dx[]);

/** y = largest element of each window, padding left out; a NaN stays one.
 *
 *  Local.
 */
void skel_reference_maxpool_forward(const skel_reference_window *s, const double x[], double y[]);

/** dx += dy at each window's largest element, the first in row-major order of equal ones.
 *
 *  Local.
 */
void skel_reference_maxpool_backward(const skel_reference_window *s, const double x[],
                                     const double dy[], double dx[]);

/** ry = rx at each window's largest element of x.
 *
 *  Local.
 */
void skel_reference_maxpool_tangent(const skel_reference_window *s, const double x[],
                                    const double rx[], double ry[]);

/** y = mean of each window: its sum over its elements, those of padding among them with
 *  `counts_padding` only.
 *
 *  Local.
 */
void skel_reference_avgpool_forward(const skel_reference_window *s, const double x[], double y[]);

/** y /= elements of each window.
 *
 *  Local.
 */
void skel_reference_avgpool_divide(const skel_reference_window *s, double y[]);

/** dx += dy / elements of a window.
 *
 *  Local.
 */
void skel_reference_avgpool_backward(const skel_reference_window *s, const double dy[],
                                     double dx[]);

#endif
