/* Makes the rows of kept weights from a mask, and copies the weights into them at every load. */
#include "pattern.h"

#include "tap.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

static const skel_parameter *weight_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->graph.network->parameter[sparse->graph.step[step].op->weight];
}

static const skel_sparse_planes *input_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->planes[sparse->graph.step[step].operand[SKEL_STEP_INPUT]];
}

static const skel_sparse_planes *output_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->planes[sparse->graph.step[step].output];
}

/* Rows of the forward map: one for each channel of the output. */
static void shape_forward(skel_sparse *sparse, size_t step)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_planes *out = output_of(sparse, step);
    const skel_sparse_work *work = &sparse->work[step];
    skel_sparse_rows *rows = &sparse->work[step].forward;

    rows->in_row = work->stride_height * in->row;
    rows->in_column = work->stride_width * sparse->kernels->lanes;
    rows->out_row = out->row;
    rows->out_column = sparse->kernels->lanes;
    for (size_t c = 0; c < rows->rows; c++) {
        rows->row[c] = (skel_sparse_row){.target = skel_sparse_planes_origin(out, c),
                                         .height = out->height,
                                         .width = out->width};
    }
}

/* Rows of the transposed map: for each channel of the input one for each residue by the stride. */
static void shape_backward(skel_sparse *sparse, size_t step)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_planes *out = output_of(sparse, step);
    const skel_sparse_work *work = &sparse->work[step];
    skel_sparse_rows *rows = &sparse->work[step].backward;

    rows->in_row = out->row;
    rows->in_column = sparse->kernels->lanes;
    rows->out_row = work->stride_height * in->row;
    rows->out_column = work->stride_width * sparse->kernels->lanes;
    for (size_t r = 0; r < rows->rows; r++) {
        size_t x = r % work->stride_width;
        size_t y = r / work->stride_width % work->stride_height;
        size_t c = r / work->stride_width / work->stride_height;

        rows->row[r] = (skel_sparse_row){
            .target = skel_sparse_planes_origin(in, c) + y * in->row + x * sparse->kernels->lanes,
            .height = skel_sparse_tap_pixels(in->height, y, work->stride_height),
            .width = skel_sparse_tap_pixels(in->width, x, work->stride_width)};
    }
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
    SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->entry, &sparse->entry));
    SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->source, &sparse->source));
    if (!sparse->base.options.inference) {
        SKEL_TRY(skel_sparse_take(sparse, entries, sizeof *sparse->sums, &sparse->sums));
    }
    sparse->entries = entries;
done:
    return status;
}

skel_status skel_sparse_pattern_create(skel_sparse *sparse)
{
    const skel_network *network = sparse->graph.network;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];
        skel_sparse_work *work = &sparse->work[i];

        if (!skel_graph_has_weights(step)) {
            continue;
        }
        work->forward.rows = weight_of(sparse, i)->shape[0];
        SKEL_TRY(SKEL_ALLOC(work->forward.rows, sizeof(skel_sparse_row), &work->forward.row));
        shape_forward(sparse, i);
        if (skel_sparse_goes_back(sparse, step)) {
            work->backward.rows =
                input_of(sparse, i)->channels * work->stride_height * work->stride_width;
            SKEL_TRY(SKEL_ALLOC(work->backward.rows, sizeof(skel_sparse_row), &work->backward.row));
            shape_backward(sparse, i);
        }
        if (step->op->bias != SKEL_NONE) {
            SKEL_TRY(SKEL_ALLOC(work->forward.rows, sizeof(float), &work->bias));
        }
        if (sparse->row_count < weight_of(sparse, i)->count / work->forward.rows) {
            sparse->row_count = weight_of(sparse, i)->count / work->forward.rows;
        }
    }
    SKEL_TRY(skel_sparse_take(sparse, network->parameter_count, 1, &sparse->mask));
    SKEL_TRY(take_entries(sparse, entries_promised(sparse)));
done:
    return status;
}

/* A weight's place in the kernel. */
typedef struct place {
    size_t out;
    size_t in;
    size_t y;
    size_t x;
} place;

