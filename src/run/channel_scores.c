/* Scores of channels: mean terms, divided by the norm of their layer, minus the cost; or mean
 * energies as they are. */
#include "channel_scores.h"

#include "skel/memory.h"
#include "skel/traits.h"

#include <math.h>
#include <string.h>

/* Of all units. */
typedef struct scoring {
    const skel_inputs *in;
    uint32_t *unit;   /* [channels of all layers] */
    float *score;     /* [units] */
    double *millions; /* [units] operations of an image's forward pass */
} scoring;

static bool is_layer(const skel_op *op)
{
    return op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR;
}

/* The unit of each output channel is that of its weights; the price is a sliding window's. */
static void list(const scoring *of)
{
    const skel_network *network = of->in->network;
    size_t channel = 0;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        const skel_parameter *weight = is_layer(op) ? &network->parameter[op->weight] : NULL;
        size_t outputs = weight != NULL ? network->tensor[op->output].channels : 0;

        for (size_t c = 0; c < outputs; c++) {
            size_t row = weight->count / outputs;
            skel_tensor shape = network->tensor[op->output];
            uint32_t unit = of->in->units->of[weight->offset + c * row];

            of->unit[channel++] = unit;
            if (unit != SKEL_UNITS_NONE) {
                of->millions[unit] +=
                    2e-6 * (double)(shape.height * shape.width) * (double)(row + 1);
            }
        }
    }
}

/* From sums to means. */
static void average(const scoring *of, size_t images)
{
    for (size_t u = 0; u < of->in->units->count; u++) {
        of->score[u] /= (float)images;
    }
}

/* From means of terms to scores. */
static void compare(const scoring *of)
{
    const skel_units *units = of->in->units;

    for (size_t s = 0; s < units->segments; s++) {
        const skel_segment *segment = &units->segment[s];
        float *score = of->score + segment->offset;
        const double *millions = of->millions + segment->offset;
        double squares = 0;

        for (size_t u = 0; u < segment->count; u++) {
            squares += (double)score[u] * (double)score[u];
        }
        for (size_t u = 0; u < segment->count; u++) {
            double share = squares > 0 ? (double)score[u] / sqrt(squares) : 0;

            score[u] = (float)(share - of->in->job->prune.flops_weight * millions[u]);
        }
    }
}

/* Every weight of a unit has its score. */
static void spread(const scoring *of, float signal[])
{
    const skel_units *units = of->in->units;

    memset(signal, 0, units->elements * sizeof *signal);
    for (size_t i = 0; i < units->elements; i++) {
        if (units->of[i] != SKEL_UNITS_NONE && units->role[i] == SKEL_ROLE_WEIGHT) {
            signal[i] = of->score[units->of[i]];
        }
    }
}

static skel_status take(scoring *of)
{
    size_t units = of->in->units->count;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(skel_network_layer_channels(of->in->network), sizeof *of->unit, &of->unit));
    SKEL_TRY(SKEL_ALLOC(units, sizeof *of->score, &of->score));
    SKEL_TRY(SKEL_ALLOC(units, sizeof *of->millions, &of->millions));
done:
    return status;
}

skel_status skel_channel_scores_compute(const skel_inputs *in, skel_worker *worker,
                                        const skel_state *weights, const skel_batches *batches,
                                        float signal[], skel_result *result)
{
    scoring of = {.in = in};
    skel_channel_units units = {.count = in->units->count};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(in->comm, take(&of)));
    list(&of);
    units.unit = of.unit;
    SKEL_TRY(skel_worker_channels(worker, weights->parameters, weights->buffers, batches, &units,
                                  of.score, result));
    average(&of, batches->count);
    if (skel_method_scores_terms(in->settings.method)) {
        compare(&of);
    }
    spread(&of, signal);
done:
    SKEL_FREE(&of.millions);
    SKEL_FREE(&of.score);
    SKEL_FREE(&of.unit);
    return status;
}
