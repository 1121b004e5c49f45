/* Products over one plane [pixels][LANES]. Included by product_kernels.c once for each number of
 * lanes, with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef double NAME(doubles) __attribute__((vector_size(8 * LANES)));

#define VECTOR NAME(vector)
#define DOUBLES NAME(doubles)
#define AT(address) (*(const VECTOR *)(const void *)(address))
#define TO(address) (*(VECTOR *)(void *)(address))

static void NAME(multiply_plane)(const skel_dense_f32_product *p, const float *a, const float *b,
                                 float *y)
{
    size_t step = p->one_pixel ? 0 : LANES;
    const bool squares = p->squares; /* the stores might alias them */
    const bool adds = p->adds;
    const size_t pixels = p->pixels;

    for (size_t i = 0; i < pixels; i++) {
        VECTOR factor = AT(b + i * step);
        VECTOR result = AT(a + i * LANES) * factor;

        if (squares) {
            result *= factor;
        }
        if (adds) {
            result += AT(y + i * LANES);
        }
        TO(y + i * LANES) = result;
    }
}

static void NAME(sum_plane)(const skel_dense_f32_product *p, const float *a, const float *b,
                            float *y)
{
    DOUBLES sum = {0};
    VECTOR result;

    for (size_t i = 0; i < p->pixels; i++) {
        DOUBLES first = __builtin_convertvector(AT(a + i * LANES), DOUBLES);
        DOUBLES second = __builtin_convertvector(AT(b + i * LANES), DOUBLES);

        if (p->squares) {
            second *= second;
        }
        sum += first * second;
    }
    result = __builtin_convertvector(sum, VECTOR);
    if (p->adds) {
        result += AT(y);
    }
    TO(y) = result;
}

#undef VECTOR
#undef DOUBLES
#undef AT
#undef TO
#undef LANES
#undef NAME
