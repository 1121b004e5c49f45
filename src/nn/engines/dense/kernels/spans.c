/* Chooses the instruction set of convolutions over spans. */
#include "kernels.h"
#include "spans_image.h"

static const skel_dense_spans_kernels *kernels(void)
{
    static const skel_dense_spans_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_spans_kernels);

    return tables[skel_isa_best()];
}

bool skel_dense_f32_spans_fits(const skel_dense_f32_tiles *t)
{
    size_t outputs = t->outputs * t->out_height * t->out_width;

    return t->window.dilation[1] == 1 && span_image_of(t).floats <= SPAN_IMAGE_FLOATS &&
           (t->plain || outputs <= SPAN_IMAGE_FLOATS);
}

size_t skel_dense_f32_spans_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    return kernels()->scratch(t, direction);
}

void skel_dense_f32_spans_forward(const skel_dense_f32_tiles *t, const float *x,
                                  const float *weights, const float *bias, float *y, float *scratch)
{
    kernels()->forward(t, x, weights, bias, y, scratch);
}

void skel_dense_f32_spans_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                        const float *weights, float *dx, float *scratch)
{
    kernels()->backward_data(t, dy, weights, dx, scratch);
}

void skel_dense_f32_spans_backward_weights(const skel_dense_f32_tiles *t, const float *x,
                                           const float *dy, float *dweights, float *dbias,
                                           float *scratch)
{
    kernels()->backward_weights(t, x, dy, dweights, dbias, scratch);
}
