/* Winograd's algorithm for dense rows: transforms, and at each point a product of matrices. */
#include "winograd_kernels.h"

#include "band_tile.h"
#include "row_statistics.h"
#include "turn.h"

#define VECTOR vector
#define NAME(verb) verb
#include "../../../winograd/points.h"

#include "skel/sizes.h"

enum {
    SIDE = SKEL_SPARSE_WINOGRAD_SIDE,
    POINTS = SKEL_SPARSE_WINOGRAD_POINTS,
    TAPS = SKEL_SPARSE_WINOGRAD_TAPS,
    TAP_SIDE = 3,
    POINT_SIDE = 6, /* of the points, and of the inputs of a tile */
    GROUP = PIXELS * LANES,
    CHUNK = 128, /* columns whose values at 4 tiles stay in the first cache; likewise products */
};

static void weights_values(size_t count, const float *taps, size_t first, size_t last, size_t step,
                           float *values)
{
    for (size_t i = first; i < last; i += LANES) {
        size_t floats = skel_lesser(LANES, count - i);
        vector w[TAPS] = {{0}};

        for (size_t t = 0; t < TAPS && floats == LANES; t++) {
            memcpy(&w[t], taps + t * count + i, sizeof w[t]);
        }
        for (size_t t = 0; t < TAPS && floats < LANES; t++) {
            memcpy(&w[t], taps + t * count + i, floats * sizeof *taps);
        }
        IN_PLANE(of_taps, TAP_SIDE, POINT_SIDE, w, TAP_SIDE, 1, &TARGET(values + i),
                 POINT_SIDE * (step / LANES), step / LANES);
    }
}

/* A tile's first pixel. */
typedef struct corner {
    size_t row;
    size_t column;
} corner;

static corner corner_of(const skel_sparse_tiles *tiles, size_t i)
{
    size_t across = (tiles->width + SIDE - 1) / SIDE;

    return (corner){.row = (tiles->first + i) / across * SIDE,
                    .column = (tiles->first + i) % across * SIDE};
}

/* A square of `side` pixels, of which `extra` are behind the image's last ones; those behind these
 * are 0.
 *  room: [side * side], for a square that is not inside */
INLINE const vector *square_at(const skel_sparse_tiles *tiles, corner at, size_t side, size_t extra,
                               const float *plane, vector *room, size_t *step)
{
    size_t rows = skel_lesser(side, tiles->height + extra - at.row);
    size_t columns = skel_lesser(side, tiles->width + extra - at.column);
    const float *first = plane + at.row * tiles->row + at.column * LANES;

    if (rows == side && columns == side) {
        *step = tiles->row / LANES;
        return VECTORS(first);
    }
    *step = side;
    for (size_t r = 0; r < side; r++) {
        for (size_t c = 0; c < side; c++) {
            bool inside = r < rows && c < columns;

            room[r * side + c] = inside ? SOURCE(first + r * tiles->row + c * LANES) : (vector){0};
        }
    }
    return room;
}

static void inputs_values(const skel_sparse_tiles *tiles, const float *in, size_t first,
                          size_t last, const uint32_t offset[], float *values)
{
    size_t point = tiles->step / LANES;

    for (size_t c = first; c < last; c++) {
        for (size_t i = 0; i < tiles->count; i++) {
            float *to = values + (c * tiles->together + tiles->place + i) * LANES;
            vector room[POINTS];
            size_t step = 0;
            const vector *from = square_at(tiles, corner_of(tiles, i), POINT_SIDE, TAP_SIDE - 1,
                                           in + offset[c], room, &step);

            IN_PLANE(of_inputs, POINT_SIDE, POINT_SIDE, from, step, 1, &TARGET(to),
                     POINT_SIDE * point, point);
        }
    }
}

/* Stores vectors of one value each of LANES channels as one of each image. */
INLINE void store_turned(vector value[], float *to, size_t step)
{
    turn(value);
    for (size_t image = 0; image < LANES; image++) {
        TARGET(to + image * step) = value[image];
    }
}

