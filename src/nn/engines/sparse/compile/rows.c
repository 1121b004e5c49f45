/* Rows of kept weights of one layer, forward and transposed. */
#include "rows.h"

#include "tap.h"

#include "skel/memory.h"

#include <stdlib.h>

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

static const skel_sparse_planes *output_back_of(const skel_sparse *sparse, size_t step)
{
    return &sparse->back[sparse->graph.step[step].output];
}

/* Rows of the forward map: one for each channel of the output, all in one grid. */
static void shape_forward(skel_sparse *sparse, size_t step)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_planes *out = output_of(sparse, step);
    const skel_sparse_planes *back = output_back_of(sparse, step);
    const skel_sparse_work *work = &sparse->work[step];
    skel_sparse_rows *rows = &sparse->work[step].forward;

    rows->in_row = work->window.stride[0] * in->row;
    rows->in_column = work->window.stride[1] * in->lanes;
    rows->out_row = out->row;
    rows->out_column = out->lanes;
    rows->gradient_origin = skel_sparse_planes_origin(back, 0);
    rows->gradient_plane = back->plane;
    rows->gradient_row = back->row;
    rows->grid[0] =
        (skel_sparse_grid){.rows = out->channels, .height = out->height, .width = out->width};
}

/* Grids of the transposed map: one for each residue by the stride, with a row for each channel. */
static void shape_backward(skel_sparse *sparse, size_t step)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_planes *out = output_back_of(sparse, step);
    const size_t *stride = sparse->work[step].window.stride;
    skel_sparse_rows *rows = &sparse->work[step].backward;

    rows->in_row = out->row;
    rows->in_column = out->lanes;
    rows->out_row = stride[0] * in->row;
    rows->out_column = stride[1] * in->lanes;
    for (size_t g = 0; g < rows->grids; g++) {
        rows->grid[g] = (skel_sparse_grid){
            .first = g * in->channels,
            .rows = in->channels,
            .height = skel_sparse_tap_pixels(in->height, g / stride[1], stride[0]),
            .width = skel_sparse_tap_pixels(in->width, g % stride[1], stride[1])};
    }
}

/* The first pixel that a row of the transposed map computes, of a channel of the input. */
static size_t target_back(const skel_sparse *sparse, size_t step, size_t grid, size_t channel)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    size_t stride = sparse->work[step].window.stride[1];

    return skel_sparse_planes_origin(in, channel) + grid / stride * in->row +
           grid % stride * in->lanes;
}

/* Floats of the planes that the rows of some groups together read: 64 KiB. */
enum { NEAR_FLOATS = 16384 };

/* Takes the rows of few groups together: no other rows read the groups' inputs. `rows` and `inputs`
 * are those of all groups in one grid. */
static void form_groups(skel_sparse_rows *out, size_t groups, size_t rows, size_t inputs,
                        const skel_sparse_planes *in)
{
    size_t floats = inputs / groups * in->plane;
    size_t together = floats < NEAR_FLOATS ? NEAR_FLOATS / floats : 1;

    out->near = groups == 1 ? rows : together * (rows / groups);
}

/* Rows of a map: as many in each grid. */
static skel_status take_rows(size_t grids, size_t rows, skel_sparse_rows *out)
{
    skel_status status = SKEL_OK;

    out->grids = grids;
    out->rows = grids * rows;
    SKEL_TRY(SKEL_ALLOC(grids, sizeof *out->grid, &out->grid));
    SKEL_TRY(SKEL_ALLOC(out->rows + SKEL_SPARSE_ROWS_AHEAD, sizeof *out->row, &out->row));
done:
    return status;
}

