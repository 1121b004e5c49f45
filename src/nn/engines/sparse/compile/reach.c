/* Channels that no value reaches, and channels that no gradient reaches. */
#include "reach.h"

#include "skel/memory.h"

#include <string.h>

static size_t channels_of(const skel_sparse *sparse, size_t tensor)
{
    return sparse->graph.tensor[tensor].channels;
}

skel_status skel_sparse_reach_create(skel_sparse *sparse)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        size_t channels = channels_of(sparse, sparse->graph.step[i].output);

        SKEL_TRY(SKEL_ALLOC(channels, 1, &sparse->work[i].still));
        SKEL_TRY(SKEL_ALLOC(channels, 1, &sparse->work[i].idle));
    }
done:
    return status;
}

/* Channel of the input that an entry of a forward map reads. */
static size_t input_of(const skel_sparse *sparse, size_t number, size_t entry)
{
    const skel_sparse_work *work = &sparse->work[number];
    size_t input = sparse->graph.step[number].operand[SKEL_STEP_INPUT];
    size_t inputs = channels_of(sparse, input) / work->groups; /* of a group */
    size_t outputs = work->forward.rows / work->groups;
    size_t channel = work->forward.source[entry] / skel_sparse_elements(work);

    return channel / inputs / outputs * inputs + channel % inputs;
}

static bool is_still(const skel_sparse *sparse, size_t tensor, size_t channel)
{
    size_t producer = sparse->graph.tensor[tensor].producer;

    return producer != SKEL_NONE && sparse->work[producer].still[channel] != 0;
}

/* A layer's output is 0 where there is no bias and all kept weights read zeros. */
static void mark_still_layer(skel_sparse *sparse, size_t number)
{
    skel_sparse_work *work = &sparse->work[number];
    size_t input = sparse->graph.step[number].operand[SKEL_STEP_INPUT];

    for (size_t r = 0; r < work->forward.rows; r++) {
        const skel_sparse_row *row = &work->forward.row[r];
        bool still = work->bias == NULL || work->bias[row->channel] == 0;

        for (size_t n = row->first; still && n < row->first + row->count; n++) {
            still = is_still(sparse, input, input_of(sparse, number, n));
        }
        work->still[row->channel] = still;
    }
}

/* The activation of a step, if it is not ReLU; NULL: none. */
static const skel_op *activation_of(const skel_graph_step *step)
{
    return step->kind == SKEL_STEP_ACTIVATION ? step->op : step->activation;
}

/* Whether a step gives 0 for 0: not sigmoid, nor a clip to bounds on one side of 0. */
static bool keeps_zero(const skel_graph_step *step)
{
    const skel_op *f = activation_of(step);

    return f == NULL || f->kind == SKEL_OP_LEAKY_RELU ||
           (f->kind == SKEL_OP_CLIP && f->low <= 0 && f->high >= 0);
}

/* What a concatenation reads for a channel of its output. */
static bool is_still_part(const skel_sparse *sparse, const skel_graph_step *step, size_t channel)
{
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t channels = channels_of(sparse, input);

    return channel < channels
               ? is_still(sparse, input, channel)
               : is_still(sparse, step->operand[SKEL_STEP_OTHER], channel - channels);
}

/* Any other step's output is 0 where all that it reads is, and batch norm adds no shift. */
static bool stays_still(const skel_sparse *sparse, size_t number, size_t channel)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t other = step->operand[SKEL_STEP_OTHER];
    bool shifted = step->kind == SKEL_STEP_NORM && sparse->work[number].channel[channel].shift != 0;
    bool input = false;

    if (step->kind == SKEL_STEP_CONCAT) {
        return is_still_part(sparse, step, channel);
    }
    input = is_still(sparse, step->operand[SKEL_STEP_INPUT], channel);
    if (step->kind == SKEL_STEP_MUL) {
        return input || is_still(sparse, other, channel);
    }
    return !shifted && keeps_zero(step) && input &&
           (other == SKEL_NONE || is_still(sparse, other, channel));
}

/* The gradient of a layer's input is 0 in a channel unless a kept weight reads the channel and
 * belongs to an output whose gradient is not 0. Clears the marks of all such channels. */
static void clear_idle(const skel_sparse *sparse, size_t number, uint8_t idle[])
{
    const skel_sparse_work *work = &sparse->work[number];
    const skel_sparse_rows *rows = &work->backward;
    size_t input = sparse->graph.step[number].operand[SKEL_STEP_INPUT];
    size_t weights = channels_of(sparse, input) / work->groups * skel_sparse_elements(work);

    for (size_t r = 0; r < rows->rows; r++) {
        const skel_sparse_row *row = &rows->row[r];

        for (size_t n = row->first; idle[row->channel] != 0 && n < row->first + row->count; n++) {
            idle[row->channel] = work->idle[rows->source[n] / weights];
        }
    }
}

/* Whether the activation of a step passes no gradient where all its values are 0. */
static bool closes_at_zero(const skel_graph_step *step)
{
    const skel_op *f = activation_of(step);

    return step->relu || step->kind == SKEL_STEP_RELU ||
           (f != NULL && f->kind == SKEL_OP_CLIP && !(f->low < 0 && f->high > 0));
}

/* Whether no gradient passes a step without weights from a channel of its output to one of its
 * operands: the output has none, or the values that multiply it are 0. */
static bool is_closed(const skel_sparse *sparse, const skel_graph_use *use, size_t channel)
{
    const skel_graph_step *step = &sparse->graph.step[use->step];
    const skel_sparse_work *work = &sparse->work[use->step];
    size_t factor =
        step->operand[use->operand == SKEL_STEP_INPUT ? SKEL_STEP_OTHER : SKEL_STEP_INPUT];

    if (step->kind == SKEL_STEP_CONCAT && use->operand == SKEL_STEP_OTHER) {
        channel += channels_of(sparse, factor);
    }
    return work->idle[channel] != 0 || (closes_at_zero(step) && work->still[channel] != 0) ||
           (step->kind == SKEL_STEP_MUL && is_still(sparse, factor, channel));
}

/* The gradient of a step's output is 0 where the gradients of all its uses are. */
static void mark_idle(skel_sparse *sparse, size_t number)
{
    size_t output = sparse->graph.step[number].output;
    const skel_graph_tensor *tensor = &sparse->graph.tensor[output];
    uint8_t *idle = sparse->work[number].idle;

    memset(idle, output != sparse->graph.logits, tensor->channels);
    for (size_t u = tensor->first_use; u < tensor->first_use + tensor->uses; u++) {
        const skel_graph_use *use = &sparse->graph.use[u];

        if (skel_graph_has_weights(&sparse->graph.step[use->step])) {
            clear_idle(sparse, use->step, idle);
            continue;
        }
        for (size_t c = 0; c < tensor->channels; c++) {
            idle[c] = idle[c] != 0 && is_closed(sparse, use, c);
        }
    }
}

void skel_sparse_reach_mark(skel_sparse *sparse)
{
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (skel_graph_has_weights(step)) {
            mark_still_layer(sparse, i);
            continue;
        }
        for (size_t c = 0; c < channels_of(sparse, step->output); c++) {
            sparse->work[i].still[c] = stays_still(sparse, i, c);
        }
    }
    for (size_t i = sparse->graph.steps; i-- > 0;) {
        mark_idle(sparse, i);
    }
}
