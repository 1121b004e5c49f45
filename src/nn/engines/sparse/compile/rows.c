/* Rows of kept weights of one layer, forward and transposed. */
#include "rows.h"

#include "tap.h"

#include "skel/kept.h"
#include "skel/memory.h"

#include <stdlib.h>

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

/* What a place within a row of the parameter stands for: an input of the group and an element of
 * the kernel. It is that of the first group, and of channel 0 of the output. */
typedef struct place {
    size_t offset;  /* of the factor, in a block of the input */
    size_t row;     /* of the transposed map, before rows are ordered */
    ptrdiff_t back; /* offset of the factor there, in a block of the output's gradient */
} place;

/* A layer whose kept weights are listed. */
typedef struct listing {
    skel_sparse_rows *forward;
    skel_sparse_rows *backward;
    const uint8_t *kept;   /* NULL: all are kept, or those of `index` */
    const uint32_t *index; /* of a packing: the flat indices of the kept weights; else NULL */
    size_t count;          /* of these */
    size_t offset;         /* of the layer's weights in the flat vector */
    size_t inputs;         /* of a group */
    size_t outputs;        /* likewise */
    size_t places;         /* weights of a channel of the output */
    place *place;
    uint32_t *list; /* [places + 1] the kept ones of a row */
    size_t in_plane;
    size_t back_plane;
    uint32_t *packed; /* [channels of the output] kept weights of the layer before the channel's */
    uint32_t *next;   /* [rows of the transposed map] the place of the next entry of each row */
} listing;

static void describe_places(const skel_sparse *sparse, size_t step, listing *of)
{
    const skel_sparse_planes *in = input_of(sparse, step);
    const skel_sparse_planes *out = output_back_of(sparse, step);
    const skel_window *window = &sparse->work[step].window;
    size_t elements = of->places / of->inputs;

    for (size_t p = 0; p < of->places; p++) {
        size_t input = p / elements;
        size_t row = p % elements / window->kernel[1];
        size_t column = p % elements % window->kernel[1];
        skel_sparse_tap y = skel_sparse_tap_of(window, 0, row);
        skel_sparse_tap x = skel_sparse_tap_of(window, 1, column);

        of->place[p] = (place){
            .offset = skel_sparse_tap_offset(in, window, 0, row, column) + input * in->plane,
            .row = (y.residue * window->stride[1] + x.residue) * in->channels + input,
            .back = (ptrdiff_t)skel_sparse_planes_origin(out, 0) + y.shift * (ptrdiff_t)out->row +
                    x.shift * (ptrdiff_t)out->lanes};
    }
}

/* Lists the kept weights of a channel from the layer's `before`-th index on. */
static size_t list_packed(const listing *of, size_t channel, size_t before)
{
    size_t start = of->offset + channel * of->places;
    size_t n = 0;

    for (; before + n < of->count && of->index[before + n] < start + of->places; n++) {
        of->list[n] = (uint32_t)(of->index[before + n] - start);
    }
    return n;
}

/* Lists the kept weights of one channel of the output, by their places within its row. `before`
 * are those of the channels before it. */
static size_t list_kept(const listing *of, size_t channel, size_t before)
{
    const uint8_t *kept = of->kept == NULL ? NULL : of->kept + channel * of->places;

    return of->index != NULL ? list_packed(of, channel, before)
                             : skel_kept_list(of->places, kept, 0, of->list);
}

static void clear_rows(const skel_sparse *sparse, size_t step, const listing *of)
{
    skel_sparse_rows *forward = of->forward;
    skel_sparse_rows *backward = of->backward;

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
}

/* Counts the kept weights of each row of both maps. */
static void count_rows(const listing *of)
{
    skel_sparse_row *back = of->backward->rows > 0 ? of->backward->row : NULL;
    uint32_t n = 0;

    for (size_t o = 0; o < of->forward->rows; o++) {
        size_t first = o / of->outputs * of->inputs;
        size_t count = list_kept(of, o, n);

        for (size_t j = 0; back != NULL && j < count; j++) {
            back[of->place[of->list[j]].row + first].count++;
        }
        of->packed[o] = n;
        of->forward->row[o].count = (uint32_t)count;
        n += (uint32_t)count;
    }
}