skel_status skel_sparse_rows_create(skel_sparse *sparse, size_t step)
{
    skel_sparse_work *work = &sparse->work[step];
    skel_status status = SKEL_OK;

    SKEL_TRY(take_rows(1, output_of(sparse, step)->channels, &work->forward));
    SKEL_TRY(SKEL_ALLOC(output_of(sparse, step)->channels, 1, &work->silent));
    SKEL_TRY(SKEL_ALLOC(input_of(sparse, step)->channels, 1, &work->unread));
    shape_forward(sparse, step);
    form_groups(&work->forward, work->groups, output_of(sparse, step)->channels,
                input_of(sparse, step)->channels, input_of(sparse, step));
    if (skel_sparse_goes_back(sparse, &sparse->graph.step[step])) {
        SKEL_TRY(take_rows(work->window.stride[0] * work->window.stride[1],
                           input_of(sparse, step)->channels, &work->backward));
        shape_backward(sparse, step);
        form_groups(&work->backward, work->groups, input_of(sparse, step)->channels,
                    output_of(sparse, step)->channels, output_back_of(sparse, step));
    }
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

static place place_of(const skel_sparse *sparse, size_t step, size_t index)
{
    const skel_sparse_work *work = &sparse->work[step];
    size_t width = work->window.kernel[1];
    size_t inputs = input_of(sparse, step)->channels / work->groups; /* of a group */
    size_t outputs = output_of(sparse, step)->channels / work->groups;
    size_t element = index % skel_sparse_elements(work);
    size_t channels = index / skel_sparse_elements(work);
    size_t out = channels / inputs;

    return (place){.out = out,
                   .in = out / outputs * inputs + channels % inputs,
                   .y = element / width,
                   .x = element % width};
}

/* The row of the transposed map, before rows are ordered, that a weight belongs to, and the offset
 * of its factor. */
static size_t row_back(const skel_sparse *sparse, size_t step, size_t index, uint32_t *offset)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_planes *out = output_back_of(sparse, step);
    const skel_sparse_work *work = &sparse->work[step];
    place p = place_of(sparse, step, index);
    skel_sparse_tap y = skel_sparse_tap_of(&work->window, 0, p.y);
    skel_sparse_tap x = skel_sparse_tap_of(&work->window, 1, p.x);
    ptrdiff_t at = (ptrdiff_t)skel_sparse_planes_origin(out, p.out) +
                   y.shift * (ptrdiff_t)out->row + x.shift * (ptrdiff_t)out->lanes;

    *offset = (uint32_t)at;
    return (y.residue * work->window.stride[1] + x.residue) * in->channels + p.in;
}

static int compare_rows(const void *a, const void *b)
{
    const skel_sparse_row *x = a;
    const skel_sparse_row *y = b;

    if (x->count != y->count) {
        return x->count < y->count ? -1 : 1;
    }
    return (x->channel > y->channel) - (x->channel < y->channel);
}

/* Rows without entries first, then group by group. */
static int compare_groups(const void *a, const void *b)
{
    const skel_sparse_row *x = a;
    const skel_sparse_row *y = b;

    if ((x->count == 0) != (y->count == 0)) {
        return x->count == 0 ? -1 : 1;
    }
    return (x->channel > y->channel) - (x->channel < y->channel);
}

/* Sorts rows by their number of entries, fewest first: a loop over the entries of a row then mostly
 * ends as the loop before it, which processors predict. Rows of groups stay with their group, which
 * reads the same inputs. Then gives each row its place among the entries. */
static void order_rows(skel_sparse_rows *rows, size_t groups)
{
    size_t n = 0;

    for (size_t g = 0; g < rows->grids; g++) {
        skel_sparse_grid *grid = &rows->grid[g];

        qsort(rows->row + grid->first, grid->rows, sizeof *rows->row,
              groups == 1 ? compare_rows : compare_groups);
        grid->empty = 0;
        while (grid->empty < grid->rows && rows->row[grid->first + grid->empty].count == 0) {
            grid->empty++;
        }
    }
    for (size_t r = 0; r < rows->rows; r++) {
        rows->row[r].first = n;
        n += rows->row[r].count;
    }
    rows->entries = n;
}

/* Marks the channels whose planes are 0 and need not be written. */
static void mark_channels(skel_sparse_work *work)
{
    for (size_t r = 0; r < work->forward.rows; r++) {
        const skel_sparse_row *row = &work->forward.row[r];

        work->silent[row->channel] = work->spares_output && row->count == 0;
    }
    for (size_t r = 0; work->spares_input && r < work->backward.rows; r++) {
        work->unread[work->backward.row[r].channel] = work->backward.row[r].count == 0;
    }
}

/* Counts the kept weights of each row of both maps, and orders the rows. */
static void count_rows(skel_sparse *sparse, size_t step, const uint8_t kept[])
{
    skel_sparse_rows *forward = &sparse->work[step].forward;
    skel_sparse_rows *backward = &sparse->work[step].backward;
    size_t length = weight_of(sparse, step)->count / forward->rows;
    uint32_t offset = 0;

    for (size_t r = 0; r < forward->rows; r++) {
        forward->row[r] = (skel_sparse_row){
            .channel = r, .target = skel_sparse_planes_origin(output_of(sparse, step), r)};
    }
    for (size_t r = 0; r < backward->rows; r++) {
        size_t channel = r % backward->grid[0].rows;

        backward->row[r] = (skel_sparse_row){
            .channel = channel,
            .target = target_back(sparse, step, r / backward->grid[0].rows, channel)};
    }
    for (size_t i = 0; i < weight_of(sparse, step)->count; i++) {
        if (kept == NULL || kept[i] != 0) {
            forward->row[i / length].count++;
            if (backward->rows > 0) {
                backward->row[row_back(sparse, step, i, &offset)].count++;
            }
        }
    }
    order_rows(forward, sparse->work[step].groups);
    order_rows(backward, sparse->work[step].groups);
    mark_channels(&sparse->work[step]);
}