static void group_inputs_values(const skel_sparse_tiles *tiles, const float *in, size_t columns,
                                size_t group, const uint32_t offset[], float *values)
{
    size_t channels = skel_lesser(GROUP, columns - group * GROUP);

    offset += group * GROUP;
    for (size_t i = 0; i < tiles->count; i++) {
        corner at = corner_of(tiles, i);
        float *to = values + (group * tiles->together + tiles->place + i) * LANES * GROUP;

        for (size_t part = 0; part < channels; part += LANES) {
            size_t there = skel_lesser(LANES, channels - part);
            vector value[POINTS][LANES];

            if (there < LANES) {
                memset(value, 0, sizeof value);
            }
            for (size_t c = 0; c < there; c++) {
                vector room[POINTS];
                size_t step = 0;
                const vector *from = square_at(tiles, at, POINT_SIDE, TAP_SIDE - 1,
                                               in + offset[part + c], room, &step);

                IN_PLANE(of_inputs, POINT_SIDE, POINT_SIDE, from, step, 1, &value[0][c],
                         (size_t)POINT_SIDE * LANES, LANES);
            }
            for (size_t p = 0; p < POINTS; p++) {
                store_turned(value[p], to + p * tiles->step + part, GROUP);
            }
        }
    }
}

static void gradients_values(const skel_sparse_tiles *tiles, const float *out, size_t rows,
                             size_t band, const uint32_t offset[], float *values)
{
    for (size_t i = 0; i < tiles->count; i++) {
        corner at = corner_of(tiles, i);
        float *to = values + (band * tiles->together + tiles->place + i) * LANES * ROWS;

        vector value[ROWS][POINTS] = {{{0}}};
        float lane[ROWS][POINTS][LANES];

        for (size_t r = 0; r < ROWS && band * ROWS + r < rows; r++) {
            vector room[SIDE * SIDE];
            size_t step = 0;
            const vector *from =
                square_at(tiles, at, SIDE, 0, out + offset[band * ROWS + r], room, &step);

            IN_PLANE(of_outputs, SIDE, POINT_SIDE, from, step, 1, value[r], POINT_SIDE, 1);
        }
        memcpy(lane, value, sizeof lane);
        for (size_t p = 0; p < POINTS; p++) {
            for (size_t image = 0; image < LANES; image++) {
                for (size_t r = 0; r < ROWS; r++) {
                    to[p * tiles->step + image * ROWS + r] = lane[r][p][image];
                }
            }
        }
    }
}

/* The products of some bands with the first vectors of one group of channels at one point:
 * [rows][GROUP]. */
static void multiply_group(const skel_sparse_winograd_products *of, size_t bands, size_t vectors,
                           const float *inputs, const float *outputs, float *room)
{
    size_t all = of->count * LANES;

    for (size_t k = 0; k < all; k += CHUNK) {
        for (size_t band = 0; band < bands; band++) {
            multiply_band(vectors, skel_lesser(CHUNK, all - k),
                          outputs + (band * of->together * LANES + k) * ROWS, inputs + k * GROUP,
                          k == 0, room + band * ROWS * GROUP);
        }
    }
}

/* Adds the taps' gradients of one row and a vector of channels, which are `floats`, from their sums
 * at all points, `step` apart. */
INLINE void add_taps(const float *sums, size_t step, size_t floats, double *taps, size_t taps_step)
{
    vector w[TAPS];
    float value[TAPS][LANES];

    IN_PLANE(to_taps, POINT_SIDE, TAP_SIDE, VECTORS(sums), POINT_SIDE * (step / LANES),
             step / LANES, w, TAP_SIDE, 1);
    memcpy(value, w, sizeof value);
    for (size_t t = 0; t < TAPS; t++) {
        for (size_t l = 0; l < floats; l++) {
            taps[t * taps_step + l * ROWS] += (double)value[t][l];
        }
    }
}

static void products(const skel_sparse_winograd_products *of, size_t first, size_t last,
                     const float *inputs, const float *outputs, float *room, double sums[])
{
    size_t lanes = of->together * LANES;

    for (size_t group = 0; group < of->columns; group += GROUP) {
        size_t channels = skel_lesser(GROUP, of->columns - group);
        size_t vectors = (channels + LANES - 1) / LANES;

        for (size_t p = 0; p < POINTS; p++) {
            multiply_group(of, last - first, vectors, inputs + p * of->inputs_step + group * lanes,
                           outputs + p * of->outputs_step + first * lanes * ROWS,
                           room + p * of->room_step + first * ROWS * GROUP);
        }
        for (size_t r = first * ROWS; r < last * ROWS; r++) {
            double *row = sums + r / ROWS * ROWS * of->columns + r % ROWS;

            for (size_t c = 0; c < channels; c += LANES) {
                add_taps(room + r * GROUP + c, of->room_step, skel_lesser(LANES, channels - c),
                         row + (group + c) * ROWS, of->bands * of->columns * ROWS);
            }
        }
    }
}