/* Lists the kept weights of one channel of the output in its row, in the order of the parameter,
 * and each of them as the next entry of its row of the transposed map. */
static void list_row(const listing *of, const skel_sparse_row *row)
{
    size_t o = row->channel;
    size_t first = o / of->outputs * of->inputs;
    size_t count = list_kept(of, o, of->packed[o]);
    ptrdiff_t plane = (ptrdiff_t)(o * of->back_plane);

    for (size_t j = 0; j < count; j++) {
        const place *p = &of->place[of->list[j]];
        size_t n = row->first + j;
        uint32_t source = of->index != NULL ? of->packed[o] + (uint32_t)j
                                            : (uint32_t)(o * of->places + of->list[j]);

        of->forward->source[n] = source;
        of->forward->entry[n].offset = (uint32_t)(p->offset + first * of->in_plane);
        if (of->backward->rows > 0) {
            size_t to = of->next[p->row + first]++;

            of->backward->source[to] = source;
            of->backward->entry[to].offset = (uint32_t)(p->back + plane);
        }
    }
}

/* Lists all rows, in their order, which is then that of the transposed rows' entries. */
static void list_rows(const listing *of)
{
    const skel_sparse_rows *back = of->backward;

    for (size_t r = 0; r < back->rows; r++) {
        size_t channels = back->grid[0].rows;

        of->next[r / channels * channels + back->row[r].channel] = (uint32_t)back->row[r].first;
    }
    for (size_t r = 0; r < of->forward->rows; r++) {
        list_row(of, &of->forward->row[r]);
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
    const skel_packing *packing = sparse->base.packing;
    size_t number = sparse->graph.step[step].op->weight;
    const skel_parameter *weight = &sparse->graph.network->parameter[number];
    size_t inputs = input_of(sparse, step)->channels / work->groups;
    listing of = {.forward = &work->forward,
                  .backward = &work->backward,
                  .kept = kept,
                  .inputs = inputs,
                  .outputs = work->forward.rows / work->groups,
                  .places = inputs * skel_sparse_elements(work),
                  .in_plane = input_of(sparse, step)->plane,
                  .back_plane = output_back_of(sparse, step)->plane,
                  .offset = weight->offset};
    skel_status status = SKEL_OK;

    if (packing != NULL) { /* sources are places in a packed vector */
        of.index = packing->index + packing->offset[number];
        of.count = packing->offset[number + 1] - packing->offset[number];
    }
    SKEL_TRY(SKEL_ALLOC(of.places, sizeof *of.place, &of.place));
    SKEL_TRY(SKEL_ALLOC(of.places + 1, sizeof *of.list, &of.list));
    SKEL_TRY(SKEL_ALLOC(work->forward.rows, sizeof *of.packed, &of.packed));
    SKEL_TRY(SKEL_ALLOC(work->backward.rows, sizeof *of.next, &of.next));
    describe_places(sparse, step, &of);
    clear_rows(sparse, step, &of);
    count_rows(&of);
    order_rows(&work->forward, work->groups);
    order_rows(&work->backward, work->groups);
    mark_channels(work);
    give_entries(sparse, &work->forward, at);
    give_entries(sparse, &work->backward, at);
    list_rows(&of);
done:
    SKEL_FREE(&of.place);
    SKEL_FREE(&of.list);
    SKEL_FREE(&of.packed);
    SKEL_FREE(&of.next);
    return status;
}

size_t skel_sparse_rows_from(const skel_sparse_rows *rows, const skel_sparse_grid *grid,
                             size_t first, size_t inputs, double percent)
{
    double least = (double)inputs * percent / 100;

    while (first < grid->first + grid->rows && (double)rows->row[first].count < least) {
        first++;
    }
    return first;
}
