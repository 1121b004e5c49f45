/* Spans with vectors of LANES values. Included by spans_kernels.c once for each number of lanes,
 * with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef float NAME(unaligned) __attribute__((vector_size(4 * LANES), may_alias, aligned(4)));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES), may_alias));

#define VECTOR NAME(vector)
#define BITS NAME(bits)
#define AT(address) (*(const VECTOR *)(const void *)(address))
#define TO(address) (*(VECTOR *)(void *)(address))
#define ANYWHERE(address) (*(NAME(unaligned) *)(void *)(address))

/* The sums of a tile, [column][vector]. */
typedef struct NAME(sums) {
    VECTOR v[TILE];
} NAME(sums);

/* Sets the sums of a walk's products of `vectors` vectors, `apart` floats from one to the next,
 * with a factor of each column. */
static inline __attribute__((always_inline)) void NAME(set_sums)(size_t vectors, const walk *w,
                                                                 const float *a, size_t apart,
                                                                 const float *const from[],
                                                                 NAME(sums) * sums)
{
    const size_t columns = columns_of(vectors);
    NAME(sums) s = {{{0}}};

    for (size_t i = 0; i < w->outer; i++) {
        for (size_t r = 0; r < w->middle; r++) {
            const float *vector = a + i * w->vector[0] + r * w->vector[1];
            size_t f = i * w->factor[0] + r * w->factor[1];

            for (size_t k = 0; k < w->inner; k++) {
                VECTOR value[VECTORS];

                for (size_t v = 0; v < vectors; v++) {
                    value[v] = AT(vector + v * apart);
                }
                for (size_t j = 0; j < columns; j++) {
                    for (size_t v = 0; v < vectors; v++) {
                        s.v[j * vectors + v] += value[v] * from[j][f];
                    }
                }
                vector += w->vector[2];
                f += w->factor[2];
            }
        }
    }
    *sums = s;
}

/* The same, in a function that has all registers for the sums. */
static __attribute__((noinline)) void NAME(products)(size_t vectors, const walk *w, const float *a,
                                                     size_t apart, const float *const from[],
                                                     NAME(sums) * sums)
{
    switch (vectors) {
    case 3:
        NAME(set_sums)(3, w, a, apart, from, sums);
        break;
    case 2:
        NAME(set_sums)(2, w, a, apart, from, sums);
        break;
    default:
        NAME(set_sums)(1, w, a, apart, from, sums);
    }
}

/* The values of a pixel's channels in blocks, from the first to the last one: what the last vector
 * writes behind them is overwritten by the next pixel, or 0 again by the caller. */
static void NAME(fill_row)(const skel_dense_f32_tiles *t, const float *from, float *to)
{
    size_t plane = t->height * t->width * LANES;

    for (size_t p = 0; p < t->width; p++) {
        for (size_t c = 0; c < t->inputs; c += LANES) {
            ANYWHERE(to + p * t->inputs + c) = AT(from + c / LANES * plane + p * LANES);
        }
    }
}

/* The pixels of an image, from [block][pixel][lane]. */
static void NAME(fill_image)(const skel_dense_f32_tiles *t, const span_image *i, const float *x,
                             float *image)
{
    for (size_t y = 0; y < t->height; y++) {
        float *to = image + span_image_first(t, i) + y * i->row;

        NAME(fill_row)(t, x + y * t->width * LANES, to);
        memset(to + t->width * t->inputs, 0, LANES * sizeof *to);
    }
}

/* Copies an image's pixels to [block][pixel][lane], with 0 behind the last channel. */
static void NAME(unfill_image)(const skel_dense_f32_tiles *t, const span_image *i,
                               const float *image, float *dx)
{
    for (size_t c = 0; c < t->inputs; c += LANES) {
        BITS there = {0};

        for (size_t lane = 0; lane < LANES && c + lane < t->inputs; lane++) {
            there[lane] = -1;
        }
        for (size_t y = 0; y < t->height; y++) {
            const float *from = image + span_image_first(t, i) + y * i->row + c;

            for (size_t p = 0; p < t->width; p++, dx += LANES) {
                VECTOR value = *(const NAME(unaligned) *)(const void *)(from + p * t->inputs);

                TO(dx) = (VECTOR)((BITS)value & there);
            }
        }
    }
}

/* Spans [first, end) of the windows of one group of pixels, for `vectors` output blocks. */
static inline __attribute__((always_inline)) void
NAME(forward_tile)(const forward *f, size_t vectors, size_t block, size_t group, size_t first,
                   size_t end, const float *image, const float *bias, float *y)
{
    const size_t columns = columns_of(vectors);
    const float *weights = f->weights + block * f->weights_step;
    const walk w = {.outer = 1,
                    .middle = end - first,
                    .inner = f->image.span,
                    .vector = {0, f->image.span * LANES, LANES},
                    .factor = {0, f->image.down, 1}};
    const float *from[TILE];
    NAME(sums) s;

    for (size_t j = 0; j < columns; j++) {
        size_t pixel = skel_lesser(group * columns + j, f->pixels - 1);

        from[j] = image + f->window[pixel] + first * f->image.down;
    }
    NAME(products)
    (vectors, &w, weights + first * f->image.span * LANES, f->weights_step, from, &s);
    for (size_t j = 0; j < columns && group * columns + j < f->pixels; j++) {
        for (size_t v = 0; v < vectors; v++) {
            float *to = y + ((block + v) * f->pixels + group * columns + j) * LANES;

            TO(to) = s.v[j * vectors + v] + AT(first == 0 ? bias + v * LANES : to);
        }
    }
}