/* Lists the kept weights of a step row by row, each row in the order of the parameter. */
static void list_forward(skel_sparse *sparse, size_t step, const uint8_t kept[])
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_window *window = &sparse->work[step].window;
    skel_sparse_rows *rows = &sparse->work[step].forward;
    size_t length = weight_of(sparse, step)->count / rows->rows;
    size_t n = 0;

    for (size_t r = 0; r < rows->rows; r++) {
        size_t first = rows->row[r].channel * length;

        for (size_t i = first; i < first + length; i++) {
            if (kept == NULL || kept[i] != 0) {
                place p = place_of(sparse, step, i);

                rows->source[n] = (uint32_t)i;
                rows->entry[n++].offset =
                    (uint32_t)skel_sparse_tap_offset(in, window, p.in, p.y, p.x);
            }
        }
    }
}

/* The place of a kept weight, an index in the parameter, in the packed vector of the layer. */
static size_t packed_place(const skel_sparse *sparse, size_t step, size_t index)
{
    const skel_packing *packing = sparse->base.packing;
    size_t number = sparse->graph.step[step].op->weight;
    size_t low = packing->offset[number];
    size_t high = packing->offset[number + 1];
    uint32_t wanted = (uint32_t)(weight_of(sparse, step)->offset + index);

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (packing->index[middle] <= wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low - packing->offset[number];
}

/* Turns the forward map's sources from places in the parameter into places in the packed vector,
 * where the weights of a row are one behind the other. */
static void pack_forward(const skel_sparse *sparse, size_t step)
{
    const skel_sparse_rows *rows = &sparse->work[step].forward;

    for (size_t r = 0; r < rows->rows; r++) {
        const skel_sparse_row *row = &rows->row[r];
        size_t from = row->count > 0 ? packed_place(sparse, step, rows->source[row->first]) : 0;

        for (size_t k = 0; k < row->count; k++) {
            rows->source[row->first + k] = (uint32_t)(from + k);
        }
    }
}

/* Gives the transposed map's entries the forward map's sources. `to` is [entries of the forward
 * map], their places in the transposed one. */
static void give_sources(const skel_sparse *sparse, size_t step, const uint32_t to[])
{
    const skel_sparse_rows *forward = &sparse->work[step].forward;

    for (size_t n = 0; n < forward->entries; n++) {
        sparse->work[step].backward.source[to[n]] = forward->source[n];
    }
}

/* Sorts the forward map's entries by the transposed map's rows. `next` is [rows], room for the
 * place of the next entry of each row. The forward map's places of dense rows' columns, which are
 * not known yet, are room for where each entry goes. */
static void list_backward(skel_sparse *sparse, size_t step, uint32_t next[])
{
    const skel_sparse_rows *forward = &sparse->work[step].forward;
    skel_sparse_rows *rows = &sparse->work[step].backward;
    size_t channels = rows->grid[0].rows;
    uint32_t offset = 0;

    for (size_t r = 0; r < rows->rows; r++) {
        next[r / channels * channels + rows->row[r].channel] = (uint32_t)rows->row[r].first;
    }
    for (size_t n = 0; n < forward->entries; n++) {
        size_t to = next[row_back(sparse, step, forward->source[n], &offset)]++;

        rows->entry[to].offset = offset;
        forward->place[n] = (uint32_t)to;
    }
}

/* Gives a map its entries, from entry `at` of the engine on. */
static void give_entries(const skel_sparse *sparse, skel_sparse_rows *rows, size_t *at)
{
    rows->entry = sparse->entry + *at;
    rows->source = sparse->source + *at;
    rows->place = sparse->place + *at;
    *at += rows->entries;
}

skel_status skel_sparse_rows_fill(skel_sparse *sparse, size_t step, const uint8_t kept[],
                                  size_t *at)
{
    skel_sparse_work *work = &sparse->work[step];
    uint32_t *next = NULL;
    skel_status status = SKEL_OK;

    count_rows(sparse, step, kept);
    give_entries(sparse, &work->forward, at);
    list_forward(sparse, step, kept);
    if (work->backward.rows > 0) {
        SKEL_TRY(SKEL_ALLOC(work->backward.rows, sizeof *next, &next));
        give_entries(sparse, &work->backward, at);
        list_backward(sparse, step, next);
    }
    if (sparse->base.packing != NULL) {
        pack_forward(sparse, step);
    }
    if (work->backward.rows > 0) {
        give_sources(sparse, step, work->forward.place);
    }
done:
    SKEL_FREE(&next);
    return status;
}
