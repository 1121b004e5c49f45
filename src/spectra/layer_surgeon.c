/* Optimal Brain Surgeon layer by layer: rows of all layers are dealt out to the ranks. */
#include "layer_moments.h"
#include "patches.h"

#include "skel/elimination.h"
#include "skel/layer_surgeon.h"
#include "skel/memory.h"

#include <string.h>

struct skel_layer_surgeon {
    const skel_comm *comm;
    const skel_network *network;
    uint8_t *keep; /* [parameter_count] before anything is removed */
    skel_layer_moments moments;
};

/* What is done with one row. */
typedef struct skel_row_work {
    const skel_layer_surgeon *surgeon;
    const uint8_t *keep; /* the new mask; NULL: rows are scored */
    size_t removals;
    float *from; /* [parameter_count] parameters */
    float *to;   /* [parameter_count] this rank's results, 0 elsewhere */
} skel_row_work;

skel_status skel_layer_surgeon_bytes(const skel_network *network, size_t *bytes)
{
    skel_status status = skel_layer_moments_bytes(network, bytes);

    *bytes += network->parameter_count * (1 + sizeof(float));
    return status;
}

skel_status skel_layer_surgeon_create(const skel_comm *comm, const skel_ntk_point *point,
                                      const skel_ntk_images *images, double damping,
                                      skel_progress *progress, double *loss,
                                      skel_layer_surgeon **out)
{
    skel_layer_surgeon *surgeon = NULL;
    size_t count = point->network->parameter_count;
    skel_status status = SKEL_ALLOC(1, sizeof *surgeon, &surgeon);

    *out = NULL;
    if (status == SKEL_OK) {
        surgeon->comm = comm;
        surgeon->network = point->network;
        status = SKEL_ALLOC(count, 1, &surgeon->keep);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_ASSERT(surgeon != NULL);
    memcpy(surgeon->keep, point->keep, count);
    SKEL_TRY(
        skel_layer_moments_make(comm, point, images, damping, progress, loss, &surgeon->moments));
    *out = surgeon;
    surgeon = NULL;
done:
    skel_layer_surgeon_destroy(&surgeon);
    return status;
}

const char *skel_layer_surgeon_engine(void)
{
    return SKEL_LAYER_MOMENTS_ENGINE;
}

void skel_layer_surgeon_destroy(skel_layer_surgeon **surgeon)
{
    if (*surgeon == NULL) {
        return;
    }
    skel_layer_moments_free(&(*surgeon)->moments);
    SKEL_FREE(&(*surgeon)->keep);
    SKEL_FREE(surgeon);
}

/* A row's weights, and the bias behind them if there is one. */
static void load_row(const skel_row_work *work, const skel_op *op, size_t row, size_t weights,
                     float out[])
{
    const skel_parameter *parameter = work->surgeon->network->parameter;

    memcpy(out, work->from + parameter[op->weight].offset + row * weights, weights * sizeof(float));
    if (op->bias != SKEL_NONE) {
        out[weights] = work->from[parameter[op->bias].offset + row];
    }
}

static void store_row(const skel_row_work *work, const skel_op *op, size_t row, size_t weights,
                      const float values[])
{
    const skel_parameter *parameter = work->surgeon->network->parameter;

    memcpy(work->to + parameter[op->weight].offset + row * weights, values,
           weights * sizeof(float));
    if (op->bias != SKEL_NONE && work->keep != NULL) {
        work->to[parameter[op->bias].offset + row] = values[weights];
    }
}

static skel_status do_row(const skel_row_work *work, const skel_op *op,
                          skel_elimination *elimination, size_t row, float values[])
{
    const skel_parameter *parameter = &work->surgeon->network->parameter[op->weight];
    size_t weights = parameter->count / parameter->shape[0];
    size_t at = parameter->offset + row * weights;
    skel_status status = SKEL_OK;

    load_row(work, op, row, weights, values);
    if (work->keep != NULL) {
        status =
            skel_elimination_update(elimination, work->surgeon->keep + at, work->keep + at, values);
    } else {
        float *scores = values + weights + 1;

        status = skel_elimination_scores(elimination, work->surgeon->keep + at, values,
                                         work->removals, scores);
        values = scores;
    }
    if (status == SKEL_OK) {
        store_row(work, op, row, weights, values);
    }
    return status;
}

/* This rank's rows of one group of a layer. */
static skel_status do_layer(const skel_row_work *work, size_t layer)
{
    const skel_layer_moment *moment = &work->surgeon->moments.layer[layer];
    const skel_network *network = work->surgeon->network;
    const skel_op *op = &network->op[moment->op];
    size_t rows = network->parameter[op->weight].shape[0] / skel_patches_groups(op);
    size_t first = moment->group * rows;
    size_t ranks = (size_t)skel_comm_size(work->surgeon->comm);
    /* depthwise layers have one row a group, which would all be rank 0's */
    size_t own = ((size_t)skel_comm_rank(work->surgeon->comm) + moment->group) % ranks;
    skel_elimination *elimination = NULL;
    float *values = NULL;
    skel_status status = SKEL_OK;

    if (own >= rows) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(2 * moment->order + 1, sizeof *values, &values));
    SKEL_TRY(skel_elimination_create(moment->order, op->bias != SKEL_NONE ? 1 : 0, moment->matrix,
                                     network->parameter[op->weight].name, &elimination));
    for (size_t row = own; row < rows; row += ranks) {
        SKEL_TRY(do_row(work, op, elimination, first + row, values));
    }
done:
    skel_elimination_destroy(&elimination);
    SKEL_FREE(&values);
    return status;
}

