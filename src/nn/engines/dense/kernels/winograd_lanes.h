/* Winograd's algorithm on blocks of LANES channels. Included by winograd_kernels.c once for each
 * number of lanes, with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));

#define VECTOR NAME(vector)
#define VECTORS_AT(address) ((const VECTOR *)(const void *)(address))
#define VECTORS_TO(address) ((VECTOR *)(void *)(address))
#define AT(address) (*VECTORS_AT(address))
#define TO(address) (*VECTORS_TO(address))

#include "../../../winograd/points.h"

/* A square of `side` pixels of a plane from `row` and `column` on, whose rows are `*step` vectors
 * apart; those outside are 0. Below 0 wraps around.
 *  room: [side * side], for a square that is not inside */
static inline __attribute__((always_inline)) const VECTOR *
NAME(square)(const grid *g, const float *plane, size_t row, size_t column, size_t side,
             VECTOR *room, size_t *step)
{
    const VECTOR *pixel = VECTORS_AT(plane);

    if (row < g->height && row + side <= g->height && column < g->width &&
        column + side <= g->width) {
        *step = g->width;
        return pixel + row * g->width + column;
    }
    *step = side;
    for (size_t r = 0; r < side; r++) {
        for (size_t c = 0; c < side; c++) {
            bool inside = row + r < g->height && column + c < g->width;

            room[r * side + c] = inside ? pixel[(row + r) * g->width + column + c] : (VECTOR){0};
        }
    }
    return room;
}

/* The input's values at all points, of one tile. */
static void NAME(input_tile)(const grid *g, const float *x, size_t tile, size_t place,
                             const points *to)
{
    size_t row = tile % g->tiles / g->across * OUTPUTS - 1;
    size_t column = tile % g->across * OUTPUTS - 1;
    size_t point = to->point_step / LANES;

    for (size_t block = 0; block < g->blocks; block++) {
        const float *plane = x + (tile / g->tiles * g->blocks + block) * g->pixels * LANES;
        VECTOR *out = VECTORS_TO(to->data + place * to->tile_step) + block;
        VECTOR room[SIDE * SIDE];
        size_t step = 0;
        const VECTOR *in = NAME(square)(g, plane, row, column, SIDE, room, &step);

        IN_PLANE(of_inputs, SIDE, SIDE, in, step, 1, out, SIDE * point, point);
    }
}

/* The values of the output's gradient at all points, of one tile. */
static void NAME(gradient_tile)(const grid *g, const float *dy, size_t tile, size_t place,
                                const points *to)
{
    size_t row = tile % g->tiles / g->across * OUTPUTS;
    size_t column = tile % g->across * OUTPUTS;
    size_t point = to->point_step / LANES;

    for (size_t block = 0; block < g->blocks; block++) {
        const float *plane = dy + (tile / g->tiles * g->blocks + block) * g->pixels * LANES;
        VECTOR *out = VECTORS_TO(to->data + place * to->tile_step) + block;
        VECTOR room[OUTPUTS * OUTPUTS];
        size_t step = 0;
        const VECTOR *in = NAME(square)(g, plane, row, column, OUTPUTS, room, &step);

        IN_PLANE(of_outputs, OUTPUTS, SIDE, in, step, 1, out, SIDE * point, point);
    }
}

/* The output of one tile from its products, plus the bias of the first `biases` channels. */
static void NAME(output_tile)(const grid *g, const points *from, const float *bias, size_t biases,
                              size_t tile, size_t place, float *y)
{
    size_t row = tile % g->tiles / g->across * OUTPUTS;
    size_t column = tile % g->across * OUTPUTS;
    size_t rows = g->height - row < OUTPUTS ? g->height - row : OUTPUTS;
    size_t columns = g->width - column < OUTPUTS ? g->width - column : OUTPUTS;
    size_t point = from->point_step / LANES;

    for (size_t block = 0; block < g->blocks; block++) {
        const VECTOR *in = VECTORS_AT(from->data + place * from->tile_step) + block;
        float *plane = y + (tile / g->tiles * g->blocks + block) * g->pixels * LANES;
        VECTOR *out = VECTORS_TO(plane) + row * g->width + column;
        VECTOR v[OUTPUTS * OUTPUTS];
        VECTOR b = {0};

        for (size_t lane = 0; lane < LANES && block * LANES + lane < biases; lane++) {
            b[lane] = bias[block * LANES + lane];
        }
        IN_PLANE(to_outputs, SIDE, OUTPUTS, in, SIDE * point, point, v, OUTPUTS, 1);
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < columns; c++) {
                out[r * g->width + c] = v[r * OUTPUTS + c] + b;
            }
        }
    }
}

/* The weights' values at all points, from some inputs to one block of outputs.
 *  mirrored: the last tap comes first */
