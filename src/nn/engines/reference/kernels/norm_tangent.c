/* Tangents of batch norm's forward and backward pass: the derivatives of the formulas in norm.c. */
#include "kernels.h"

#include "../../../engine/statistics.h"

#include <string.h>

static size_t plane(skel_tensor shape)
{
    return shape.height * shape.width;
}

static double xhat_of(skel_reference_norm_operands in, skel_reference_norm_vectors v, size_t c,
                      size_t i)
{
    return (in.x[i] - v.mean[c]) * v.inverse[c];
}

static double rxhat_of(skel_reference_norm_operands in, skel_reference_norm_vectors v,
                       skel_reference_norm_vectors r, size_t c, size_t i)
{
    return (in.x[i] - v.mean[c]) * r.inverse[c] + (in.rx[i] - r.mean[c]) * v.inverse[c];
}

void skel_reference_norm_tangent_apply(size_t images, skel_tensor shape,
                                       skel_reference_norm_operands in,
                                       skel_reference_norm_vectors v, skel_reference_norm_vectors r,
                                       double ry[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);

            for (size_t i = at; i < at + plane(shape); i++) {
                ry[i] = xhat_of(in, v, c, i) * r.gamma[c] + rxhat_of(in, v, r, c, i) * v.gamma[c] +
                        r.beta[c];
            }
        }
    }
}

/* Adds the terms of the plane that begins at element `at` to the sums of its channel. */
static void add_plane(size_t at, size_t pixels, skel_reference_norm_operands in,
                      skel_reference_norm_vectors v, skel_reference_norm_vectors r, size_t c,
                      double *sum, double *product)
{
    for (size_t i = at; i < at + pixels; i++) {
        *sum += in.rdy[i];
        *product += in.rdy[i] * xhat_of(in, v, c, i) + in.dy[i] * rxhat_of(in, v, r, c, i);
    }
}

void skel_reference_norm_tangent_backward_row(size_t images, skel_tensor shape,
                                              skel_reference_norm_operands in,
                                              skel_reference_norm_vectors v,
                                              skel_reference_norm_vectors r, double row[])
{
    memset(row, 0, skel_statistics_backward_columns(shape.channels) * sizeof *row);
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            add_plane((n * shape.channels + c) * plane(shape), plane(shape), in, v, r, c, &row[c],
                      &row[shape.channels + c]);
        }
    }
}

void skel_reference_norm_tangent_backward_data(size_t images, skel_tensor shape,
                                               skel_reference_norm_operands in,
                                               skel_reference_norm_vectors v,
                                               skel_reference_norm_vectors r, double elements,
                                               const double sum[], const double rsum[],
                                               double rdx[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);
            skel_statistics_means mean = skel_statistics_means_of(shape.channels, sum, elements, c);
            skel_statistics_means rmean =
                skel_statistics_means_of(shape.channels, rsum, elements, c);
            double slope = v.gamma[c] * v.inverse[c];
            double rslope = r.gamma[c] * v.inverse[c] + v.gamma[c] * r.inverse[c];

            for (size_t i = at; i < at + plane(shape); i++) {
                double xhat = xhat_of(in, v, c, i);
                double rest = in.dy[i] - mean.first - xhat * mean.second;
                double rrest = in.rdy[i] - rmean.first - rxhat_of(in, v, r, c, i) * mean.second -
                               xhat * rmean.second;

                rdx[i] += rslope * rest + slope * rrest;
            }
        }
    }
}
