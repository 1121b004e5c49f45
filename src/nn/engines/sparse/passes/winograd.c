/* Dense rows by Winograd's algorithm. */
#include "winograd.h"

#include "../compile/bands.h"
#include "../compile/tensors.h"
#include "../compile/winograd.h"
#include "share.h"

#include "skel/sizes.h"

#include <omp.h>

enum { TAPS = SKEL_SPARSE_WINOGRAD_TAPS, LINE = 16 };

/* Weights of one tap, with those of the last band's empty rows. */
static size_t weights_of(const skel_sparse *sparse, const skel_sparse_bands *bands)
{
    return skel_sparse_bands_floats(sparse, bands) / TAPS;
}

/* Makes `weight` hold the weights of these rows at all points. The next window of a segment finds
 * them there. */
static void transform_weights(skel_sparse *sparse, const skel_sparse_bands *bands)
{
    const size_t part = (size_t)64 * LINE;
    size_t count = weights_of(sparse, bands);
    size_t step = skel_sparse_winograd_step(count);

    if (sparse->winograd.of == bands) {
        return;
    }
#pragma omp for schedule(static)
    for (size_t first = 0; first < count; first += part) {
        sparse->kernels->winograd->weights(count, bands->weight, first,
                                           skel_lesser(first + part, count), step,
                                           sparse->winograd.weight);
    }
#pragma omp single
    sparse->winograd.of = bands;
}

/* Tiles of a grid from `first` on, whose values are for so many channels. */
static skel_sparse_tiles tiles_of(const skel_sparse *sparse, const skel_sparse_grid *grid,
                                  size_t row, size_t first, size_t together, size_t channels)
{
    return (skel_sparse_tiles){
        .height = grid->height,
        .width = grid->width,
        .row = row,
        .first = first,
        .count = skel_lesser(together, skel_sparse_winograd_tiles(grid) - first),
        .together = together,
        .step = skel_sparse_winograd_step(channels * together * sparse->kernels->lanes)};
}

void skel_sparse_winograd_apply(skel_sparse *sparse, skel_sparse_range range, const float *in,
                                const float bias[], const skel_sparse_lane_mask *lanes, float *out,
                                double sums[])
{
    const skel_sparse_winograd_kernels *kernels = sparse->kernels->winograd;
    const skel_sparse_winograd *memory = &sparse->winograd;
    const skel_sparse_bands *bands = &range.grid->bands;
    size_t weights_step = skel_sparse_winograd_step(weights_of(sparse, bands));
    size_t outputs_step = skel_sparse_winograd_step(weights_of(sparse, bands) / bands->columns *
                                                    kernels->tiles * sparse->kernels->lanes);
    size_t pending = 0;

    transform_weights(sparse, bands);
    for (size_t first = 0; first < skel_sparse_winograd_tiles(range.grid);
         first += kernels->tiles) {
        skel_sparse_tiles tiles =
            tiles_of(sparse, range.grid, range.rows->in_row, first, kernels->tiles, bands->columns);

#pragma omp for schedule(static)
        for (size_t c = 0; c < bands->columns; c++) {
            kernels->inputs(&tiles, in, c, c + 1, bands->offset, memory->input);
        }
        if (range.first < range.last) {
            kernels->apply(range, &tiles, memory->input, memory->weight, weights_step,
                           memory->output, outputs_step, bias, lanes, out,
                           sums == NULL ? NULL : skel_sparse_scratch(sparse), sums, &pending);
        }
#pragma omp barrier
    }
}

static size_t bands_of(const skel_sparse *sparse, const skel_sparse_bands *bands)
{
    size_t height = sparse->kernels->band->rows;

    return (bands->rows + height - 1) / height;
}

/* Groups of channels that rows read, for the weights' gradients. */
static size_t groups_of(const skel_sparse *sparse, const skel_sparse_bands *bands)
{
    size_t group = sparse->kernels->winograd->group;

    return (bands->columns + group - 1) / group;
}

/* A window whose products are added. */
typedef struct addition {
    const skel_sparse *sparse;
    size_t number;
    skel_sparse_window window;
    size_t dy;
    const skel_sparse_grid *grid;
    const skel_sparse_bands *matrix; /* the rows: dense ones, or all live ones */
    const uint32_t *pixel;           /* [rows] their first ones in a block of the gradient */
    double *sums;                    /* of the matrix */
    size_t together;
    size_t bands;
    size_t groups;
} addition;

/* Tiles of a window from number `first` on, of at most `count` but of one block. */
static skel_sparse_tiles part_of(const addition *of, size_t first, size_t count, size_t row,
                                 size_t channels)
{
    size_t all = skel_sparse_winograd_tiles(of->grid);
    skel_sparse_tiles tiles =
        tiles_of(of->sparse, of->grid, row, first % all, of->together, channels);

    tiles.count = skel_lesser(tiles.count, count);
    return tiles;
}

/* Values of tiles [first, first + count) of the window, block by block, at all points: of one group
 * of the input's channels. */
