/* Makes the rows of kept weights from a mask, and copies the weights into them at every load. */
#include "pattern.h"

#include "bands.h"
#include "reach.h"
#include "rows.h"
#include "winograd.h"

#include "skel/kept.h"
#include "skel/memory.h"

#include <math.h>
#include <string.h>

static const skel_parameter *weight_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->graph.network->parameter[sparse->graph.step[step].op->weight];
}

/* Entries of the densest mask that was promised, both maps together; *forward: of one map. */
static size_t entries_promised(const skel_sparse *sparse, size_t *forward)
{
    const skel_engine_options *options = &sparse->base.options;
    double density = options->density > 0 ? options->density : 1;
    double all = 0;
    double one = 0;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (skel_graph_has_weights(step)) {
            double count = (double)weight_of(sparse, i)->count;

            one += count;
            all += skel_sparse_goes_back(sparse, step) ? 2 * count : count;
        }
    }
    *forward = (size_t)fmin(one, ceil(density * one) + 1);
    /* all kept weights may be in layers with both maps */
    return (size_t)fmin(all, 2 * (ceil(density * one) + 1));
}

static skel_status take_entries(skel_sparse *sparse, size_t entries)
{
    skel_status status = SKEL_OK;

    sparse->entries = 0;
    SKEL_TRY(skel_sparse_take(sparse, entries + SKEL_SPARSE_ENTRIES_AHEAD, sizeof *sparse->entry,
                              &sparse->entry));
    SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->source, &sparse->source));
    SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->place, &sparse->place));
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

/* Sums of the largest layer's gradients of all weights. */
static size_t most_sums(const skel_sparse *sparse)
{
    size_t sums = 0;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            const skel_sparse_work *work = &sparse->work[i];
            size_t inputs = sparse->planes[sparse->graph.step[i].operand[SKEL_STEP_INPUT]].channels;
            skel_sparse_bands whole = {
                .rows = work->forward.rows, .columns = inputs, .taps = skel_sparse_elements(work)};

            widen(&sums, weight_of(sparse, i)->count);
            if (work->all.offset != NULL) {
                widen(&sums, skel_sparse_bands_floats(sparse, &whole));
            }
        }
    }
    return sums;
}

/* What one layer needs for the gradients of its weights: of all of them, or of dense rows'. */
static skel_status take_products(skel_sparse *sparse)
{
    size_t columns = 0;
    size_t groups = 0;
    size_t outputs = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_sparse_work *work = &sparse->work[i];

        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            widen(&outputs, work->forward.rows);
            widen(&groups, work->groups);
            widen(&columns, weight_of(sparse, i)->count / work->forward.rows * work->groups);
        }
    }
    SKEL_TRY(skel_sparse_take(sparse, columns, sizeof *sparse->column, &sparse->column));
    SKEL_TRY(skel_sparse_take(sparse, groups + 1, sizeof *sparse->group, &sparse->group));
    SKEL_TRY(skel_sparse_take(sparse, 2 * outputs, sizeof *sparse->output, &sparse->output));
    if (skel_sparse_gives_all(sparse)) {
        SKEL_TRY(skel_sparse_take(sparse, most_sums(sparse), sizeof *sparse->sums, &sparse->sums));
        SKEL_TRY(skel_sparse_reach_create(sparse));
    }
done:
    return status;
}

/* Panels of the layer with most rows in one grid. */
static void widen_panel(skel_sparse *sparse, const skel_sparse_rows *rows)
{
    for (size_t g = 0; g < rows->grids; g++) {
        widen(&sparse->panel_floats, sparse->kernels->band->panel(rows->grid[g].rows));
    }
}

skel_status skel_sparse_pattern_create(skel_sparse *sparse)
{
    size_t forward = 0;
    size_t entries = entries_promised(sparse, &forward);
    skel_status status = SKEL_OK;

    sparse->scratch_vectors = SKEL_SPARSE_GROUP;
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];
        skel_sparse_work *work = &sparse->work[i];

        if (!skel_graph_has_weights(step)) {
            continue;
        }
        SKEL_TRY(skel_sparse_rows_create(sparse, i));
        widen_panel(sparse, &work->forward);
        widen_panel(sparse, &work->backward);
        if (step->op->bias != SKEL_NONE) {
            SKEL_TRY(SKEL_ALLOC(work->forward.rows, sizeof(float), &work->bias));
            SKEL_TRY(SKEL_ALLOC(work->forward.rows, sizeof(double), &work->bias_sum));
        }
        widen(&sparse->scratch_vectors, SKEL_SPARSE_STATISTICS * work->forward.rows);
        widen(&sparse->scratch_vectors, weight_of(sparse, i)->count / work->forward.rows);
    }
    SKEL_TRY(take_entries(sparse, entries));
    SKEL_TRY(skel_sparse_bands_promise(sparse, entries, forward));
    SKEL_TRY(skel_sparse_winograd_promise(sparse));
    if (!sparse->base.options.inference) {
        SKEL_TRY(take_products(sparse));
    }
