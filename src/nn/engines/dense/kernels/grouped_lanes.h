/* A block of LANES target channels. Included by grouped_kernels.c once for each number of lanes,
 * with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef double NAME(doubles) __attribute__((vector_size(8 * LANES), may_alias, aligned(8)));

#define VECTOR NAME(vector)
#define DOUBLES NAME(doubles)
#define AT(address) (*(const VECTOR *)(const void *)(address))
#define TO(address) (*(VECTOR *)(void *)(address))
#define INLINE static inline __attribute__((always_inline))

/* `pixels` target pixels of a row; `pixels`, `depthwise` and maybe `step`, the floats from one
 * pixel's source to the next one's, are constants where it is called. */
INLINE void NAME(gather_tile)(const plan *p, const phase *f, const block *b, size_t pixels,
                              bool depthwise, size_t step, const float *source, float *target)
{
    size_t target_step = p->target_step[1] * LANES;
    VECTOR sum[PIXELS];

    for (size_t i = 0; i < pixels; i++) {
        sum[i] = AT(b->bias);
    }
    for (size_t k = 0; k < f->taps; k++) {
        const float *weights = b->weights + f->tap[k].weight * p->range * LANES;
        const float *x = source + f->tap[k].offset;

        if (depthwise) {
            const VECTOR w = AT(weights);

            for (size_t i = 0; i < pixels; i++) {
                sum[i] += w * AT(x + i * step);
            }
            continue;
        }
        for (size_t s = 0; s < b->sources; s++) {
            for (size_t lane = 0; lane < LANES; lane++) {
                const VECTOR w = AT(weights + lane * LANES);

                for (size_t i = 0; i < pixels; i++) {
                    sum[i] += w * x[i * step + lane];
                }
            }
            weights += (size_t)LANES * LANES;
            x += p->plane_floats;
        }
    }
    for (size_t i = 0; i < pixels; i++) {
        TO(target + i * target_step) = sum[i];
    }
}

/* The same, of 1 to PIXELS pixels: each number has registers for its sums. */
INLINE void NAME(gather_pixels)(const plan *p, const phase *f, const block *b, size_t pixels,
                                bool depthwise, size_t step, const float *source, float *target)
{
    switch (pixels) {
    case 1:
        NAME(gather_tile)(p, f, b, 1, depthwise, step, source, target);
        break;
    case 2:
        NAME(gather_tile)(p, f, b, 2, depthwise, step, source, target);
        break;
    case 3:
        NAME(gather_tile)(p, f, b, 3, depthwise, step, source, target);
        break;
    case 4:
        NAME(gather_tile)(p, f, b, 4, depthwise, step, source, target);
        break;
    case 5:
        NAME(gather_tile)(p, f, b, 5, depthwise, step, source, target);
        break;
    case 6:
        NAME(gather_tile)(p, f, b, 6, depthwise, step, source, target);
        break;
    case 7:
        NAME(gather_tile)(p, f, b, 7, depthwise, step, source, target);
        break;
    default:
        NAME(gather_tile)(p, f, b, PIXELS, depthwise, step, source, target);
    }
}

/* All targets of a phase. */
INLINE void NAME(gather_phase)(const plan *p, const phase *f, const block *b, bool depthwise,
                               size_t step)
{
    for (size_t i = 0; i < f->count[0]; i++) {
        const float *source = b->source + i * p->source_step[0] * p->row * LANES;
        float *target =
            b->target +
            ((f->first[0] + i * p->target_step[0]) * p->target.size[1] + f->first[1]) * LANES;

        for (size_t j = 0; j < f->count[1]; j += PIXELS) {
            size_t left = f->count[1] - j;

            NAME(gather_pixels)
            (p, f, b, left < PIXELS ? left : PIXELS, depthwise, step, source + j * step,
             target + j * p->target_step[1] * LANES);
        }
    }
}

