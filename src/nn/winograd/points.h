/* The transforms of Winograd's algorithm F(4x4, 3x3), of one vector per value. The kernels of an
 * engine include it once for each VECTOR, with NAME(verb) defined. Values are `from` or `to`
 * vectors apart.
 *
 * The points are 0, A, -A, B, -B and infinity. A pair of points shares its even and its odd terms.
 */
#ifndef A1
#define A1 0.625F
#define B1 1.5F
#define A2 (A1 * A1)
#define B2 (B1 * B1)
#define OVER_0 (1 / (A2 * B2))
#define OVER_A (1 / (2 * A2 * (A2 - B2)))
#define OVER_B (1 / (2 * B2 * (B2 - A2)))
#endif

/* Values of a polynomial of 6 input pixels times the product of the points: B^T d. */
static inline __attribute__((always_inline)) void NAME(of_inputs)(const VECTOR *d, size_t from,
                                                                  VECTOR *out, size_t to)
{
    const VECTOR d1 = d[from];
    const VECTOR d2 = d[2 * from];
    const VECTOR d3 = d[3 * from];
    const VECTOR d4 = d[4 * from];
    const VECTOR even_a = d4 - B2 * d2;
    const VECTOR odd_a = A1 * d3 - A1 * B2 * d1;
    const VECTOR even_b = d4 - A2 * d2;
    const VECTOR odd_b = B1 * d3 - B1 * A2 * d1;

    out[0] = A2 * B2 * d[0] - (A2 + B2) * d2 + d4;
    out[to] = even_a + odd_a;
    out[2 * to] = even_a - odd_a;
    out[3 * to] = even_b + odd_b;
    out[4 * to] = even_b - odd_b;
    out[5 * to] = A2 * B2 * d1 - (A2 + B2) * d3 + d[5 * from];
}

/* Values of a polynomial of 4 output pixels: A e. */
static inline __attribute__((always_inline)) void NAME(of_outputs)(const VECTOR *e, size_t from,
                                                                   VECTOR *out, size_t to)
{
    const VECTOR e0 = e[0];
    const VECTOR e1 = e[from];
    const VECTOR e2 = e[2 * from];
    const VECTOR e3 = e[3 * from];
    const VECTOR even_a = e0 + A2 * e2;
    const VECTOR odd_a = A1 * e1 + A1 * A2 * e3;
    const VECTOR even_b = e0 + B2 * e2;
    const VECTOR odd_b = B1 * e1 + B1 * B2 * e3;

    out[0] = e0;
    out[to] = even_a + odd_a;
    out[2 * to] = even_a - odd_a;
    out[3 * to] = even_b + odd_b;
    out[4 * to] = even_b - odd_b;
    out[5 * to] = e3;
}

/* 4 output pixels from products: A^T m. */
static inline __attribute__((always_inline)) void NAME(to_outputs)(const VECTOR *m, size_t from,
                                                                   VECTOR *out, size_t to)
{
    const VECTOR even_a = m[from] + m[2 * from];
    const VECTOR odd_a = m[from] - m[2 * from];
    const VECTOR even_b = m[3 * from] + m[4 * from];
    const VECTOR odd_b = m[3 * from] - m[4 * from];

    out[0] = m[0] + even_a + even_b;
    out[to] = A1 * odd_a + B1 * odd_b;
    out[2 * to] = A2 * even_a + B2 * even_b;
    out[3 * to] = A1 * A2 * odd_a + B1 * B2 * odd_b + m[5 * from];
}

/* Values of a polynomial of 3 taps, divided by the differences of the points: G w. */
static inline __attribute__((always_inline)) void NAME(of_taps)(const VECTOR *w, size_t from,
                                                                VECTOR *out, size_t to)
{
    const VECTOR w0 = w[0];
    const VECTOR w1 = w[from];
    const VECTOR w2 = w[2 * from];
    const VECTOR even_a = w0 * OVER_A + w2 * (A2 * OVER_A);
    const VECTOR odd_a = w1 * (A1 * OVER_A);
    const VECTOR even_b = w0 * OVER_B + w2 * (B2 * OVER_B);
    const VECTOR odd_b = w1 * (B1 * OVER_B);

    out[0] = w0 * OVER_0;
    out[to] = even_a + odd_a;
    out[2 * to] = even_a - odd_a;
    out[3 * to] = even_b + odd_b;
    out[4 * to] = even_b - odd_b;
    out[5 * to] = w2;
}

/* 3 taps' gradients from products: G^T m. */
static inline __attribute__((always_inline)) void NAME(to_taps)(const VECTOR *m, size_t from,
                                                                VECTOR *out, size_t to)
{
    const VECTOR even_a = m[from] + m[2 * from];
    const VECTOR odd_a = m[from] - m[2 * from];
    const VECTOR even_b = m[3 * from] + m[4 * from];
    const VECTOR odd_b = m[3 * from] - m[4 * from];

    out[0] = m[0] * OVER_0 + even_a * OVER_A + even_b * OVER_B;
    out[to] = odd_a * (A1 * OVER_A) + odd_b * (B1 * OVER_B);
    out[2 * to] = even_a * (A2 * OVER_A) + even_b * (B2 * OVER_B) + m[5 * from];
}

/* The same in two dimensions, in columns and then in rows. `in` has rows of `width` vectors,
 * `in_row` apart and those of a row `in_step`; `out` has `height` rows. */
#define IN_PLANE(apply, width, height, in, in_row, in_step, out, out_row, out_step)                \
    do {                                                                                           \
        VECTOR middle[(width) * (height)];                                                         \
                                                                                                   \
        for (size_t at_c = 0; at_c < (width); at_c++) {                                            \
            NAME(apply)((in) + at_c * (in_step), (in_row), middle + at_c, (width));                \
        }                                                                                          \
        for (size_t at_r = 0; at_r < (height); at_r++) {                                           \
            NAME(apply)(middle + at_r * (width), 1, (out) + at_r * (out_row), (out_step));         \
        }                                                                                          \
    } while (0)
