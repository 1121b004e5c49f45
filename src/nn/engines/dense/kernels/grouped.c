/* Chooses the instruction set of convolutions in groups. */
#include "kernels.h"

#include "grouped_plan.h"

static const skel_dense_grouped_kernels *kernels(void)
{
    static const skel_dense_grouped_kernels *const tables[SKEL_ISAS] =
        SKEL_ISA_TABLES(skel_dense_grouped_kernels);

    return tables[skel_isa_best()];
}

size_t skel_dense_f32_grouped_scratch(const skel_dense_f32_grouped *g,
                                      skel_dense_direction direction)
{
    return skel_dense_f32_grouped_plan_of(g, direction, NULL).floats;
}

void skel_dense_f32_grouped_forward(const skel_dense_f32_grouped *g, const float *x,
                                    const float *weights, const float *bias, float *y,
                                    float *scratch)
{
    kernels()->forward(g, x, weights, bias, y, scratch);
}

void skel_dense_f32_grouped_backward_data(const skel_dense_f32_grouped *g, const float *dy,
                                          const float *weights, float *dx, float *scratch)
{
    kernels()->backward_data(g, dy, weights, dx, scratch);
}

void skel_dense_f32_grouped_backward_weights(const skel_dense_f32_grouped *g, const float *x,
                                             const float *dy, float *dweights, float *dbias,
                                             float *scratch)
{
    kernels()->backward_weights(g, x, dy, dweights, dbias, scratch);
}
