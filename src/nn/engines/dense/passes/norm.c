/* Batch norm steps: each slot's sums, their total over all slots, and the values that follow. */
#include "norm.h"

#include "../compile/shape.h"
#include "../compile/storage.h"
#include "slot.h"

static const skel_graph_tensor *output_of(const skel_dense *dense, size_t step)
{
    return &dense->graph.tensor[dense->graph.step[step].output];
}

skel_status skel_dense_norm_create(skel_dense *dense)
{
    size_t partials = 0;
    size_t columns = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        if (dense->graph.step[i].kind == SKEL_STEP_NORM) {
            size_t doubles = skel_dense_f32_norm_partials(
                skel_dense_shape_extent(dense, i, dense->base.options.microbatch));
            size_t row = skel_statistics_forward_columns(output_of(dense, i)->channels);
            size_t means = SKEL_DENSE_LINES(output_of(dense, i)->padded); /* two floats a double */

            doubles = means > doubles ? means : doubles;
            partials = doubles > partials ? doubles : partials;
            columns = row > columns ? row : columns;
        }
    }
    SKEL_TRY(skel_dense_storage_take(dense, partials, sizeof(double), &dense->partials));
    SKEL_TRY(skel_dense_storage_take(dense, dense->slots * columns, sizeof(double), &dense->rows));
    SKEL_TRY(skel_dense_storage_take(dense, columns, sizeof(double), &dense->total));
done:
    return status;
}

/* Sets the vectors of one channel from its mean and variance. */
static void set_channel(const skel_dense *dense, size_t step, size_t channel, double mean,
                        double variance)
{
    skel_dense_weights *weights = &dense->weights[step];
    double inverse = skel_statistics_inverse(variance, dense->graph.step[step].op->epsilon);

    weights->mean[channel] = (float)mean;
    weights->inverse[channel] = (float)inverse;
    weights->slope[channel] = (float)((double)weights->scale[channel] * inverse);
}

/* Computes the vectors of the pass from the total. */
static void set_statistics(const skel_dense *dense, size_t step)
{
    size_t channels = output_of(dense, step)->channels;

    dense->weights[step].elements = dense->total[0];
    for (size_t c = 0; c < channels; c++) {
        skel_statistics_moments channel = skel_statistics_of(channels, dense->total, c);

        set_channel(dense, step, c, channel.mean, channel.variance);
    }
}

skel_dense_f32_norm_vectors skel_dense_norm_vectors(const skel_dense_weights *weights)
{
    return (skel_dense_f32_norm_vectors){
        .mean = weights->mean, .slope = weights->slope, .shift = weights->shift};
}

static void apply(const skel_dense *dense, size_t number, size_t slot, const skel_batch *batch)
{
    const skel_graph_step *step = &dense->graph.step[number];
    size_t other = step->operand[SKEL_STEP_OTHER];
    size_t out = dense->arena[slot].plan->placement.value[step->output];

    skel_dense_f32_norm_apply(
        skel_dense_shape_extent(dense, number, batch->count),
        skel_dense_slot_value(dense, slot, step->operand[SKEL_STEP_INPUT], batch->images),
        skel_dense_norm_vectors(&dense->weights[number]),
        other == SKEL_NONE ? NULL : skel_dense_slot_value(dense, slot, other, batch->images),
        step->relu, step->ceiling, skel_dense_slot_buffer(dense, slot, out));
}

skel_status skel_dense_norm_forward(skel_dense *dense, size_t step, size_t count,
                                    const skel_batch batches[], const skel_pass passes[])
{
    size_t channels = output_of(dense, step)->channels;
    size_t columns = skel_statistics_forward_columns(channels);
    size_t input = dense->graph.step[step].operand[SKEL_STEP_INPUT];
    double start = skel_engine_clock(&dense->base);
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < count; slot++) {
        double *row = dense->rows + slot * columns;
        skel_dense_extent extent = skel_dense_shape_extent(dense, step, batches[slot].count);

        row[0] = (double)(extent.images * extent.pixels);
        skel_dense_f32_norm_sums(extent,
                                 skel_dense_slot_value(dense, slot, input, batches[slot].images),
                                 dense->partials, channels, row + 1, row + 1 + channels);
    }
    SKEL_TRY(
        skel_statistics_total(&dense->base.options, count, columns, dense->rows, dense->total));
    set_statistics(dense, step);
    skel_statistics_store(dense->graph.network, dense->graph.step[step].op, dense->total, count,
                          passes);
    for (size_t slot = 0; slot < count; slot++) {
        apply(dense, step, slot, &batches[slot]);
    }
done:
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
    return status;
}

void skel_dense_norm_evaluate(skel_dense *dense, size_t step, const skel_batch *batch,
                              const float buffers[])
{
    const skel_op *op = dense->graph.step[step].op;
    const float *mean = buffers + dense->graph.network->buffer[op->mean].offset;
    const float *variance = buffers + dense->graph.network->buffer[op->variance].offset;
    double start = skel_engine_clock(&dense->base);

    for (size_t c = 0; c < output_of(dense, step)->channels; c++) {
        set_channel(dense, step, c, (double)mean[c], (double)variance[c]);
    }
    apply(dense, step, 0, batch);
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
}

