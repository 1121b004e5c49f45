/* Convolutions in groups: a register holds a block of target channels at one pixel. */
#include "bias.h"
#include "grouped_plan.h"
#include "kernels.h"

#include "skel/status.h"

#include <omp.h>
#include <string.h>

enum {
    MOST_LANES = 16,
    PIXELS = 8,    /* of a tile of the target */
    TAPS = 9,      /* of a depthwise convolution's weights whose sums are in registers */
    STRIP = 1 << 9 /* pixels whose products are summed in float */
};

typedef skel_dense_f32_grouped_plan plan;
typedef skel_dense_f32_grouped_phase phase;

/* One target block of one image. */
typedef struct block {
    size_t sources;      /* blocks that it reads */
    const float *source; /* the first one's plane */
    const float *weights;
    _Alignas(64) float bias[MOST_LANES];
    float *target;
} block;

#define LANES_FILE "grouped_lanes.h"
#include "block_lanes.h"

/* A thread's planes, zeros around what is copied into them. */
static float *own_planes(const plan *p)
{
    float *planes = p->planes + (size_t)omp_get_thread_num() * p->thread_floats;

    memset(planes, 0, p->thread_floats * sizeof *planes);
    return planes;
}

/* All target blocks of all images gather from the source. */
static void gather(const plan *p, const float *from, size_t biases, const float *bias, float *to)
{
    size_t target_floats = p->target.size[0] * p->target.size[1] * p->lanes;
    size_t weights_floats = p->taps * p->range * p->lanes;

#pragma omp parallel
    {
        float *planes = own_planes(p);

#pragma omp for collapse(2) schedule(static)
        for (size_t image = 0; image < p->images; image++) {
            for (size_t number = 0; number < p->target.blocks; number++) {
                size_t first = 0;
                block b = {.sources = skel_dense_f32_grouped_plan_blocks(p, number, &first),
                           .source =
                               skel_dense_f32_grouped_plan_pad(p, from, image, number, planes),
                           .weights = p->weights + number * weights_floats,
                           .target = to + (image * p->target.blocks + number) * target_floats};

                for (size_t lane = 0; lane < p->lanes; lane++) {
                    size_t channel = number * p->lanes + lane;
                    b.bias[lane] = channel < biases ? bias[channel] : 0.0F;
                }
                FOR_BLOCK_LANES(p->lanes, gather_block, p, &b);
            }
        }
    }
}

static void grouped_forward(const skel_dense_f32_grouped *g, const float *x, const float *weights,
                            const float *bias, float *y, float *scratch)
{
    plan p = skel_dense_f32_grouped_plan_of(g, SKEL_DENSE_FORWARD, scratch);

    SKEL_ASSERT((size_t)omp_get_max_threads() <= g->threads);
    skel_dense_f32_grouped_plan_pack(&p, SKEL_DENSE_FORWARD, weights);
    gather(&p, x, g->has_bias ? g->outputs : 0, bias, y);
}

static void grouped_backward_data(const skel_dense_f32_grouped *g, const float *dy,
                                  const float *weights, float *dx, float *scratch)
{
    plan p = skel_dense_f32_grouped_plan_of(g, SKEL_DENSE_BACKWARD_DATA, scratch);

    SKEL_ASSERT((size_t)omp_get_max_threads() <= g->threads);
    skel_dense_f32_grouped_plan_pack(&p, SKEL_DENSE_BACKWARD_DATA, weights);
    gather(&p, dy, 0, NULL, dx);
}

static void grouped_backward_weights(const skel_dense_f32_grouped *g, const float *x,
                                     const float *dy, float *dweights, float *dbias, float *scratch)
{
    plan p = skel_dense_f32_grouped_plan_of(g, SKEL_DENSE_BACKWARD_WEIGHTS, scratch);
    size_t pixels = p.target.size[0] * p.target.size[1];
    size_t weights_floats = p.taps * p.range * p.lanes;

    SKEL_ASSERT((size_t)omp_get_max_threads() <= g->threads);
    memset(p.sums, 0, p.target.blocks * weights_floats * sizeof *p.sums);
#pragma omp parallel
    {
        float *planes = own_planes(&p);

#pragma omp for schedule(static)
        for (size_t number = 0; number < p.target.blocks; number++) {
            for (size_t image = 0; image < p.images; image++) {
                size_t first = 0;
                size_t sources = skel_dense_f32_grouped_plan_blocks(&p, number, &first);
                const float *source = skel_dense_f32_grouped_plan_pad(&p, x, image, number, planes);
                const float *gradient = dy + (image * p.target.blocks + number) * pixels * p.lanes;
                double *sums = p.sums + number * weights_floats;

                FOR_BLOCK_LANES(p.lanes, gradient_block, &p, sources, source, gradient, sums);
            }
        }
    }
    skel_dense_f32_grouped_plan_unpack(&p, dweights);
    if (g->has_bias) {
        skel_dense_bias_sums(g->images, g->outputs, pixels, g->lanes, dy, dbias);
    }
}

const skel_dense_grouped_kernels SKEL_ISA_NAME(skel_dense_grouped_kernels) = {
    .forward = grouped_forward,
    .backward_data = grouped_backward_data,
    .backward_weights = grouped_backward_weights,
};