static place place_of(const skel_sparse_work *work, size_t inputs, size_t index)
{
    return (place){.x = index % work->kernel_width,
                   .y = index / work->kernel_width % work->kernel_height,
                   .in = index / work->kernel_width / work->kernel_height % inputs,
                   .out = index / work->kernel_width / work->kernel_height / inputs};
}

/* Lists the kept weights of a step in the order of the parameter, from pool entry `at` on. */
static void list_forward(skel_sparse *sparse, size_t step, const uint8_t kept[], size_t at)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_work *work = &sparse->work[step];
    skel_sparse_rows *rows = &sparse->work[step].forward;
    size_t length = weight_of(sparse, step)->count / rows->rows;
    size_t n = 0;

    rows->entry = sparse->entry + at;
    rows->source = sparse->source + at;
    for (size_t c = 0; c < rows->rows; c++) {
        rows->row[c].first = n;
        for (size_t i = c * length; i < (c + 1) * length; i++) {
            if (kept == NULL || kept[i] != 0) {
                place p = place_of(work, in->channels, i);

                rows->source[n] = (uint32_t)i;
                rows->entry[n++].offset =
                    (uint32_t)(skel_sparse_planes_origin(in, p.in) + p.y * in->row +
                               p.x * sparse->kernels->lanes -
                               work->padding * (in->row + sparse->kernels->lanes));
            }
        }
        rows->row[c].count = n - rows->row[c].first;
    }
    rows->entries = n;
}

/* The row of the transposed map that a weight belongs to, and the offset of its factor. */
static size_t row_back(const skel_sparse *sparse, size_t step, size_t index, uint32_t *offset)
{
    const skel_sparse_planes *out = output_of(sparse, step);
    const skel_sparse_work *work = &sparse->work[step];
    place p = place_of(work, input_of(sparse, step)->channels, index);
    skel_sparse_tap y = skel_sparse_tap_of(p.y, work->padding, work->stride_height);
    skel_sparse_tap x = skel_sparse_tap_of(p.x, work->padding, work->stride_width);
    ptrdiff_t at = (ptrdiff_t)skel_sparse_planes_origin(out, p.out) +
                   y.shift * (ptrdiff_t)out->row + x.shift * (ptrdiff_t)sparse->kernels->lanes;

    *offset = (uint32_t)at;
    return (p.in * work->stride_height + y.residue) * work->stride_width + x.residue;
}

/* Sorts the forward map's entries by the transposed map's rows. */
static void list_backward(skel_sparse *sparse, size_t step, size_t at)
{
    const skel_sparse_rows *forward = &sparse->work[step].forward;
    skel_sparse_rows *rows = &sparse->work[step].backward;
    uint32_t offset = 0;
    size_t first = 0;

    rows->entry = sparse->entry + at;
    rows->source = sparse->source + at;
    rows->entries = forward->entries;
    for (size_t r = 0; r < rows->rows; r++) {
        rows->row[r].count = 0;
    }
    for (size_t n = 0; n < forward->entries; n++) {
        rows->row[row_back(sparse, step, forward->source[n], &offset)].count++;
    }
    for (size_t r = 0; r < rows->rows; r++) {
        rows->row[r].first = first;
        first += rows->row[r].count;
        rows->row[r].count = 0;
    }
    for (size_t n = 0; n < forward->entries; n++) {
        skel_sparse_row *row = &rows->row[row_back(sparse, step, forward->source[n], &offset)];
        size_t to = row->first + row->count++;

        rows->entry[to].offset = offset;
        rows->source[to] = forward->source[n];
    }
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
            list_forward(sparse, i, kept_of(sparse, i, mask), at);
            at += sparse->work[i].forward.entries;
            if (sparse->work[i].backward.rows > 0) {
                list_backward(sparse, i, at);
                at += sparse->work[i].backward.entries;
            }
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
done:
    engine->profile.reorder += skel_engine_clock(&sparse->base) - start;
    return status;
}