skel_dense_norm_arrays skel_dense_norm_side_arrays(const skel_dense *dense, skel_dense_side side,
                                                   size_t number, size_t slot,
                                                   const skel_batch *batch)
{
    const skel_graph_step *step = &dense->graph.step[number];
    const skel_placement *placement = &dense->arena[slot].plan->placement;
    size_t first = skel_placement_gradient_part(&dense->graph, placement, step->output, 0);
    size_t second = skel_placement_gradient_part(&dense->graph, placement, step->output, 1);
    size_t dx = placement->gradient[number][SKEL_STEP_INPUT];

    return (skel_dense_norm_arrays){
        .extent = skel_dense_shape_extent(dense, number, batch->count),
        .x = skel_dense_slot_value(dense, slot, step->operand[SKEL_STEP_INPUT], batch->images),
        .incoming = {.first = skel_dense_slot_side_buffer(dense, side, slot, first),
                     .second = skel_dense_slot_side_buffer(dense, side, slot, second),
                     .output =
                         skel_graph_keeps_output(step)
                             ? skel_dense_slot_buffer(dense, slot, placement->value[step->output])
                             : NULL,
                     .relu = step->relu,
                     .ceiling = step->ceiling},
        .rectified = step->operand[SKEL_STEP_OTHER] != SKEL_NONE
                         ? skel_dense_slot_side_buffer(dense, side, slot, first)
                         : NULL,
        .dx = skel_dense_slot_side_buffer(dense, side, slot, dx)};
}

skel_dense_norm_arrays skel_dense_norm_arrays_of(const skel_dense *dense, size_t number,
                                                 size_t slot, const skel_batch *batch)
{
    return skel_dense_norm_side_arrays(dense, SKEL_DENSE_VALUE, number, slot, batch);
}

/* Writes the sums of one slot's backward pass to its row, and its gradients of scale and shift. */
static void backward_row(skel_dense *dense, size_t number, size_t slot, const skel_batch *batch,
                         const skel_pass *pass)
{
    const skel_op *op = dense->graph.step[number].op;
    const skel_parameter *parameter = dense->graph.network->parameter;
    const skel_dense_weights *weights = &dense->weights[number];
    size_t channels = output_of(dense, number)->channels;
    double *row = dense->rows + slot * skel_statistics_backward_columns(channels);
    double *products = row + channels;
    skel_dense_norm_arrays back = skel_dense_norm_arrays_of(dense, number, slot, batch);

    skel_dense_f32_norm_backward_sums(back.extent, back.x, skel_dense_norm_vectors(weights),
                                      back.incoming, back.rectified, dense->partials, channels, row,
                                      products);
    for (size_t c = 0; c < channels; c++) {
        products[c] *= (double)weights->inverse[c];
        pass->gradient[parameter[op->bias].offset + c] = (float)row[c];
        pass->gradient[parameter[op->weight].offset + c] = (float)products[c];
    }
}

/* Means of dy and dy * xhat over the batch, from `total`. */
static void set_means(const skel_dense *dense, size_t number, float offset[], float factor[])
{
    const skel_dense_weights *weights = &dense->weights[number];
    const skel_graph_tensor *output = output_of(dense, number);

    for (size_t c = 0; c < output->padded; c++) {
        skel_statistics_means mean = {0, 0};

        if (c < output->channels) {
            mean = skel_statistics_means_of(output->channels, dense->total, weights->elements, c);
            mean.second *= (double)weights->inverse[c];
        }
        offset[c] = (float)mean.first;
        factor[c] = (float)mean.second;
    }
}

skel_status skel_dense_norm_backward_means(skel_dense *dense, size_t number, size_t count,
                                           const skel_batch batches[], const skel_pass passes[],
                                           float offset[], float factor[])
{
    size_t columns = skel_statistics_backward_columns(output_of(dense, number)->channels);
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < count; slot++) {
        backward_row(dense, number, slot, &batches[slot], &passes[slot]);
    }
    SKEL_TRY(
        skel_statistics_total(&dense->base.options, count, columns, dense->rows, dense->total));
    set_means(dense, number, offset, factor);
done:
    return status;
}

void skel_dense_norm_backward_apply(const skel_dense *dense, size_t number, size_t slot,
                                    const skel_batch *batch, const float offset[],
                                    const float factor[])
{
    skel_dense_norm_arrays back = skel_dense_norm_arrays_of(dense, number, slot, batch);

    if (back.rectified != NULL) {
        back.incoming = (skel_dense_f32_norm_incoming){.first = back.rectified};
    }
    if (back.dx != NULL) {
        skel_dense_f32_norm_backward_apply(back.extent, back.x,
                                           skel_dense_norm_vectors(&dense->weights[number]),
                                           back.incoming, offset, factor, back.dx);
    }
}

skel_status skel_dense_norm_backward(skel_dense *dense, size_t number, size_t count,
                                     const skel_batch batches[], const skel_pass passes[])
{
    float *offset = (float *)(void *)dense->partials; /* its sums are no longer needed */
    float *factor = offset + SKEL_DENSE_LINES(output_of(dense, number)->padded);
    double start = skel_engine_clock(&dense->base);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_norm_backward_means(dense, number, count, batches, passes, offset, factor));
    for (size_t slot = 0; slot < count; slot++) {
        skel_dense_norm_backward_apply(dense, number, slot, &batches[slot], offset, factor);
    }
done:
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
    return status;
}
