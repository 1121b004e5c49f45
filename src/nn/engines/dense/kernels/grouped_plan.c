/* What a call of a grouped convolution prepares. */
#include "grouped_plan.h"

#include "parts.h"

#include <string.h>

enum { LINE = 16 }; /* floats of a cache line */

static size_t lines(size_t floats)
{
    return round_up(floats, LINE);
}

static skel_dense_f32_grouped_side side_of(const skel_dense_f32_grouped *g, size_t channels,
                                           size_t height, size_t width)
{
    return (skel_dense_f32_grouped_side){.channels = channels,
                                         .per_group = channels / g->groups,
                                         .blocks = parts(channels, g->lanes),
                                         .size = {height, width}};
}

size_t skel_dense_f32_grouped_plan_blocks(const skel_dense_f32_grouped_plan *p, size_t target,
                                          size_t *first)
{
    size_t begin = target * p->lanes;
    size_t end = begin + p->lanes < p->target.channels ? begin + p->lanes : p->target.channels;
    size_t source = begin / p->target.per_group * p->source.per_group;
    size_t last = ((end - 1) / p->target.per_group + 1) * p->source.per_group - 1;

    *first = source / p->lanes;
    return last / p->lanes - *first + 1;
}

/* Sizes of the padded source and steps, along one dimension. */
static void plan_dimension(skel_dense_f32_grouped_plan *p, const skel_dense_window *w, bool back,
                           size_t d)
{
    size_t reach = (w->kernel[d] - 1) * w->dilation[d];
    size_t before = w->before[d];
    size_t stride = w->stride[d];

    p->source_step[d] = back ? 1 : stride;
    p->target_step[d] = back ? stride : 1;
    if (back) {
        p->origin[d] = reach > before ? (reach - before) / stride : 0;
        p->padded[d] = p->origin[d] + (p->target.size[d] - 1 + before) / stride + 1;
    } else {
        p->origin[d] = before;
        p->padded[d] = (p->target.size[d] - 1) * stride + reach + 1;
    }
}

/* Backward: position in the padded plane of what tap k reads at the first target of a phase.
 * Returns whether the phase reads it. */
static bool tap_position(const skel_dense_f32_grouped_plan *p, const skel_dense_window *w,
                         size_t phase, size_t d, size_t k, size_t *position)
{
    size_t stride = w->stride[d];
    size_t reach = k * w->dilation[d];
    size_t at = phase + w->before[d] + p->origin[d] * stride;

    *position = (at - reach) / stride;
    return at >= reach && (at - reach) % stride == 0;
}

/* Fills a phase's taps, behind those of the phases before; returns their end. */
static skel_dense_f32_grouped_tap *fill_phase(const skel_dense_f32_grouped_plan *p,
                                              const skel_dense_window *w, bool back, size_t number,
                                              skel_dense_f32_grouped_tap *tap)
{
    skel_dense_f32_grouped_phase *phase = &p->phase[number];
    size_t first[2] = {number / p->target_step[1], number % p->target_step[1]};

    *phase = (skel_dense_f32_grouped_phase){.first = {first[0], first[1]}, .tap = tap};
    for (size_t d = 0; d < 2; d++) {
        phase->count[d] = first[d] < p->target.size[d]
                              ? (p->target.size[d] - first[d] - 1) / p->target_step[d] + 1
                              : 0;
    }
    for (size_t k = 0; k < p->taps; k++) {
        size_t ky = k / w->kernel[1];
        size_t kx = k % w->kernel[1];
        size_t y = ky * w->dilation[0];
        size_t x = kx * w->dilation[1];

        if (!back ||
            (tap_position(p, w, first[0], 0, ky, &y) && tap_position(p, w, first[1], 1, kx, &x))) {
            *tap++ =
                (skel_dense_f32_grouped_tap){.offset = (y * p->row + x) * p->lanes, .weight = k};
            phase->taps++;
        }
    }
    return tap;
}

/* Lays out the scratch memory: phases and their taps, weights or sums, planes. */
static void lay_out(skel_dense_f32_grouped_plan *p, bool of_weights, size_t threads, float *scratch)
{
    size_t lists =
        lines((p->phases * sizeof *p->phase + p->taps * sizeof *p->phase->tap) / sizeof *scratch);
    size_t weights = lines(p->target.blocks * p->taps * p->range * p->lanes *
                           (of_weights ? sizeof *p->sums / sizeof *p->weights : 1));

    p->plane_floats = p->direct ? p->source.size[0] * p->source.size[1] * p->lanes
                                : p->padded[0] * p->padded[1] * p->lanes;
    p->thread_floats = p->direct ? 0 : lines(p->most_blocks * p->plane_floats);
    p->floats = lists + weights + threads * p->thread_floats;
    if (scratch != NULL) {
        p->phase = (void *)scratch;
        p->weights = scratch + lists;
        p->sums = (void *)p->weights;
        p->planes = p->weights + weights;
    }
}

