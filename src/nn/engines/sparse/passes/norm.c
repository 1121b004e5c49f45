/* Batch norm steps: sums, agreement on them with other microbatches, and what follows from them. */
#include "../compile/sparse.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* Of what is normalised; pooling may make the output smaller. */
static const skel_planes *planes_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->planes[sparse->graph.step[step].operand[SKEL_STEP_INPUT]];
}

skel_status skel_sparse_norm_create(skel_sparse *sparse)
{
    const skel_graph *graph = &sparse->graph;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < graph->steps; i++) {
        sparse->work[i].feeds = SKEL_NONE;
        sparse->work[i].feeder = SKEL_NONE;
    }
    for (size_t i = 0; i < graph->steps; i++) {
        const skel_graph_tensor *input = &graph->tensor[graph->step[i].operand[SKEL_STEP_INPUT]];
        skel_sparse_work *work = &sparse->work[i];
        size_t channels = input->channels;

        if (graph->step[i].kind != SKEL_STEP_NORM) {
            continue;
        }
        if (input->uses == 1 && input->producer != SKEL_NONE &&
            skel_graph_has_weights(&graph->step[input->producer])) {
            sparse->work[input->producer].feeds = i;
            work->feeder = input->producer;
        }
        SKEL_TRY(SKEL_ALLOC(channels, sizeof *work->channel, &work->channel));
        SKEL_TRY(SKEL_ALLOC(channels, sizeof *work->scale, &work->scale));
        SKEL_TRY(SKEL_ALLOC(channels, sizeof *work->inverse, &work->inverse));
        SKEL_TRY(skel_sparse_take(sparse, sparse->slots * sparse->blocks * channels,
                                  2 * sizeof(double), &work->partials));
    }
done:
    return status;
}

double *skel_sparse_partial(const skel_sparse *sparse, size_t step, size_t slot, size_t block,
                            size_t channel)
{
    size_t channels = planes_of(sparse, step)->channels;

    return sparse->work[step].partials + 2 * ((slot * sparse->blocks + block) * channels + channel);
}

void skel_sparse_norm_reduce(const skel_sparse *sparse, size_t step, size_t slot, double first[],
                             double second[])
{
    for (size_t c = 0; c < planes_of(sparse, step)->channels; c++) {
        first[c] = 0;
        second[c] = 0;
        for (size_t b = 0; b < sparse->slot[slot].blocks; b++) {
            const double *partial = skel_sparse_partial(sparse, step, slot, b, c);

            first[c] += partial[0];
            second[c] += partial[1];
        }
    }
}

skel_status skel_sparse_norm_agree(skel_sparse *sparse, size_t count, size_t columns)
{
    const skel_engine_options *options = &sparse->base.options;

    if (options->statistics_sum == NULL) {
        SKEL_ASSERT(count == 1);
        memcpy(sparse->total, sparse->rows, columns * sizeof(double));
        return SKEL_OK;
    }
    return options->statistics_sum(options->statistics_context, count, columns, sparse->rows,
                                   sparse->total);
}

static void set_channel(skel_sparse_work *work, size_t c, double mean, double variance)
{
    work->inverse[c] = 1 / sqrt(variance + SKEL_NORM_EPSILON);
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
        set_channel(&sparse->work[step], c, mean, variance);
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

/* Sums of a slot's values by block, unless the convolution has left them. */
static void sum_blocks(const skel_sparse *sparse, size_t step, size_t slot)
{
    const skel_planes *planes = planes_of(sparse, step);
    size_t blocks = sparse->slot[slot].blocks;
    size_t input = sparse->graph.step[step].operand[SKEL_STEP_INPUT];

#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = 0; b < blocks; b++) {
        for (size_t c = 0; c < planes->channels; c++) {
            skel_channel_sums(
                planes, skel_sparse_value(sparse, slot, input, b) + skel_planes_origin(planes, c),
                skel_sparse_partial(sparse, step, slot, b, c));
        }
    }
}

/* One channel of one block. */
static void channel_apply(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                          size_t c)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_planes *planes = planes_of(sparse, number);
    const skel_planes *out = &sparse->planes[step->output];
    skel_channel channel = sparse->work[number].channel[c];
    size_t other = step->operand[SKEL_STEP_OTHER];
    skel_lane_mask lanes = skel_lane_mask_of(sparse->slot[slot].images, block);
    const float *x = skel_sparse_value(sparse, slot, step->operand[SKEL_STEP_INPUT], block) +
                     skel_planes_origin(planes, c);
    float *y = skel_sparse_value(sparse, slot, step->output, block) + skel_planes_origin(out, c);

    if (step->pool != NULL) {
        skel_channel_pool(planes, out, step->pool->kernel, x, channel, &lanes, y,
                          skel_sparse_choice(sparse, number, slot, block, c));
    } else {
        skel_channel_apply(planes, x, channel,
                           other == SKEL_NONE ? NULL
                                              : skel_sparse_value(sparse, slot, other, block) +
                                                    skel_planes_origin(planes, c),
                           step->relu, &lanes, y);
    }
}

static void apply(const skel_sparse *sparse, size_t number, size_t slot)
{
    size_t blocks = sparse->slot[slot].blocks;
    size_t channels = planes_of(sparse, number)->channels;

#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = 0; b < blocks; b++) {
        for (size_t c = 0; c < channels; c++) {
            channel_apply(sparse, number, slot, b, c);
        }
    }
}

skel_status skel_sparse_norm_forward(skel_sparse *sparse, size_t step, size_t count,
                                     const skel_pass passes[])
{
    const skel_planes *planes = planes_of(sparse, step);
    size_t columns = skel_norm_forward_columns(planes->channels);
    double start = skel_engine_clock(&sparse->base);
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < count; slot++) {
        double *row = sparse->rows + slot * columns;

        row[0] = (double)(sparse->slot[slot].images * planes->height * planes->width);
        if (sparse->work[step].feeder == SKEL_NONE) {
            sum_blocks(sparse, step, slot);
        }
        skel_sparse_norm_reduce(sparse, step, slot, row + 1, row + 1 + planes->channels);
    }
    SKEL_TRY(skel_sparse_norm_agree(sparse, count, columns));
    set_statistics(sparse, step, count, passes);
    for (size_t slot = 0; slot < count; slot++) {
        apply(sparse, step, slot);
    }
done:
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
    return status;
}

void skel_sparse_norm_evaluate(skel_sparse *sparse, size_t step, const float buffers[])
{
    const skel_op *op = sparse->graph.step[step].op;
    const float *mean = buffers + sparse->graph.network->buffer[op->mean].offset;
    const float *variance = buffers + sparse->graph.network->buffer[op->variance].offset;
    double start = skel_engine_clock(&sparse->base);

    for (size_t c = 0; c < planes_of(sparse, step)->channels; c++) {
        set_channel(&sparse->work[step], c, (double)mean[c], (double)variance[c]);
    }
    apply(sparse, step, 0);
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
}