static void NAME(gather_block)(const plan *p, const block *b)
{
    size_t step = p->source_step[1] * LANES;

    for (size_t i = 0; i < p->phases; i++) {
        if (!p->depthwise) {
            NAME(gather_phase)(p, &p->phase[i], b, false, step);
        } else if (step == LANES) {
            NAME(gather_phase)(p, &p->phase[i], b, true, LANES);
        } else {
            NAME(gather_phase)(p, &p->phase[i], b, true, step);
        }
    }
}

/* Adds sums of a strip to sums in double. */
INLINE void NAME(add_sums)(const VECTOR *from, double *to)
{
    *(DOUBLES *)(void *)to += __builtin_convertvector(*from, DOUBLES);
}

/* Depthwise: gradients of up to TAPS taps from rows [first, last) of the target. */
INLINE void NAME(gradient_taps)(const plan *p, size_t tap, size_t first, size_t last, size_t step,
                                const float *source, const float *gradient, double *sums)
{
    const phase *f = &p->phase[0];
    size_t taps = f->taps - tap < TAPS ? f->taps - tap : TAPS;
    const float *x[TAPS];
    VECTOR sum[TAPS] = {{0}};

    for (size_t k = 0; k < TAPS; k++) { /* behind the last, the first one again */
        x[k] = source + f->tap[tap + (k < taps ? k : 0)].offset;
    }
    for (size_t i = first; i < last; i++) {
        const float *dy = gradient + i * p->target.size[1] * LANES;
        size_t at = i * p->source_step[0] * p->row * LANES;

        for (size_t j = 0; j < p->target.size[1]; j++) {
            const VECTOR d = AT(dy + j * LANES);

            for (size_t k = 0; k < TAPS; k++) {
                sum[k] += d * AT(x[k] + at + j * step);
            }
        }
    }
    for (size_t k = 0; k < taps; k++) {
        NAME(add_sums)(&sum[k], sums + (tap + k) * LANES);
    }
}

/* Gradients of one tap's weights from one source block, from rows [first, last) of the target. */
INLINE void NAME(gradient_matrix)(const plan *p, size_t first, size_t last, const float *source,
                                  const float *gradient, double *sums)
{
    size_t step = p->source_step[1] * LANES;
    VECTOR sum[LANES] = {{0}};

    for (size_t i = first; i < last; i++) {
        const float *dy = gradient + i * p->target.size[1] * LANES;
        const float *x = source + i * p->source_step[0] * p->row * LANES;

        for (size_t j = 0; j < p->target.size[1]; j++) {
            const VECTOR d = AT(dy + j * LANES);

            for (size_t lane = 0; lane < LANES; lane++) {
                sum[lane] += d * x[j * step + lane];
            }
        }
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        NAME(add_sums)(&sum[lane], sums + lane * LANES);
    }
}

static void NAME(gradient_strip)(const plan *p, size_t first, size_t last, size_t sources,
                                 const float *source, const float *gradient, double *sums)
{
    const phase *f = &p->phase[0];

    for (size_t tap = 0; p->depthwise && tap < f->taps; tap += TAPS) {
        if (p->source_step[1] == 1) {
            NAME(gradient_taps)(p, tap, first, last, LANES, source, gradient, sums);
        } else {
            NAME(gradient_taps)
            (p, tap, first, last, p->source_step[1] * LANES, source, gradient, sums);
        }
    }
    for (size_t tap = 0; !p->depthwise && tap < f->taps; tap++) {
        for (size_t s = 0; s < sources; s++) {
            NAME(gradient_matrix)
            (p, first, last, source + s * p->plane_floats + f->tap[tap].offset, gradient,
             sums + (tap * p->range + s * LANES) * LANES);
        }
    }
}

/* Adds what one image says of a target block's weights. */
static void NAME(gradient_block)(const plan *p, size_t sources, const float *source,
                                 const float *gradient, double *sums)
{
    size_t rows = p->target.size[0];
    size_t strip = STRIP / p->target.size[1] + 1;

    for (size_t i = 0; i < rows; i += strip) {
        NAME(gradient_strip)
        (p, i, i + strip < rows ? i + strip : rows, sources, source, gradient, sums);
    }
}

#undef VECTOR
#undef DOUBLES
#undef AT
#undef TO
#undef INLINE
#undef LANES
#undef NAME
