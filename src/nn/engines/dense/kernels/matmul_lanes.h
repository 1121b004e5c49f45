/* Products of matrices in blocks of LANES channels. Included by matmul_kernels.c once for each
 * number of lanes, with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef float NAME(unaligned) __attribute__((vector_size(4 * LANES), may_alias, aligned(4)));

#define VECTOR NAME(vector)
#define AT(address) (*(const VECTOR *)(const void *)(address))
#define TO(address) (*(VECTOR *)(void *)(address))
#define ANYWHERE(address) (*(NAME(unaligned) *)(void *)(address))

/* The sums of a tile. */
typedef struct NAME(sums) {
    VECTOR v[VECTORS][COLUMNS];
} NAME(sums);

/* Products of `count` times `vectors` vectors with 4 factors each, `step` floats from one four to
 * the next. */
static inline __attribute__((always_inline)) NAME(sums)
    NAME(products)(size_t vectors, size_t count, const float *a, const float *factor, size_t step)
{
    NAME(sums) s = {{{{0}}}};

#pragma GCC unroll 4
    for (size_t k = 0; k < count; k++) {
        VECTOR value[VECTORS];

        for (size_t v = 0; v < vectors; v++) {
            value[v] = AT(a + (k * vectors + v) * LANES);
        }
        for (size_t j = 0; j < COLUMNS; j++) {
            for (size_t v = 0; v < vectors; v++) {
                s.v[v][j] += value[v] * factor[k * step + j];
            }
        }
    }
    return s;
}

/* Copies a chunk's source of one group into the panel, [step][lane][column]. */
static void NAME(pack_group)(const gather *g, const chunk *c, size_t group)
{
    static const float zeros[LANES];
    float *to = g->panel + group * c->steps * COLUMNS * LANES;

    for (size_t step = 0; step < c->steps;) {
        const matmul_tap *tap = &g->tap[(c->first_step + step) / g->source_blocks];
        size_t block = (c->first_step + step) % g->source_blocks;
        size_t end = skel_lesser(c->steps, step + g->source_blocks - block);
        const float *from[COLUMNS];
        size_t next[COLUMNS];

        for (size_t j = 0; j < COLUMNS; j++) {
            const matmul_place *p = &c->place[group * COLUMNS + j];
            size_t row = p->row * g->scale[0] + tap->shift[0];
            size_t column = p->column * g->scale[1] + tap->shift[1];
            bool inside = row < g->source_height && column < g->source_width;
            size_t at = (p->image * g->source_blocks + block) * g->source_pixels +
                        row * g->source_width + column;

            from[j] = inside ? g->source + at * LANES : zeros;
            next[j] = inside ? g->source_pixels * LANES : 0;
        }
        for (; step < end; step++) {
            for (size_t lane = 0; lane < LANES; lane += COLUMNS, to += (size_t)COLUMNS * COLUMNS) {
                transpose(from[0] + lane, from[1] + lane, from[2] + lane, from[3] + lane, to);
            }
            for (size_t j = 0; j < COLUMNS; j++) {
                __builtin_prefetch(from[j] + (size_t)AHEAD * COLUMNS * LANES);
                from[j] += next[j];
            }
        }
    }
}

/* Copies a chunk's weights of some target blocks, [step][source lane][vector][lanes]. */
static void NAME(pack_weights)(const gather *g, const chunk *c, size_t block, size_t vectors,
                               float *to)
{
    for (size_t step = 0; step < c->steps; step++) {
        const float *from = g->weights + block * g->weights_step + c->weights[step];

        for (size_t lane = 0; lane < LANES; lane++, to += vectors * LANES) {
            for (size_t v = 0; v < vectors; v++) {
                TO(to + v * LANES) = AT(from + v * g->weights_step + lane * LANES);
            }
        }
    }
}

/* A tile of `vectors` target blocks, and of the columns of one group. */
static inline __attribute__((always_inline)) void NAME(gather_tile)(const gather *g, const chunk *c,
                                                                    size_t vectors, size_t block,
                                                                    size_t group,
                                                                    const float *weights)
{
    const size_t plane = g->phase.pixels * LANES;
    float *target = g->target + block * plane;
    const matmul_place *place = &c->place[group * COLUMNS];
    NAME(sums) s;

    for (size_t j = 0; j < COLUMNS; j++) {
        for (size_t v = 0; v < vectors; v++) {
            __builtin_prefetch(target + place[j].target + v * plane, 1);
        }
    }
    s = NAME(products)(vectors, c->steps * LANES, weights,
                       g->panel + group * c->steps * COLUMNS * LANES, COLUMNS);
    for (size_t j = 0; j < COLUMNS && place[j].is_there; j++) {
        for (size_t v = 0; v < vectors; v++) {
            float *to = target + place[j].target + v * plane;

            if (!c->is_first) {
                s.v[v][j] += AT(to);
            } else if (g->bias != NULL) {
                s.v[v][j] +=
                    *(const NAME(unaligned) *)(const void *)(g->bias + (block + v) * LANES);
            }
            TO(to) = s.v[v][j];
        }
    }
}

/* Some groups of a chunk, and `vectors` target blocks. */
static inline __attribute__((always_inline)) void NAME(gather_all)(const gather *g, const chunk *c,
                                                                   size_t vectors, size_t block,
                                                                   size_t first, size_t end)
{
    enum { FLOATS = VECTORS * WEIGHTS_FLOATS };
    float weights[FLOATS] __attribute__((aligned(64)));

    NAME(pack_weights)(g, c, block, vectors, weights);
    for (size_t group = first; group < end; group++) {
        NAME(gather_tile)(g, c, vectors, block, group, weights);
    }
}

