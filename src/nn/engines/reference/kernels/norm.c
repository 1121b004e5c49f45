/* Batch norm in parts: the sums of a microbatch, and the operation once the total is known. */
#include "kernels.h"

#include "../../../engine/statistics.h"

#include <string.h>

static size_t plane(skel_tensor shape)
{
    return shape.height * shape.width;
}

void skel_reference_norm_forward_row(size_t images, skel_tensor shape, const double x[],
                                     double row[])
{
    double *sum = row + 1;
    double *squares = row + 1 + shape.channels;

    memset(row, 0, skel_statistics_forward_columns(shape.channels) * sizeof *row);
    row[0] = (double)(images * plane(shape));
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            const double *in = x + (n * shape.channels + c) * plane(shape);

            for (size_t i = 0; i < plane(shape); i++) {
                sum[c] += in[i];
                squares[c] += in[i] * in[i];
            }
        }
    }
}

void skel_reference_norm_apply(size_t images, skel_tensor shape, const double x[],
                               skel_reference_norm_vectors v, double y[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);

            for (size_t i = 0; i < plane(shape); i++) {
                y[at + i] = (x[at + i] - v.mean[c]) * v.inverse[c] * v.gamma[c] + v.beta[c];
            }
        }
    }
}

void skel_reference_norm_backward_row(size_t images, skel_tensor shape, const double x[],
                                      const double dy[], skel_reference_norm_vectors v,
                                      double row[])
{
    double *sum = row;
    double *products = row + shape.channels;

    memset(row, 0, skel_statistics_backward_columns(shape.channels) * sizeof *row);
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);

            for (size_t i = 0; i < plane(shape); i++) {
                sum[c] += dy[at + i];
                products[c] += dy[at + i] * (x[at + i] - v.mean[c]) * v.inverse[c];
            }
        }
    }
}

void skel_reference_norm_backward_data(size_t images, skel_tensor shape, const double x[],
                                       const double dy[], skel_reference_norm_vectors v,
                                       double elements, const double sum[], double dx[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);
            skel_statistics_means mean_of =
                skel_statistics_means_of(shape.channels, sum, elements, c);

            for (size_t i = 0; i < plane(shape); i++) {
                double xhat = (x[at + i] - v.mean[c]) * v.inverse[c];

                dx[at + i] += v.gamma[c] * v.inverse[c] *
                              (dy[at + i] - mean_of.first - xhat * mean_of.second);
            }
        }
    }
}
