/* Tiles of 2 vectors of LANES channels by 6 columns. Included by tiles_kernels.c once for each
 * number of lanes, with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));

#define VECTOR NAME(vector)
#define AT(address) (*(const VECTOR *)(const void *)(address))
#define TO(address) (*(VECTOR *)(void *)(address))

/* The sums of a tile. */
typedef struct NAME(sums) {
    VECTOR v[VECTORS][COLUMNS];
} NAME(sums);

/* Adds the products of `steps` pairs of vectors with 6 factors each. */
static inline __attribute__((always_inline)) void NAME(add_products)(size_t steps, const float *a,
                                                                     const float *b, size_t a_step,
                                                                     const float *factor,
                                                                     NAME(sums) * sums)
{
    NAME(sums) s = *sums;

    for (size_t k = 0; k < steps; k++) {
        VECTOR first = AT(a + k * a_step);
        VECTOR second = AT(b + k * a_step);

        for (size_t j = 0; j < COLUMNS; j++) {
            s.v[0][j] += first * factor[k * COLUMNS + j];
            s.v[1][j] += second * factor[k * COLUMNS + j];
        }
    }
    *sums = s;
}

/* All columns of a pair of target blocks at one pixel of one group of images. */
static void NAME(gather_tile)(const gather *g, size_t pair, size_t pixel, size_t group)
{
    size_t block = VECTORS * pair;
    size_t other = block + 1 < g->target_blocks ? block + 1 : block;
    const float *panel = g->panel + group * g->source_pixels * g->channels * COLUMNS;
    NAME(sums) sums = {{{{0}}}};

    for (size_t tap = 0; tap < g->taps; tap++) {
        size_t source = pixel;
        const float *weights = NULL;

        if (!g->tiles->plain &&
            !skel_dense_f32_tiles_reads(g->tiles, g->direction, pixel, tap, &source)) {
            continue;
        }
        weights = g->weights + tap * g->steps * LANES;
        NAME(add_products)
        (g->steps, weights + block * g->target_step, weights + other * g->target_step, LANES,
         panel + source * g->channels * COLUMNS, &sums);
    }
    for (size_t v = 0; v < VECTORS && block + v < g->target_blocks; v++) {
        VECTOR bias = {0};

        for (size_t lane = 0; lane < LANES; lane++) {
            size_t channel = (block + v) * LANES + lane;

            bias[lane] = channel < g->biases ? g->bias[channel] : 0.0F;
        }
        for (size_t j = 0; j < COLUMNS; j++) {
            size_t image = g->first + group * COLUMNS + j;

            if (image < g->tiles->images) {
                TO(g->target + ((image * g->target_blocks + block + v) * g->target_pixels + pixel) *
                                   LANES) = sums.v[v][j] + bias;
            }
        }
    }
}

/* Adds the sums of one tap and 6 columns to the weights' gradient. */
static inline __attribute__((always_inline)) void
NAME(keep_sums)(const gradient *g, size_t pair, size_t tile, size_t tap, NAME(sums) * sums)
{
    for (size_t v = 0; v < VECTORS && VECTORS * pair + v < g->out_blocks; v++) {
        float *block = g->dweights + (VECTORS * pair + v) * g->block_floats;

        for (size_t j = 0; j < COLUMNS && tile * COLUMNS + j < g->width; j++) {
            size_t column = tile * COLUMNS + j;
            size_t at = (tap * g->width + column) * LANES;

            if (!g->is_first) {
                sums->v[v][j] += AT(block + at);
            }
            TO(block + at) = sums->v[v][j];
        }
    }
}

/* Adds the gradients of one tap's weights, of 6 columns, over the images of the panels. */
static void NAME(gradient_tile)(const gradient *g, size_t pair, size_t tile, size_t tap)
{
    size_t image_floats = g->images * VECTORS * LANES;
    const float *dy = g->pairs + pair * g->out_pixels * image_floats;
    const float *x = g->columns + tile * g->in_pixels * g->images * COLUMNS;
    NAME(sums) sums = {{{{0}}}};

    for (size_t pixel = 0; pixel < g->out_pixels; pixel++) {
        size_t source = 0;

        if (skel_dense_f32_tiles_reads(g->tiles, SKEL_DENSE_FORWARD, pixel, tap, &source)) {
            const float *a = dy + pixel * image_floats;

            NAME(add_products)
            (g->images, a, a + LANES, (size_t)VECTORS * LANES, x + source * g->images * COLUMNS,
             &sums);
        }
    }
    NAME(keep_sums)(g, pair, tile, tap, &sums);
}

/* The same of a plain image's columns: the gradient's pixels as they lie in the tensor, those of
 * the images with their padding. */
static void NAME(plain_tile)(const gradient *g, size_t pair, size_t tile)
{
    const skel_dense_f32_tiles *t = g->tiles;
    size_t block_floats = g->out_pixels * LANES;
    size_t other = VECTORS * pair + 1 < g->out_blocks ? block_floats : 0;
    size_t stride = t->window.stride[1];
    NAME(sums) sums = {{{{0}}}};

    for (size_t row = 0; row < g->images * t->out_height; row++) {
        size_t image = row / t->out_height;
        size_t line = row % t->out_height;
        const float *a = g->dy + (image * g->out_blocks + VECTORS * pair) * block_floats +
                         line * t->out_width * LANES;
        const float *x = g->columns + image * g->image_floats +
                         line * t->window.stride[0] * skel_dense_f32_tiles_reach(t, 1);
        const float *from[COLUMNS];
        NAME(sums) s = sums;

        for (size_t j = 0; j < COLUMNS; j++) {
            size_t column = tile * COLUMNS + j;
            from[j] = x + skel_dense_f32_tiles_offset(t, column < g->width ? column : 0);
        }
        for (size_t k = 0; k < t->out_width; k++) {
            VECTOR first = AT(a + k * LANES);
            VECTOR second = AT(a + other + k * LANES);

            for (size_t j = 0; j < COLUMNS; j++) {
                s.v[0][j] += first * from[j][k * stride];
                s.v[1][j] += second * from[j][k * stride];
            }
        }
        sums = s;
    }
    NAME(keep_sums)(g, pair, tile, 0, &sums);
}

#undef VECTOR
#undef AT
#undef TO
#undef LANES
#undef NAME