/* All rows of all ranks; the results of each are 0 where it has no rows, so their sum is exact. */
static skel_status do_all(const skel_row_work *work)
{
    const skel_layer_surgeon *surgeon = work->surgeon;
    skel_status status = SKEL_OK;

    memset(work->to, 0, surgeon->network->parameter_count * sizeof *work->to);
    for (size_t layer = 0; status == SKEL_OK && layer < surgeon->moments.layers; layer++) {
        status = do_layer(work, layer);
    }
    SKEL_TRY(skel_comm_agree(surgeon->comm, status));
    skel_comm_sum_f32(surgeon->comm, surgeon->network->parameter_count, work->to);
done:
    return status;
}

skel_status skel_layer_surgeon_scores(const skel_layer_surgeon *surgeon, const float parameters[],
                                      size_t removals, float scores[])
{
    size_t count = surgeon->network->parameter_count;
    skel_row_work work = {.surgeon = surgeon, .removals = removals, .to = scores};
    skel_status status = SKEL_ALLOC(count, sizeof(float), &work.from);

    SKEL_TRY(skel_comm_agree(surgeon->comm, status));
    memcpy(work.from, parameters, count * sizeof(float));
    status = do_all(&work);
done:
    SKEL_FREE(&work.from);
    return status;
}

/* Copies the results to the parameters of layers; others are no result of any row. */
static void take(const skel_layer_surgeon *surgeon, const float results[], float parameters[])
{
    const skel_network *network = surgeon->network;

    for (size_t layer = 0; layer < surgeon->moments.layers; layer++) {
        const skel_op *op = &network->op[surgeon->moments.layer[layer].op];
        const size_t of[] = {op->weight, op->bias};

        for (size_t i = 0; i < 2; i++) {
            if (of[i] != SKEL_NONE) {
                memcpy(parameters + network->parameter[of[i]].offset,
                       results + network->parameter[of[i]].offset,
                       network->parameter[of[i]].count * sizeof(float));
            }
        }
    }
}

skel_status skel_layer_surgeon_operate(const skel_layer_surgeon *surgeon, const uint8_t keep[],
                                       float parameters[])
{
    skel_row_work work = {.surgeon = surgeon, .keep = keep, .from = parameters};
    skel_status status = SKEL_ALLOC(surgeon->network->parameter_count, sizeof(float), &work.to);

    SKEL_TRY(skel_comm_agree(surgeon->comm, status));
    SKEL_TRY(do_all(&work));
    take(surgeon, work.to, parameters);
done:
    SKEL_FREE(&work.to);
    return status;
}
