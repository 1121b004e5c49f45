/* Forward pass of batch norm steps. */
#include "norm.h"

#include "../compile/norms.h"
#include "../compile/tensors.h"
#include "elementwise.h"
#include "statistics.h"

/* Planes of the tensor that a batch norm reads; pooling may make its output smaller. */
static const skel_sparse_planes *planes_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->planes[sparse->graph.step[step].operand[SKEL_STEP_INPUT]];
}

static void set_channel(const skel_sparse *sparse, size_t step, size_t c, double mean,
                        double variance)
{
    skel_sparse_work *work = &sparse->work[step];

    work->inverse[c] = skel_statistics_inverse(variance, sparse->graph.step[step].op->epsilon);
    work->channel[c].mean = (float)mean;
    work->channel[c].slope = (float)((double)work->scale[c] * work->inverse[c]);
}

/* From the sums to the channels of the pass, and to what the caller wants to know of them. */
static void set_statistics(skel_sparse *sparse, size_t step, size_t count, const skel_pass passes[])
{
    const skel_op *op = sparse->graph.step[step].op;
    const skel_buffer *buffer = sparse->graph.network->buffer;
    size_t channels = planes_of(sparse, step)->channels;
    double elements = sparse->total[0];

    sparse->work[step].elements = elements;
    for (size_t c = 0; c < channels; c++) {
        double mean = sparse->total[1 + c] / elements;
        double variance = sparse->total[1 + channels + c] / elements - mean * mean;

        variance = variance < 0 ? 0 : variance;
        set_channel(sparse, step, c, mean, variance);
        for (size_t slot = 0; slot < count; slot++) {
            float *out = passes[slot].statistics;

            if (out != NULL) {
                out[buffer[op->mean].offset + c] = (float)mean;
                out[buffer[op->variance].offset + c] =
                    (float)(elements > 1 ? variance * elements / (elements - 1) : variance);
            }
        }
    }
}

/* One channel of one block. `y` is the output's first pixel in the channel. */
static void channel_apply(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                          size_t c, float *y)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_planes *planes = planes_of(sparse, number);
    const skel_sparse_planes *out = &sparse->planes[step->output];
    skel_sparse_channel channel = sparse->work[number].channel[c];
    size_t other = step->operand[SKEL_STEP_OTHER];
    skel_sparse_lane_mask lanes =
        skel_sparse_lane_mask_of(sparse->kernels->lanes, sparse->slot[slot].images, block);
    const float *x = skel_sparse_norm_input(sparse, number, slot, block, c);

    if (step->pool != NULL) {
        sparse->kernels->norm_pool->apply(planes, out, step->pool->window.kernel[0], x, channel,
                                          &lanes, y,
                                          skel_sparse_choice(sparse, number, slot, block, c));
    } else {
        sparse->kernels->norm->apply(planes, x, channel,
                                     other == SKEL_NONE
                                         ? NULL
                                         : skel_sparse_value(sparse, slot, other, block) +
                                               skel_sparse_planes_origin(out, c),
                                     skel_sparse_elementwise_function(step), &lanes, out->row, y);
    }
}

/* Where a block of the output is: in the forward pass, or computed again in the backward pass. */
static float *output_of(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                        bool again)
{
    size_t output = sparse->graph.step[number].output;

    return again ? skel_sparse_again(sparse, slot, output, block)
                 : skel_sparse_value(sparse, slot, output, block);
}

static void apply(const skel_sparse *sparse, size_t number, skel_sparse_window window, bool again)
{
    const skel_sparse_planes *out = &sparse->planes[sparse->graph.step[number].output];
    size_t channels = out->channels;

#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = window.first; b < window.last; b++) {
        for (size_t c = 0; c < channels; c++) {
            /* gradients of pruned weights read every channel */
            if (skel_sparse_gives_all(sparse) || !skel_sparse_is_dead(sparse, number, c)) {
                channel_apply(sparse, number, window.slot, b, c,
                              output_of(sparse, number, window.slot, b, again) +
                                  skel_sparse_planes_origin(out, c));
            }
        }
    }
}

void skel_sparse_norm_sums(skel_sparse *sparse, size_t step, skel_sparse_window window)
{
    const skel_sparse_planes *planes = planes_of(sparse, step);
    size_t input = sparse->graph.step[step].operand[SKEL_STEP_INPUT];
    double start = skel_engine_clock(&sparse->base);

    if (sparse->work[step].feeder != SKEL_NONE) {
        return; /* the layer has left the sums */
    }
#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = window.first; b < window.last; b++) {
        for (size_t c = 0; c < planes->channels; c++) {
            sparse->kernels->norm->sums(planes,
                                        skel_sparse_value(sparse, window.slot, input, b) +
                                            skel_sparse_planes_origin(planes, c),
                                        skel_sparse_partial(sparse, step, window.slot, b, c));
        }
    }
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
}

skel_status skel_sparse_norm_total(skel_sparse *sparse, size_t step, size_t count,
                                   const skel_pass passes[])
{
    const skel_sparse_planes *planes = planes_of(sparse, step);
    size_t columns = skel_statistics_forward_columns(planes->channels);
    double start = skel_engine_clock(&sparse->base);
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < count; slot++) {
        double *row = sparse->statistics + slot * columns;

        row[0] = (double)(sparse->slot[slot].images * planes->height * planes->width);
        skel_sparse_statistics_reduce(sparse, step, slot, row + 1, row + 1 + planes->channels);
    }
    SKEL_TRY(skel_sparse_statistics_sum(sparse, count, columns));
    set_statistics(sparse, step, count, passes);
done:
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
    return status;
}

void skel_sparse_norm_running(skel_sparse *sparse, size_t step, const float buffers[])
{
    const skel_op *op = sparse->graph.step[step].op;
    const float *mean = buffers + sparse->graph.network->buffer[op->mean].offset;
    const float *variance = buffers + sparse->graph.network->buffer[op->variance].offset;

    for (size_t c = 0; c < planes_of(sparse, step)->channels; c++) {
        set_channel(sparse, step, c, (double)mean[c], (double)variance[c]);
    }
}

void skel_sparse_norm_apply(skel_sparse *sparse, size_t step, skel_sparse_window window)
{
    double start = skel_engine_clock(&sparse->base);

    apply(sparse, step, window, false);
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
}

void skel_sparse_norm_again(skel_sparse *sparse, size_t step, skel_sparse_window window)
{
    const skel_graph_step *s = &sparse->graph.step[step];
    double start = skel_engine_clock(&sparse->base);

    for (size_t b = window.first; b < window.last; b++) {
        skel_sparse_planes_clear_ring(&sparse->planes[s->output],
                                      output_of(sparse, step, window.slot, b, true));
    }
    apply(sparse, step, window, true);
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
}