static void NAME(weights_block)(const float *weights, size_t inputs, size_t block, size_t first,
                                size_t count, bool mirrored, size_t point_step, float *values)
{
    const VECTOR *in = VECTORS_AT(weights) + block * TAPS * inputs + first;
    VECTOR *out = VECTORS_TO(values);
    size_t point = point_step / LANES;

    for (size_t i = 0; i < count; i++) {
        VECTOR w[TAPS];

        for (size_t tap = 0; tap < TAPS; tap++) {
            w[mirrored ? TAPS - 1 - tap : tap] = in[tap * inputs + i];
        }
        IN_PLANE(of_taps, WIDTH, SIDE, w, WIDTH, 1, out + i, SIDE * point, point);
    }
}

/* The taps' gradients of one block of outputs and some inputs from their products,
 * [output][input][tap]. */
static void NAME(taps_block)(const float *products, size_t inputs, size_t outputs, size_t block,
                             size_t first, size_t count, size_t point_step, float *dweights)
{
    const VECTOR *in = VECTORS_AT(products);
    float *out = dweights + (block * LANES * inputs + first) * TAPS;
    size_t lanes = outputs - block * LANES < LANES ? outputs - block * LANES : LANES;
    size_t point = point_step / LANES;

    for (size_t i = 0; i < count; i++) {
        VECTOR taps[TAPS];

        IN_PLANE(to_taps, SIDE, WIDTH, in + i, SIDE * point, point, taps, WIDTH, 1);
        for (size_t lane = 0; lane < lanes; lane++) {
            for (size_t tap = 0; tap < TAPS; tap++) {
                out[(lane * inputs + i) * TAPS + tap] = taps[tap][lane];
            }
        }
    }
}

/* At one point, the products of a pair of target blocks with 6 tiles. */
static void NAME(multiply)(const product *p, size_t point, size_t pair, size_t group)
{
    size_t block = VECTORS * (p->first_pair + pair);
    size_t other = block + 1 < p->blocks ? 1 : 0;
    const float *a = p->weights + point * p->weights_step + VECTORS * pair * p->channels * LANES;
    const float *b = a + other * p->channels * LANES;
    size_t step = p->source->tile_step;
    const float *factor = p->source->data + point * p->source->point_step + group * COLUMNS * step;
    float *out = p->target->data + point * p->target->point_step +
                 group * COLUMNS * p->target->tile_step + block * LANES;
    VECTOR s[VECTORS][COLUMNS] = {{{0}}};

    for (size_t k = 0; k < p->channels; k++) {
        VECTOR first = AT(a + k * LANES);
        VECTOR second = AT(b + k * LANES);

        for (size_t j = 0; j < COLUMNS; j++) {
            s[0][j] += first * factor[k + j * step];
            s[1][j] += second * factor[k + j * step];
        }
    }
    for (size_t v = 0; v < VECTORS && block + v < p->blocks; v++) {
        for (size_t j = 0; j < COLUMNS; j++) {
            TO(out + j * p->target->tile_step + v * LANES) = s[v][j];
        }
    }
}

/* At one point, adds the products of the tiles' gradients, of a pair of output blocks, with 6
 * inputs.
 */
static void NAME(multiply_tiles)(const product *p, size_t point, size_t pair, size_t group)
{
    size_t block = VECTORS * (p->first_pair + pair);
    size_t other = block + 1 < p->blocks ? 1 : 0;
    const float *dy =
        p->target->data + point * p->target->point_step + block * LANES; /* of each tile */
    const float *factor = p->source->data + point * p->source->point_step + group * COLUMNS;
    size_t step = p->source->tile_step;
    size_t dy_step = p->target->tile_step;
    VECTOR s[VECTORS][COLUMNS] = {{{0}}};

    for (size_t tile = 0; tile < p->tiles; tile++) {
        VECTOR first = AT(dy + tile * dy_step);
        VECTOR second = AT(dy + tile * dy_step + other * LANES);

        for (size_t j = 0; j < COLUMNS; j++) {
            s[0][j] += first * factor[tile * step + j];
            s[1][j] += second * factor[tile * step + j];
        }
    }
    for (size_t v = 0; v < VECTORS && block + v < p->blocks; v++) {
        float *out = p->sums + point * p->weights_step + (VECTORS * pair + v) * p->channels * LANES;

        for (size_t j = group * COLUMNS; j < (group + 1) * COLUMNS && j < p->channels; j++) {
            if (!p->is_first) {
                s[v][j - group * COLUMNS] += AT(out + j * LANES);
            }
            TO(out + j * LANES) = s[v][j - group * COLUMNS];
        }
    }
}

#undef VECTOR
#undef VECTORS_AT
#undef VECTORS_TO
#undef AT
#undef TO
#undef IN_PLANE
#undef LANES
#undef NAME
