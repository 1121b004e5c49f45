/* Makes the rows of kept weights from a mask, and copies the weights into them at every load. */
#include "pattern.h"

#include "reach.h"
#include "rows.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

static const skel_parameter *weight_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->graph.network->parameter[sparse->graph.step[step].op->weight];
}

/* Entries of the densest mask that was promised, both maps together. */
static size_t entries_promised(const skel_sparse *sparse)
{
    const skel_engine_options *options = &sparse->base.options;
    double density = options->density > 0 ? options->density : 1;
    double all = 0;
    double forward = 0;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (skel_graph_has_weights(step)) {
            double count = (double)weight_of(sparse, i)->count;

            forward += count;
            all += skel_sparse_goes_back(sparse, step) ? 2 * count : count;
        }
    }
    /* all kept weights may be in layers with both maps */
    return (size_t)fmin(all, 2 * (ceil(density * forward) + 1));
}

static skel_status take_entries(skel_sparse *sparse, size_t entries)
{
    skel_status status = SKEL_OK;

    sparse->entries = 0;
    SKEL_TRY(skel_sparse_take(sparse, entries + SKEL_SPARSE_ENTRIES_AHEAD, sizeof *sparse->entry,
                              &sparse->entry));
    SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->source, &sparse->source));
    if (sparse->base.options.kept_only && !sparse->base.options.inference) {
        SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->sums, &sparse->sums));
    }
    sparse->entries = entries;
done:
    return status;
}

static void widen(size_t *count, size_t needed)
{
    *count = needed > *count ? needed : *count;
}

/* What one layer needs for the gradients of all its weights. */
static skel_status take_products(skel_sparse *sparse)
{
    size_t weights = 0;
    size_t columns = 0;
    size_t outputs = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            widen(&weights, weight_of(sparse, i)->count);
            widen(&outputs, sparse->work[i].forward.rows);
            widen(&columns, weight_of(sparse, i)->count / sparse->work[i].forward.rows);
        }
    }
    SKEL_TRY(skel_sparse_take(sparse, weights, sizeof *sparse->sums, &sparse->sums));
    SKEL_TRY(skel_sparse_take(sparse, columns, sizeof *sparse->column, &sparse->column));
    SKEL_TRY(skel_sparse_take(sparse, outputs, sizeof *sparse->output, &sparse->output));
    SKEL_TRY(skel_sparse_reach_create(sparse));
done:
    return status;
}

skel_status skel_sparse_pattern_create(skel_sparse *sparse)
{
    const skel_network *network = sparse->graph.network;
    skel_status status = SKEL_OK;

    sparse->scratch_vectors = SKEL_SPARSE_GROUP;
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];
        skel_sparse_work *work = &sparse->work[i];

        if (!skel_graph_has_weights(step)) {
            continue;
        }
        SKEL_TRY(skel_sparse_rows_create(sparse, i));
        if (step->op->bias != SKEL_NONE) {
            SKEL_TRY(SKEL_ALLOC(work->forward.rows, sizeof(float), &work->bias));
        }
        widen(&sparse->scratch_vectors, SKEL_SPARSE_STATISTICS * work->forward.rows);
        widen(&sparse->scratch_vectors, weight_of(sparse, i)->count / work->forward.rows);
    }
    SKEL_TRY(skel_sparse_take(sparse, network->parameter_count, 1, &sparse->mask));
    SKEL_TRY(take_entries(sparse, entries_promised(sparse)));
    if (skel_sparse_gives_all(sparse)) {
        SKEL_TRY(take_products(sparse));
    }
done:
    return status;
}

static const uint8_t *kept_of(const skel_sparse *sparse, size_t step, const uint8_t mask[])
{
    return mask == NULL ? NULL : mask + weight_of(sparse, step)->offset;
}

/* Entries that a mask needs. */
static size_t entries_of(const skel_sparse *sparse, const uint8_t mask[])
{
    size_t entries = 0;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (skel_graph_has_weights(step)) {
            size_t count = weight_of(sparse, i)->count;
            size_t kept = count;

            for (size_t k = 0; mask != NULL && k < count; k++) {
                kept -= kept_of(sparse, i, mask)[k] == 0;
            }
            entries += skel_sparse_goes_back(sparse, step) ? 2 * kept : kept;
        }
    }
    return entries;
}

static skel_status make_rows(skel_sparse *sparse, const uint8_t mask[])
{
    size_t needed = entries_of(sparse, mask);
    size_t at = 0;
    skel_status status = SKEL_OK;

    sparse->has_rows = false;
    if (needed > sparse->entries) {
        SKEL_TRY(take_entries(sparse, needed));
    }
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            SKEL_TRY(skel_sparse_rows_fill(sparse, i, kept_of(sparse, i, mask), &at));
        }
    }
    if (mask == NULL) {
        memset(sparse->mask, 1, sparse->graph.network->parameter_count);
    } else {
        memcpy(sparse->mask, mask, sparse->graph.network->parameter_count);
    }
    sparse->has_rows = true;
done:
    return status;
}

/* Whether the rows are those of the mask. */
static bool is_known(const skel_sparse *sparse, const uint8_t mask[])
{
    size_t count = sparse->graph.network->parameter_count;

    if (!sparse->has_rows) {
        return false;
    }
    return mask != NULL ? memcmp(mask, sparse->mask, count) == 0
                        : memchr(sparse->mask, 0, count) == NULL;
}

static void load_rows(const skel_sparse_rows *rows, const float weights[])
{
    for (size_t n = 0; n < rows->entries; n++) {
        rows->entry[n].weight = weights[rows->source[n]];
    }
}

skel_status skel_sparse_pattern_load(skel_engine *engine, const float parameters[],
                                     const uint8_t mask[])
{
    skel_sparse *sparse = skel_sparse_of(engine);
    const skel_parameter *parameter = engine->network->parameter;
    double start = skel_engine_clock(&sparse->base);
    skel_status status = SKEL_OK;

    if (!is_known(sparse, mask)) {
        SKEL_TRY(make_rows(sparse, mask));
    }
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_op *op = sparse->graph.step[i].op;
        skel_sparse_work *work = &sparse->work[i];

        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            load_rows(&work->forward, parameters + parameter[op->weight].offset);
            load_rows(&work->backward, parameters + parameter[op->weight].offset);
            if (work->bias != NULL) {
                memcpy(work->bias, parameters + parameter[op->bias].offset,
                       parameter[op->bias].count * sizeof(float));
            }
        } else if (sparse->graph.step[i].kind == SKEL_STEP_NORM) {
            for (size_t c = 0; c < parameter[op->weight].count; c++) {
                work->scale[c] = parameters[parameter[op->weight].offset + c];
                work->channel[c].shift = parameters[parameter[op->bias].offset + c];
            }
        }
    }
    if (skel_sparse_gives_all(sparse)) {
        skel_sparse_reach_mark(sparse);
    }
done:
    engine->profile.reorder += skel_engine_clock(&sparse->base) - start;
    return status;
}
