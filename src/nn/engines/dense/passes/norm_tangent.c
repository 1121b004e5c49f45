/* Batch norm steps with their tangents. The statistics depend on the weights, so they have tangents
 * as well: with s = 1 / sqrt(variance + epsilon), R variance = 2 mean((x - mean) Rx) and
 * R s = -s^3 / 2 R variance = -s^2 mean(Rx xhat). */
#include "norm_tangent.h"

#include "../compile/shape.h"
#include "../compile/storage.h"
#include "../kernels/norm_tangent.h"
#include "norm.h"
#include "slot.h"

#include <string.h>

skel_status skel_dense_norm_tangent_create(skel_dense *dense)
{
    enum { MEANS = 4 };
    size_t channels = 0;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        size_t padded = dense->graph.tensor[dense->graph.step[i].output].padded;

        if (dense->graph.step[i].kind == SKEL_STEP_NORM && padded > channels) {
            channels = padded;
        }
    }
    return skel_dense_storage_take(dense, MEANS * SKEL_DENSE_LINES(channels), sizeof(float),
                                   &dense->means);
}

/* Sums of one slot's Rx and Rx * xhat, into its row. */
static void tangent_row(skel_dense *dense, size_t number, size_t slot, const skel_batch *batch)
{
    const skel_dense_weights *weights = &dense->weights[number];
    const skel_graph_step *step = &dense->graph.step[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t channels = dense->graph.tensor[step->output].channels;
    size_t columns = skel_statistics_backward_columns(channels);
    double *row = dense->rows + slot * columns;
    const skel_dense_f32_norm_incoming rx = {.first = skel_dense_slot_tangent(dense, slot, input)};

    if (rx.first == NULL) {
        memset(row, 0, columns * sizeof *row);
        return;
    }
    skel_dense_f32_norm_backward_sums(skel_dense_shape_extent(dense, number, batch->count),
                                      skel_dense_slot_value(dense, slot, input, batch->images),
                                      skel_dense_norm_vectors(weights), rx, NULL, dense->partials,
                                      channels, row, row + channels);
    for (size_t c = 0; c < channels; c++) {
        row[channels + c] *= (double)weights->inverse[c];
    }
}

/* Tangents of the pass' vectors, from the sums over the batch. */
static void set_tangents(skel_dense *dense, size_t number)
{
    const skel_dense_weights *weights = &dense->weights[number];
    const skel_dense_tangents *tangents = &weights->tangents;
    size_t channels = dense->graph.tensor[dense->graph.step[number].output].channels;

    for (size_t c = 0; c < channels; c++) {
        double inverse = (double)weights->inverse[c];
        double log_inverse = -inverse * dense->total[channels + c] / weights->elements;

        tangents->mean[c] = (float)(dense->total[c] / weights->elements);
        tangents->log_inverse[c] = (float)log_inverse;
        tangents->slope[c] = (float)(inverse * ((double)tangents->scale[c] +
                                                (double)weights->scale[c] * log_inverse));
    }
}

static skel_dense_f32_norm_tangent_vectors tangents_of(const skel_dense_weights *weights)
{
    return (skel_dense_f32_norm_tangent_vectors){.mean = weights->tangents.mean,
                                                 .slope = weights->tangents.slope,
                                                 .shift = weights->tangents.shift,
                                                 .log_inverse = weights->tangents.log_inverse};
}

static void apply(const skel_dense *dense, size_t number, size_t slot, const skel_batch *batch)
{
    const skel_graph_step *step = &dense->graph.step[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t other = step->operand[SKEL_STEP_OTHER];

    skel_dense_f32_norm_tangent_apply(
        skel_dense_shape_extent(dense, number, batch->count),
        skel_dense_slot_value(dense, slot, input, batch->images),
        skel_dense_slot_tangent(dense, slot, input),
        skel_dense_norm_vectors(&dense->weights[number]), tangents_of(&dense->weights[number]),
        other == SKEL_NONE ? NULL : skel_dense_slot_tangent(dense, slot, other),
        step->relu ? skel_dense_slot_value(dense, slot, step->output, batch->images) : NULL,
        step->ceiling, skel_dense_slot_tangent(dense, slot, step->output));
}

skel_status skel_dense_norm_tangent_forward(skel_dense *dense, size_t number, size_t count,
                                            const skel_batch batches[], const skel_pass passes[])
{
    size_t channels = dense->graph.tensor[dense->graph.step[number].output].channels;
    double start = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_norm_forward(dense, number, count, batches, passes));
    start = skel_engine_clock(&dense->base);
    for (size_t slot = 0; slot < count; slot++) {
        tangent_row(dense, number, slot, &batches[slot]);
    }
    SKEL_TRY(skel_statistics_total(&dense->base.options, count,
                                   skel_statistics_backward_columns(channels), dense->rows,
                                   dense->total));
    set_tangents(dense, number);
    for (size_t slot = 0; slot < count; slot++) {
        apply(dense, number, slot, &batches[slot]);
    }
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
done:
    return status;
}

/* The gradient and its tangent that reach a step in one slot. */
static skel_dense_f32_norm_tangent_pair pair_of(const skel_dense *dense, size_t number, size_t slot,
                                                const skel_batch *batch,
                                                skel_dense_norm_arrays *tangent)
{
    skel_dense_norm_arrays value = skel_dense_norm_arrays_of(dense, number, slot, batch);

    *tangent = skel_dense_norm_side_arrays(dense, SKEL_DENSE_TANGENT, number, slot, batch);
    if (value.rectified != NULL) {
        value.incoming.second = NULL; /* the first has the sum of both already */
    }
    return (skel_dense_f32_norm_tangent_pair){
        .x = value.x,
        .rx = skel_dense_slot_tangent(dense, slot,
                                      dense->graph.step[number].operand[SKEL_STEP_INPUT]),
        .gradient = value.incoming,
        .first = tangent->incoming.first,
        .second = tangent->incoming.second};
}

/* Sums of one slot's Rdy and R(dy * xhat), into its row: the products of shift and scale. */
static void backward_row(skel_dense *dense, size_t number, size_t slot, const skel_batch *batch,
                         const skel_pass *pass)
{
    const skel_op *op = dense->graph.step[number].op;
    const skel_parameter *parameter = dense->graph.network->parameter;
    const skel_dense_weights *weights = &dense->weights[number];
    size_t channels = dense->graph.tensor[dense->graph.step[number].output].channels;
    double *row = dense->rows + slot * skel_statistics_backward_columns(channels);
    double *products = row + channels;
    skel_dense_norm_arrays back;
    skel_dense_f32_norm_tangent_pair pair = pair_of(dense, number, slot, batch, &back);

    skel_dense_f32_norm_tangent_backward_sums(back.extent, pair, skel_dense_norm_vectors(weights),
                                              tangents_of(weights), back.rectified, dense->partials,
                                              channels, row, products);
    for (size_t c = 0; c < channels; c++) {
        products[c] *= (double)weights->inverse[c];
        pass->gradient[parameter[op->bias].offset + c] = (float)row[c];
        pass->gradient[parameter[op->weight].offset + c] = (float)products[c];
    }
}

/* The means of a step's backward pass, and their tangents. */
typedef struct means {
    float *offset;
    float *factor;
    float *offset_tangent;
    float *factor_tangent;
} means;

static means means_of(const skel_dense *dense, size_t number)
{
    size_t stride = SKEL_DENSE_LINES(dense->graph.tensor[dense->graph.step[number].output].padded);

    return (means){dense->means, dense->means + stride, dense->means + 2 * stride,
                   dense->means + 3 * stride};
}

/* The factor is mean(dy xhat) s, so that its tangent is R mean(dy xhat) s + factor R s / s. */
static void set_mean_tangents(const skel_dense *dense, size_t number, means m)
{
    const skel_dense_weights *weights = &dense->weights[number];
    const skel_graph_tensor *output = &dense->graph.tensor[dense->graph.step[number].output];

    for (size_t c = 0; c < output->padded; c++) {
        skel_statistics_means mean = {0, 0};

        if (c < output->channels) {
            mean = skel_statistics_means_of(output->channels, dense->total, weights->elements, c);
            mean.second = mean.second * (double)weights->inverse[c] +
                          (double)m.factor[c] * (double)weights->tangents.log_inverse[c];
        }
        m.offset_tangent[c] = (float)mean.first;
        m.factor_tangent[c] = (float)mean.second;
    }
}

/* The tangent comes first: the gradient is computed in place and overwrites dy. */
static void backward_apply(const skel_dense *dense, size_t number, size_t slot,
                           const skel_batch *batch, means m)
{
    const skel_dense_weights *weights = &dense->weights[number];
    skel_dense_norm_arrays back;
    skel_dense_f32_norm_tangent_pair pair = pair_of(dense, number, slot, batch, &back);

    if (back.rectified != NULL) { /* the ReLU is applied to both already */
        pair.gradient = (skel_dense_f32_norm_incoming){.first = pair.gradient.first};
        pair.second = NULL;
    }
    if (back.dx != NULL) {
        skel_dense_f32_norm_tangent_backward_apply(
            back.extent, pair, skel_dense_norm_vectors(weights), tangents_of(weights),
            (skel_dense_f32_norm_tangent_means){m.offset, m.factor, m.offset_tangent,
                                                m.factor_tangent},
            back.dx);
    }
    skel_dense_norm_backward_apply(dense, number, slot, batch, m.offset, m.factor);
}

skel_status skel_dense_norm_tangent_backward(skel_dense *dense, size_t number, size_t count,
                                             const skel_batch batches[], const skel_pass passes[])
{
    size_t channels = dense->graph.tensor[dense->graph.step[number].output].channels;
    size_t columns = skel_statistics_backward_columns(channels);
    means m = means_of(dense, number);
    double start = skel_engine_clock(&dense->base);
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_dense_norm_backward_means(dense, number, count, batches, passes, m.offset, m.factor));
    for (size_t slot = 0; slot < count; slot++) {
        backward_row(dense, number, slot, &batches[slot], &passes[slot]);
    }
    SKEL_TRY(
        skel_statistics_total(&dense->base.options, count, columns, dense->rows, dense->total));
    set_mean_tangents(dense, number, m);
    for (size_t slot = 0; slot < count; slot++) {
        backward_apply(dense, number, slot, &batches[slot], m);
    }
done:
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
    return status;
}