/* The products of a range's bands at all points. */
static void multiply_points(skel_sparse_range range, const skel_sparse_tiles *tiles,
                            const float *inputs, const float *weights, size_t weights_step,
                            float *outputs, size_t outputs_step)
{
    size_t columns = range.grid->bands.columns;
    size_t start = range.grid->first + range.grid->rows - range.grid->bands.rows;

    for (size_t p = 0; p < POINTS; p++) {
        for (size_t k = 0; k < columns; k += CHUNK) {
            const float *panel = inputs + p * tiles->step + k * PIXELS * LANES;

            for (size_t r = range.first - start; r < range.last - start; r += ROWS) {
                multiply_band(PIXELS, skel_lesser(CHUNK, columns - k),
                              weights + p * weights_step + r * columns + k * ROWS, panel, k == 0,
                              outputs + p * outputs_step + r * PIXELS * LANES);
            }
        }
    }
}

/* Stores one row's pixels of a tile. Returns how many there are, and their values. */
INLINE size_t store_tile(const skel_sparse_tiles *tiles, const skel_sparse_rows *rows, corner at,
                         const vector product[], vector shift, bool streams, vector value[],
                         float *out)
{
    size_t height = skel_lesser(SIDE, tiles->height - at.row);
    size_t width = skel_lesser(SIDE, tiles->width - at.column);
    float *first = out + at.row * rows->out_row + at.column * rows->out_column;
    size_t n = 0;

    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            value[n] = product[y * SIDE + x] + shift;
            stream_or_store(streams, first + y * rows->out_row + x * rows->out_column, value[n++]);
        }
    }
    return n;
}

static void apply(skel_sparse_range range, const skel_sparse_tiles *tiles, const float *inputs,
                  const float *weights, size_t weights_step, float *outputs, size_t outputs_step,
                  const float bias[], const skel_sparse_lane_mask *lanes, float *out,
                  float *scratch, double sums[], size_t *pending)
{
    size_t start = range.grid->first + range.grid->rows - range.grid->bands.rows;
    size_t across = (tiles->width + SIDE - 1) / SIDE;
    size_t all = (tiles->height + SIDE - 1) / SIDE * across;
    size_t pixels = 0;
    vector valid;

    memcpy(&valid, lanes, sizeof valid);
    if (tiles->first == 0) {
        clear_statistics(range, sums);
    }
    multiply_points(range, tiles, inputs, weights, weights_step, outputs, outputs_step);
    for (size_t r = range.first; r < range.last; r++) {
        const skel_sparse_row *row = &range.rows->row[r];
        vector shift = {0};

        pixels = 0;
        if (bias != NULL) {
            shift = (vector)((bits)(shift + bias[row->channel]) & (bits)valid);
        }
        for (size_t i = 0; i < tiles->count; i++) {
            const float *from = outputs + ((r - start) * PIXELS + i) * LANES;
            vector product[SIDE * SIDE];
            vector value[SIDE * SIDE];
            size_t n = 0;

            IN_PLANE(to_outputs, POINT_SIDE, SIDE, VECTORS(from),
                     POINT_SIDE * (outputs_step / LANES), outputs_step / LANES, product, SIDE, 1);
            n = store_tile(tiles, range.rows, corner_of(tiles, i), product, shift, range.streams,
                           value, out + row->target);
            if (sums != NULL) {
                add_statistics(n, value, *pending + pixels == 0,
                               scratch + (r - range.first) * SKEL_SPARSE_STATISTICS * LANES);
            }
            pixels += n;
        }
    }
    *pending += pixels;
    if (sums != NULL && (*pending >= STATISTICS_PIXELS || tiles->first + tiles->count == all)) {
        settle_statistics(range, *pending, scratch, sums);
        *pending = 0;
    }
    if (sums != NULL && tiles->first + tiles->count == all) {
        clear_scratch(range, scratch);
    }
    if (range.streams) {
        stream_fence();
    }
}

const skel_sparse_winograd_kernels SKEL_ISA_NAME(skel_sparse_winograd_kernels) = {
    .tiles = PIXELS,
    .group = GROUP,
    .weights = weights_values,
    .inputs = inputs_values,
    .group_inputs = group_inputs_values,
    .gradients = gradients_values,
    .products = products,
    .apply = apply,
};
