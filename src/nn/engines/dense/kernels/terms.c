/* First-order terms and energies of channels, summed in double. */
#include "terms.h"

#include <math.h>

/* One channel of one image: `lanes` floats from pixel to pixel. */
static void product(size_t pixels, size_t lanes, const float *z, const float *dz,
                    const skel_dense_terms *to, float *term)
{
    double sum = 0;

    for (size_t i = 0; i < pixels * lanes; i += lanes) {
        double each = (double)z[i] * (double)dz[i];

        sum += to->magnitudes ? fabs(each) : each;
    }
    *term = (float)(sum / (double)pixels);
}

void skel_dense_f32_terms_product(skel_dense_extent extent, const float *z, const float *dz,
                                  const skel_dense_terms *to)
{
    size_t plane = extent.pixels * extent.lanes;

#pragma omp parallel for schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t c = 0; c < to->channels; c++) {
            size_t at = (n * extent.blocks + c / extent.lanes) * plane + c % extent.lanes;

            product(extent.pixels, extent.lanes, z + at, dz + at, to,
                    to->terms + n * to->stride + c);
        }
    }
}

static float mean_energy(size_t pixels, size_t lanes, unsigned order, const float *o)
{
    double sum = 0;

    for (size_t i = 0; i < pixels * lanes; i += lanes) {
        double x = (double)o[i] * (double)o[i];

        sum += order == 0 ? x : order == 1 ? log1p(x) : x / (1 + x);
    }
    return (float)(sum / (double)pixels);
}

void skel_dense_f32_terms_energy(skel_dense_extent extent, unsigned order, const float *o,
                                 const skel_dense_terms *to)
{
    size_t plane = extent.pixels * extent.lanes;

#pragma omp parallel for schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t c = 0; c < to->channels; c++) {
            size_t at = (n * extent.blocks + c / extent.lanes) * plane + c % extent.lanes;

            to->terms[n * to->stride + c] = mean_energy(extent.pixels, extent.lanes, order, o + at);
        }
    }
}

/* The terms of a channel behind batch norm; dz gets its slope. */
static void affine(size_t pixels, size_t lanes, const float *x, float mean, float slope,
                   float shift, float *dz, const skel_dense_terms *to, float *term)
{
    double sum = 0;

    for (size_t i = 0; i < pixels * lanes; i += lanes) {
        double each =
            ((double)slope * ((double)x[i] - (double)mean) + (double)shift) * (double)dz[i];

        sum += to != NULL && to->magnitudes ? fabs(each) : each;
        dz[i] *= slope;
    }
    if (to != NULL) {
        *term = (float)(sum / (double)pixels);
    }
}

void skel_dense_f32_terms_affine(skel_dense_extent extent, const float *x,
                                 skel_dense_f32_norm_vectors vectors, float *dz,
                                 const skel_dense_terms *to)
{
    size_t plane = extent.pixels * extent.lanes;

#pragma omp parallel for schedule(static)
    for (size_t n = 0; n < extent.images; n++) {
        for (size_t c = 0; c < extent.blocks * extent.lanes; c++) {
            size_t at = (n * extent.blocks + c / extent.lanes) * plane + c % extent.lanes;
            bool wanted = to != NULL && c < to->channels;

            affine(extent.pixels, extent.lanes, x + at, vectors.mean[c], vectors.slope[c],
                   vectors.shift[c], dz + at, wanted ? to : NULL,
                   wanted ? to->terms + n * to->stride + c : NULL);
        }
    }
}
