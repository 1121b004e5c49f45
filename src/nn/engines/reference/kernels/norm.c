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
                               const double mean[], const double inverse[], const double gamma[],
                               const double beta[], double y[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);

            for (size_t i = 0; i < plane(shape); i++) {
                y[at + i] = (x[at + i] - mean[c]) * inverse[c] * gamma[c] + beta[c];
            }
        }
    }
}

void skel_reference_norm_backward_row(size_t images, skel_tensor shape, const double x[],
                                      const double dy[], const double mean[],
                                      const double inverse[], double row[])
{
    double *sum = row;
    double *products = row + shape.channels;

    memset(row, 0, skel_statistics_backward_columns(shape.channels) * sizeof *row);
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);

            for (size_t i = 0; i < plane(shape); i++) {
                sum[c] += dy[at + i];
                products[c] += dy[at + i] * (x[at + i] - mean[c]) * inverse[c];
            }
        }
    }
}

void skel_reference_norm_backward_data(size_t images, skel_tensor shape, const double x[],
                                       const double dy[], const double mean[],
                                       const double inverse[], const double gamma[],
                                       double elements, const double sum[], double dx[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t c = 0; c < shape.channels; c++) {
            size_t at = (n * shape.channels + c) * plane(shape);
            skel_statistics_means mean_of =
                skel_statistics_means_of(shape.channels, sum, elements, c);

            for (size_t i = 0; i < plane(shape); i++) {
                double xhat = (x[at + i] - mean[c]) * inverse[c];

                dx[at + i] +=
                    gamma[c] * inverse[c] * (dy[at + i] - mean_of.first - xhat * mean_of.second);
            }
        }
    }
}