done:
    return status;
}

/* Kept weights of a layer; without a packing and without a mask all of them. */
static size_t count_kept(const skel_sparse *sparse, size_t step, const uint8_t mask[])
{
    const skel_packing *packing = sparse->base.packing;
    const skel_parameter *weight = weight_of(sparse, step);
    size_t number = sparse->graph.step[step].op->weight;

    if (packing != NULL) {
        return packing->offset[number + 1] - packing->offset[number];
    }
    return skel_kept_count(weight->count, mask == NULL ? NULL : mask + weight->offset);
}

/* Entries that the kept weights need. */
static size_t entries_of(const skel_sparse *sparse, const uint8_t mask[])
{
    size_t entries = 0;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (skel_graph_has_weights(step)) {
            size_t kept = count_kept(sparse, i, mask);

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
            const uint8_t *kept = mask == NULL ? NULL : mask + weight_of(sparse, i)->offset;

            SKEL_TRY(skel_sparse_rows_fill(sparse, i, kept, &at));
        }
    }
    SKEL_TRY(skel_sparse_bands_make(sparse));
    SKEL_TRY(skel_sparse_winograd_make(sparse));
    sparse->has_rows = true;
done:
    return status;
}

/* Makes new rows unless the present ones were made from the same packing or mask. */
static skel_status ready_rows(skel_sparse *sparse, const uint8_t mask[])
{
    const skel_packing *packing = sparse->base.packing;
    char checksum[SKEL_CHECKSUM_TEXT] = "";
    bool known = false;

    if (packing != NULL) {
        memcpy(checksum, packing->checksum, sizeof checksum);
    } else if (mask != NULL) {
        skel_checksum_xxh3(sparse->graph.network->parameter_count, mask, checksum);
    }
    known = sparse->has_rows && sparse->packed == (packing != NULL) &&
            strcmp(sparse->checksum, checksum) == 0;
    if (known) {
        return SKEL_OK;
    }
    memcpy(sparse->checksum, checksum, sizeof checksum);
    sparse->packed = packing != NULL;
    return make_rows(sparse, mask);
}

static void load_rows(const skel_sparse_rows *rows, const float weights[])
{
    for (size_t n = 0; n < rows->entries; n++) {
        rows->entry[n].weight = weights[rows->source[n]];
    }
}

/* Copies the parameters of one step from a vector of the loaded form. */
static void load_step(const skel_sparse *sparse, size_t step, const float parameters[])
{
    const skel_engine *engine = &sparse->base;
    const skel_op *op = sparse->graph.step[step].op;
    const skel_parameter *parameter = engine->network->parameter;
    const skel_sparse_work *work = &sparse->work[step];

    if (skel_graph_has_weights(&sparse->graph.step[step])) {
        const float *weights = parameters + skel_engine_offset(engine, op->weight);

        load_rows(&work->forward, weights);
        load_rows(&work->backward, weights);
        skel_sparse_bands_load(sparse, &work->forward, weights);
        skel_sparse_bands_load(sparse, &work->backward, weights);
        if (work->bias != NULL) {
            memcpy(work->bias, parameters + skel_engine_offset(engine, op->bias),
                   parameter[op->bias].count * sizeof(float));
        }
    } else if (sparse->graph.step[step].kind == SKEL_STEP_NORM) {
        const float *scale = parameters + skel_engine_offset(engine, op->weight);
        const float *shift = parameters + skel_engine_offset(engine, op->bias);

        for (size_t c = 0; c < parameter[op->weight].count; c++) {
            work->scale[c] = scale[c];
            work->channel[c].shift = shift[c];
        }
    }
}

skel_status skel_sparse_pattern_load(skel_engine *engine, const float parameters[],
                                     const uint8_t mask[])
{
    skel_sparse *sparse = skel_sparse_of(engine);
    double start = skel_engine_clock(&sparse->base);
    skel_status status = SKEL_OK;

    SKEL_TRY(ready_rows(sparse, mask));
    sparse->winograd.of = NULL;
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        load_step(sparse, i, parameters);
    }
    if (skel_sparse_gives_all(sparse)) {
        skel_sparse_reach_mark(sparse);
        skel_sparse_winograd_cover(sparse);
    }
done:
    engine->profile.reorder += skel_engine_clock(&sparse->base) - start;
    return status;
}

skel_status skel_sparse_pattern_load_packed(skel_engine *engine, const float parameters[])
{
    return skel_sparse_pattern_load(engine, parameters, NULL);
}