static void NAME(gather_groups)(const gather *g, const chunk *c, size_t block, size_t vectors,
                                size_t first, size_t end)
{
    switch (vectors) {
    case 3:
        NAME(gather_all)(g, c, 3, block, first, end);
        break;
    case 2:
        NAME(gather_all)(g, c, 2, block, first, end);
        break;
    default:
        NAME(gather_all)(g, c, 1, block, first, end);
    }
}

/* Copies a chunk's pixels of one output block, [pixel][lanes]. */
static void NAME(pack_outputs)(const gradient *g, size_t block, float *to)
{
    const float *from = g->dy + block * g->outputs.pixels * LANES;

    for (size_t p = 0; p < g->now->count; p++) {
        TO(to + p * LANES) = AT(from + g->now->target[p]);
    }
}

/* Copies what a tap of a chunk's pixels reads of some input blocks, [pixel][vector][lanes]. */
static inline __attribute__((always_inline)) void
NAME(pack_inputs)(const gradient *g, size_t tap, size_t block, size_t vectors, float *to)
{
    size_t plane = g->in_pixels * LANES;
    const size_t *source = g->now->source + tap * GRADIENT_PIXELS;

    for (size_t p = 0; p < g->now->count; p++, to += vectors * LANES) {
        bool inside = source[p] != NOWHERE;
        const float *from = g->x + block * plane + (inside ? source[p] : 0);

        for (size_t v = 0; v < vectors; v++) {
            TO(to + v * LANES) = inside ? AT(from + v * plane) : (VECTOR){0};
        }
    }
}

/* Asks for a share of what is read next: number `share` of `shares` of the pixels of 3 input
 * blocks. */
static inline __attribute__((always_inline)) void
NAME(prefetch_inputs)(const gradient *g, size_t tap, size_t block, size_t share, size_t shares)
{
    const gradient_chunk *now = block < g->in_blocks ? g->now : g->next;
    size_t first = block < g->in_blocks ? block : 0;
    size_t vectors = skel_lesser(VECTORS, g->in_blocks - first);
    size_t end = (share + 1) * now->count / shares;

    for (size_t p = share * now->count / shares; p < end; p++) {
        size_t at = now->source[tap * GRADIENT_PIXELS + p];

        for (size_t v = 0; at != NOWHERE && v < vectors; v++) {
            __builtin_prefetch(g->x + at + (first + v) * g->in_pixels * LANES, 0, 2);
        }
    }
}

/* The same of the gradients of one output block, of the next chunk. */
static inline __attribute__((always_inline)) void
NAME(prefetch_outputs)(const gradient *g, size_t block, size_t share, size_t shares)
{
    const float *from = g->dy + block * g->outputs.pixels * LANES;
    size_t end = (share + 1) * g->next->count / shares;

    for (size_t p = share * g->next->count / shares; p < end; p++) {
        __builtin_prefetch(from + g->next->target[p], 0, 2);
    }
}

/* Adds the products of a chunk's inputs of `vectors` blocks with its gradients of 4 output
 * channels. Rows of `dweights` are `row` floats apart. */
static inline __attribute__((always_inline)) void
NAME(gradient_tile)(const gradient *g, size_t vectors, const float *inputs, const float *outputs,
                    float *dweights, size_t row)
{
    NAME(sums) s;

    for (size_t j = 0; j < COLUMNS; j++) {
        __builtin_prefetch(dweights + j * row, 1);
        __builtin_prefetch(dweights + j * row + vectors * LANES - 1, 1);
    }
    s = NAME(products)(vectors, g->now->count, inputs, outputs, LANES);
    for (size_t j = 0; j < COLUMNS; j++) {
        for (size_t v = 0; v < vectors; v++) {
            float *to = dweights + j * row + v * LANES;

            if (!g->is_first) {
                s.v[v][j] += ANYWHERE(to);
            }
            ANYWHERE(to) = s.v[v][j];
        }
    }
}

/* The gradients of all output blocks of the panel with respect to `vectors` input blocks. */
static inline __attribute__((always_inline)) void
NAME(gradient_all)(const gradient *g, size_t vectors, size_t tap, size_t block)
{
    enum { FLOATS = GRADIENT_PIXELS * VECTORS * LANES };
    float inputs[FLOATS] __attribute__((aligned(64)));
    size_t row = g->taps * g->in_blocks * LANES;
    size_t piece = (tap * g->in_blocks + block) / VECTORS;
    size_t shares = parts(g->taps * g->in_blocks, VECTORS) * (LANES / COLUMNS);

    NAME(pack_inputs)(g, tap, block, vectors, inputs);
    for (size_t k = 0; k < g->blocks * LANES; k += COLUMNS) {
        float *dweights =
            g->dweights + (g->first_block * LANES + k) * row + (tap * g->in_blocks + block) * LANES;

        NAME(prefetch_inputs)(g, tap, block + vectors, k / COLUMNS, g->blocks * LANES / COLUMNS);
        NAME(prefetch_outputs)
        (g, g->first_block + k / LANES, piece * (LANES / COLUMNS) + k % LANES / COLUMNS, shares);
        NAME(gradient_tile)
        (g, vectors, inputs, g->panel + k / LANES * g->now->count * LANES + k % LANES, dweights,
         row);
    }
}

static void NAME(gradient_blocks)(const gradient *g, size_t tap, size_t block, size_t vectors)
{
    switch (vectors) {
    case 3:
        NAME(gradient_all)(g, 3, tap, block);
        break;
    case 2:
        NAME(gradient_all)(g, 2, tap, block);
        break;
    default:
        NAME(gradient_all)(g, 1, tap, block);
    }
}

#undef VECTOR
#undef AT
#undef TO
#undef ANYWHERE
#undef LANES
#undef NAME