/* All pixels of an image, for `vectors` output blocks. */
static inline __attribute__((always_inline)) void
NAME(forward_all)(const forward *f, size_t vectors, size_t block, const float *image, float *y)
{
    size_t most = spans_at_once(f->image.span * VECTORS * LANES);
    float bias[VECTORS * LANES] __attribute__((aligned(64))) = {0};

    for (size_t i = 0; i < vectors * LANES && block * LANES + i < f->biases; i++) {
        bias[i] = f->bias[block * LANES + i];
    }
    for (size_t first = 0; first < f->image.spans; first += most) {
        for (size_t group = 0; group * columns_of(vectors) < f->pixels; group++) {
            NAME(forward_tile)
            (f, vectors, block, group, first, skel_lesser(first + most, f->image.spans), image,
             bias, y);
        }
    }
}

static void NAME(forward_blocks)(const forward *f, size_t block, size_t vectors, const float *image,
                                 float *y)
{
    switch (vectors) {
    case 3:
        NAME(forward_all)(f, 3, block, image, y);
        break;
    case 2:
        NAME(forward_all)(f, 2, block, image, y);
        break;
    default:
        NAME(forward_all)(f, 1, block, image, y);
    }
}

/* The output's gradients of an image, [pixel][output], in the order of the windows. */
static void NAME(pack_outputs)(const scatter *g, const float *dy, float *to)
{
    for (size_t p = 0; p < g->pixels; p++) {
        for (size_t o = 0; o < g->outputs; o += LANES, to += LANES) {
            ANYWHERE(to) = AT(dy + o / LANES * g->pixels * LANES + g->pixel[p] * LANES);
        }
        to -= (LANES - g->outputs % LANES) % LANES;
    }
}

/* Adds to an image `vectors` vectors of one span of all windows, from vector `first` on. */
static inline __attribute__((always_inline)) void
NAME(scatter_all)(const scatter *g, size_t vectors, size_t span, size_t first, const float *outputs,
                  float *image)
{
    const size_t columns = columns_of(vectors);
    const float *weights =
        g->weights + (span * parts(g->image.span, LANES) + first) * g->outputs * LANES;
    const walk w = {.outer = 1,
                    .middle = 1,
                    .inner = g->outputs,
                    .vector = {0, 0, vectors * LANES},
                    .factor = {0, 0, 1}};
    float *at = image + span * g->image.down + first * LANES;

    for (size_t p = 0; p < g->pixels; p += columns) {
        const float *from[TILE];
        NAME(sums) s;

        for (size_t j = 0; j < columns; j++) {
            from[j] = outputs + skel_lesser(p + j, g->pixels - 1) * g->outputs;
        }
        NAME(products)(vectors, &w, weights, LANES, from, &s);
        for (size_t j = 0; j < columns && p + j < g->pixels; j++) {
            for (size_t v = 0; v < vectors; v++) {
                ANYWHERE(at + g->window[p + j] + v * LANES) += s.v[j * vectors + v];
            }
        }
    }
}

static void NAME(scatter_vectors)(const scatter *g, size_t span, size_t first, size_t vectors,
                                  const float *outputs, float *image)
{
    switch (vectors) {
    case 3:
        NAME(scatter_all)(g, 3, span, first, outputs, image);
        break;
    case 2:
        NAME(scatter_all)(g, 2, span, first, outputs, image);
        break;
    default:
        NAME(scatter_all)(g, 1, span, first, outputs, image);
    }
}

/* Adds the gradients of some values of spans, from number k on, over some rows of outputs. */
static inline __attribute__((always_inline)) void
NAME(gradient_tile)(const gradient *g, size_t vectors, size_t block, size_t k, const rows *r)
{
    const skel_dense_f32_tiles *t = g->tiles;
    const size_t columns = columns_of(vectors);
    const size_t plane = t->out_height * t->out_width * LANES;
    const walk w = {.outer = r->images,
                    .middle = r->count,
                    .inner = t->out_width,
                    .vector = {g->blocks * plane, t->out_width * LANES, LANES},
                    .factor = {g->image.floats, t->window.stride[0] * g->image.row,
                               t->window.stride[1] * t->inputs}};
    const float *dy = g->dy + (r->image * g->blocks + block) * plane + r->row * w.vector[1];
    const float *x = g->images + r->image * w.factor[0] + r->row * w.factor[1];
    const float *from[TILE];
    NAME(sums) s;

    for (size_t j = 0; j < columns; j++) {
        from[j] = x + g->value[skel_lesser(k + j, g->values - 1)];
    }
    NAME(products)(vectors, &w, dy, plane, from, &s);
    for (size_t j = 0; j < columns && k + j < g->values; j++) {
        for (size_t v = 0; v < vectors; v++) {
            float *to = g->sums + ((block + v) * g->values + k + j) * LANES;

            if (r->image > 0 || r->row > 0) {
                s.v[j * vectors + v] += AT(to);
            }
            TO(to) = s.v[j * vectors + v];
        }
    }
}

static void NAME(gradient_blocks)(const gradient *g, size_t block, size_t vectors, size_t k,
                                  const rows *r)
{
    switch (vectors) {
    case 3:
        NAME(gradient_tile)(g, 3, block, k, r);
        break;
    case 2:
        NAME(gradient_tile)(g, 2, block, k, r);
        break;
    default:
        NAME(gradient_tile)(g, 1, block, k, r);
    }
}

#undef VECTOR
#undef BITS
#undef AT
#undef TO
#undef ANYWHERE
#undef LANES
#undef NAME