skel_dense_f32_grouped_plan skel_dense_f32_grouped_plan_of(const skel_dense_f32_grouped *g,
                                                           skel_dense_direction direction,
                                                           float *scratch)
{
    bool back = direction == SKEL_DENSE_BACKWARD_DATA;
    skel_dense_f32_grouped_side input = side_of(g, g->inputs, g->height, g->width);
    skel_dense_f32_grouped_side output = side_of(g, g->outputs, g->out_height, g->out_width);
    skel_dense_f32_grouped_plan p = {.lanes = g->lanes,
                                     .images = g->images,
                                     .depthwise = input.per_group == 1 && output.per_group == 1,
                                     .source = back ? output : input,
                                     .target = back ? input : output,
                                     .taps = skel_dense_window_taps(&g->window)};
    skel_dense_f32_grouped_tap *tap = NULL;

    plan_dimension(&p, &g->window, back, 0);
    plan_dimension(&p, &g->window, back, 1);
    for (size_t b = 0; b < p.target.blocks; b++) {
        size_t first = 0;
        size_t blocks = skel_dense_f32_grouped_plan_blocks(&p, b, &first);

        p.most_blocks = blocks > p.most_blocks ? blocks : p.most_blocks;
    }
    p.range = p.depthwise ? 1 : p.most_blocks * p.lanes;
    p.phases = p.target_step[0] * p.target_step[1];
    p.direct = p.origin[0] == 0 && p.origin[1] == 0 && p.padded[0] <= p.source.size[0] &&
               p.padded[1] <= p.source.size[1];
    p.row = p.direct ? p.source.size[1] : p.padded[1];
    lay_out(&p, direction == SKEL_DENSE_BACKWARD_WEIGHTS, g->threads, scratch);
    tap = scratch == NULL ? NULL : (void *)(p.phase + p.phases);
    for (size_t i = 0; scratch != NULL && i < p.phases; i++) {
        tap = fill_phase(&p, &g->window, back, i, tap);
    }
    return p;
}

/* The packed weights of one target channel. */
static void pack_channel(const skel_dense_f32_grouped_plan *p, bool back, const float *weights,
                         size_t target, float *to)
{
    size_t group = target / p->target.per_group;
    size_t first = 0;

    (void)skel_dense_f32_grouped_plan_blocks(p, target / p->lanes, &first);
    for (size_t k = 0; k < p->source.per_group; k++) {
        size_t source = group * p->source.per_group + k;
        size_t at = p->depthwise ? 0 : source - first * p->lanes;
        size_t row = back ? source * p->target.per_group + target % p->target.per_group
                          : target * p->source.per_group + k;

        for (size_t tap = 0; tap < p->taps; tap++) {
            to[(tap * p->range + at) * p->lanes] = weights[row * p->taps + tap];
        }
    }
}

void skel_dense_f32_grouped_plan_pack(const skel_dense_f32_grouped_plan *p,
                                      skel_dense_direction direction, const float *weights)
{
    size_t block = p->taps * p->range * p->lanes;

    memset(p->weights, 0, p->target.blocks * block * sizeof *p->weights);
    for (size_t c = 0; c < p->target.channels; c++) {
        pack_channel(p, direction == SKEL_DENSE_BACKWARD_DATA, weights, c,
                     p->weights + c / p->lanes * block + c % p->lanes);
    }
}

void skel_dense_f32_grouped_plan_unpack(const skel_dense_f32_grouped_plan *p, float *dweights)
{
    for (size_t c = 0; c < p->target.channels; c++) {
        const double *from = p->sums + c / p->lanes * p->taps * p->range * p->lanes + c % p->lanes;
        size_t first = 0;

        (void)skel_dense_f32_grouped_plan_blocks(p, c / p->lanes, &first);
        for (size_t k = 0; k < p->source.per_group; k++) {
            size_t source = c / p->target.per_group * p->source.per_group + k;
            size_t at = p->depthwise ? 0 : source - first * p->lanes;

            for (size_t tap = 0; tap < p->taps; tap++) {
                dweights[(c * p->source.per_group + k) * p->taps + tap] =
                    (float)from[(tap * p->range + at) * p->lanes];
            }
        }
    }
}

const float *skel_dense_f32_grouped_plan_pad(const skel_dense_f32_grouped_plan *p,
                                             const float *source, size_t image, size_t target,
                                             float *planes)
{
    size_t first = 0;
    size_t blocks = skel_dense_f32_grouped_plan_blocks(p, target, &first);
    size_t floats = p->source.size[0] * p->source.size[1] * p->lanes;
    const float *from = source + (image * p->source.blocks + first) * floats;
    size_t rows = p->padded[0] > p->origin[0] ? p->padded[0] - p->origin[0] : 0;
    size_t columns = p->padded[1] > p->origin[1] ? p->padded[1] - p->origin[1] : 0;

    if (p->direct) {
        return from;
    }
    rows = rows < p->source.size[0] ? rows : p->source.size[0];
    columns = columns < p->source.size[1] ? columns : p->source.size[1];
    for (size_t b = 0; b < blocks; b++) {
        for (size_t y = 0; y < rows; y++) {
            memcpy(planes + b * p->plane_floats +
                       ((p->origin[0] + y) * p->row + p->origin[1]) * p->lanes,
                   from + b * floats + y * p->source.size[1] * p->lanes,
                   columns * p->lanes * sizeof *planes);
        }
    }
    return planes;
}
