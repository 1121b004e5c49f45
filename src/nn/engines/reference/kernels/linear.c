/* Linear layers. */
#include "kernels.h"

#include <string.h>

void skel_reference_linear_forward(size_t images, size_t in, size_t out, const double x[],
                                   const double w[], const double bias[], double y[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t o = 0; o < out; o++) {
            double sum = bias != NULL ? bias[o] : 0;

            for (size_t i = 0; i < in; i++) {
                sum += x[n * in + i] * w[o * in + i];
            }
            y[n * out + o] = sum;
        }
    }
}

void skel_reference_linear_backward_data(size_t images, size_t in, size_t out, const double dy[],
                                         const double w[], double dx[])
{
    for (size_t n = 0; n < images; n++) {
        for (size_t o = 0; o < out; o++) {
            for (size_t i = 0; i < in; i++) {
                dx[n * in + i] += dy[n * out + o] * w[o * in + i];
            }
        }
    }
}

void skel_reference_linear_backward_weights(size_t images, size_t in, size_t out, const double x[],
                                            const double dy[], double dw[])
{
    memset(dw, 0, in * out * sizeof *dw);
    for (size_t n = 0; n < images; n++) {
        for (size_t o = 0; o < out; o++) {
            for (size_t i = 0; i < in; i++) {
                dw[o * in + i] += dy[n * out + o] * x[n * in + i];
            }
        }
    }
}