static void transform_inputs(const addition *of, size_t first, size_t count, size_t group)
{
    const skel_sparse *sparse = of->sparse;
    size_t input = sparse->graph.step[of->number].operand[SKEL_STEP_INPUT];
    size_t channels = of->groups * sparse->kernels->winograd->group;

    for (size_t place = 0; place < count;) {
        size_t block = of->window.first + (first + place) / skel_sparse_winograd_tiles(of->grid);
        skel_sparse_tiles tiles = part_of(of, first + place, count - place,
                                          sparse->work[of->number].forward.in_row, channels);

        tiles.place = place;
        sparse->kernels->winograd->group_inputs(
            &tiles, skel_sparse_again(sparse, of->window.slot, input, block), of->matrix->columns,
            group, of->matrix->offset, sparse->winograd.input);
        place += tiles.count;
    }
}

/* Likewise of one band of the output's gradient. */
static void transform_gradients(const addition *of, size_t first, size_t count, size_t band)
{
    const skel_sparse *sparse = of->sparse;
    size_t floats = sparse->graph.tensor[sparse->graph.step[of->number].output].gradient_floats;
    size_t channels = of->bands * sparse->kernels->band->rows;

    for (size_t place = 0; place < count;) {
        size_t block = of->window.first + (first + place) / skel_sparse_winograd_tiles(of->grid);
        skel_sparse_tiles tiles = part_of(of, first + place, count - place,
                                          sparse->work[of->number].forward.gradient_row, channels);

        tiles.place = place;
        sparse->kernels->winograd->gradients(
            &tiles, skel_sparse_block(sparse, of->window.slot, of->dy, block, floats),
            of->matrix->rows, band, of->pixel, sparse->winograd.output);
        place += tiles.count;
    }
}

/* Adds the products of a chunk of tiles, of the calling thread's bands. */
static void add_products(const addition *of, size_t count)
{
    const skel_sparse *sparse = of->sparse;
    size_t values = of->together * sparse->kernels->lanes; /* of a channel or a row */
    size_t thread = (size_t)omp_get_thread_num();
    size_t threads = (size_t)omp_get_num_threads();
    size_t first = of->bands * thread / threads;
    size_t last = of->bands * (thread + 1) / threads;
    skel_sparse_winograd_products products = {
        .count = count,
        .together = of->together,
        .bands = of->bands,
        .columns = of->matrix->columns,
        .inputs_step =
            skel_sparse_winograd_step(of->groups * sparse->kernels->winograd->group * values),
        .outputs_step = skel_sparse_winograd_step(of->bands * sparse->kernels->band->rows * values),
        .room_step = skel_sparse_winograd_step(of->bands * sparse->kernels->band->rows *
                                               sparse->kernels->winograd->group)};

    if (first < last) {
        sparse->kernels->winograd->products(&products, first, last, sparse->winograd.input,
                                            sparse->winograd.output, sparse->winograd.room,
                                            of->sums);
    }
}

/* Lists the first pixels of dense rows, or of all live channels of the output. */
static void list_pixels(const skel_sparse *sparse, const skel_sparse_work *work, uint32_t pixel[])
{
    const skel_sparse_rows *rows = &work->forward;
    size_t first = skel_sparse_bands_first(&rows->grid[0]);
    size_t n = 0;

    if (skel_sparse_gives_all(sparse)) {
        for (size_t c = 0; c < rows->rows; c++) {
            pixel[n] = (uint32_t)(rows->gradient_origin + c * rows->gradient_plane);
            n += work->idle[c] == 0;
        }
        return;
    }
    for (size_t r = first; r < rows->rows; r++) {
        pixel[n++] =
            (uint32_t)(rows->gradient_origin + rows->row[r].channel * rows->gradient_plane);
    }
}

void skel_sparse_winograd_add(const skel_sparse *sparse, size_t number, skel_sparse_window window,
                              size_t dy)
{
    const skel_sparse_work *work = &sparse->work[number];
    const skel_sparse_grid *grid = &work->forward.grid[0];
    bool all = skel_sparse_gives_all(sparse);
    const skel_sparse_bands *matrix = all ? &work->all : &grid->bands;
    size_t block = skel_sparse_winograd_tiles(grid);
    size_t tiles = (window.last - window.first) * block;
    addition of = {.sparse = sparse,
                   .number = number,
                   .window = window,
                   .dy = dy,
                   .grid = grid,
                   .matrix = matrix,
                   .pixel = sparse->output,
                   .sums = all ? sparse->sums : sparse->band_sum,
                   .bands = bands_of(sparse, matrix),
                   .groups = groups_of(sparse, matrix)};

    of.together = skel_sparse_winograd_together(sparse->blocks * block);
    list_pixels(sparse, work, sparse->output);
#pragma omp parallel num_threads(sparse->base.options.threads)
    for (size_t first = 0; first < tiles; first += of.together) {
        size_t count = skel_lesser(of.together, tiles - first);

#pragma omp for schedule(static) nowait
        for (size_t g = 0; g < of.groups; g++) {
            transform_inputs(&of, first, count, g);
        }
#pragma omp for schedule(static)
        for (size_t band = 0; band < of.bands; band++) {
            transform_gradients(&of, first, count, band);
        }
        add_products(&of, count);
#pragma omp barrier
    }
}
