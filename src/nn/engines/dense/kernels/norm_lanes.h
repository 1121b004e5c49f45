/* Batch norm's loops over one plane [pixels][LANES], a vector of all lanes at a time. Included by
 * norm_kernels.c once for each number of lanes, with LANES and NAME(verb) defined. Vectors stay
 * inside functions: they have no calling convention that all processors share. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES), may_alias));

#define VECTOR NAME(vector)
#define BITS NAME(bits)
#define VECTORS(address) ((const VECTOR *)(const void *)(address))

/* Adds a plane's sums of x and of x^2. Within a chunk that stays in the first cache the squares
 * are taken around the chunk's own mean: float is enough there, and double for the rest. */
static void NAME(sums)(size_t pixels, const float *plane, double sum[], double squares[])
{
    for (size_t start = 0; start < pixels; start += CHUNK) {
        size_t count = pixels - start < CHUNK ? pixels - start : CHUNK;
        const VECTOR *x = VECTORS(plane + start * LANES);
        VECTOR s[4] = {{0}, {0}, {0}, {0}};
        VECTOR q[4] = {{0}, {0}, {0}, {0}};
        VECTOR middle = {0};
        size_t p = 0;

        for (; p + 4 <= count; p += 4) {
            s[0] += x[p];
            s[1] += x[p + 1];
            s[2] += x[p + 2];
            s[3] += x[p + 3];
        }
        for (; p < count; p++) {
            s[0] += x[p];
        }
        s[0] = (s[0] + s[1]) + (s[2] + s[3]);
        middle = s[0] / (float)count;
        for (p = 0; p + 4 <= count; p += 4) {
            for (size_t k = 0; k < 4; k++) {
                VECTOR d = x[p + k] - middle;
                q[k] += d * d;
            }
        }
        for (; p < count; p++) {
            VECTOR d = x[p] - middle;
            q[0] += d * d;
        }
        q[0] = (q[0] + q[1]) + (q[2] + q[3]);
        for (size_t l = 0; l < LANES; l++) {
            double m = (double)middle[l];
            double total = (double)s[0][l];

            sum[l] += total;
            squares[l] += (double)q[0][l] + m * (2 * total - (double)count * m);
        }
    }
}

/* y of one plane. */
static void NAME(apply)(size_t pixels, const float *x_plane, const float *mean, const float *slope,
                        const float *shift, const float *other_plane, bool relu, float ceiling,
                        float *y_plane)
{
    const VECTOR *x = VECTORS(x_plane);
    const VECTOR *other = VECTORS(other_plane);
    VECTOR *y = (VECTOR *)(void *)y_plane;
    const VECTOR m = *VECTORS(mean);
    const VECTOR a = *VECTORS(slope);
    const VECTOR b = *VECTORS(shift);
    const VECTOR zero = {0};
    const VECTOR top = zero + ceiling;
    const bool bounded = ceiling < INFINITY;

    for (size_t p = 0; p < pixels; p++) {
        VECTOR v = (x[p] - m) * a + b;

        if (other_plane != NULL) {
            v += other[p];
        }
        if (relu) {
            v = (VECTOR)((BITS)v & ~(BITS)(v < zero));
        }
        if (relu && bounded) {
            BITS above = (BITS)(v > top);

            v = (VECTOR)(((BITS)v & ~above) | ((BITS)top & above));
        }
        y[p] = v;
    }
}

/* Declares dy, the gradient of one pixel: both contributions, 0 where the ReLU stops it. */
#define INCOMING(p)                                                                                \
    VECTOR dy = first[(p)];                                                                        \
    if (second_plane != NULL) {                                                                    \
        dy += second[(p)];                                                                         \
    }                                                                                              \
    if (relu) {                                                                                    \
        VECTOR v;                                                                                  \
                                                                                                   \
        if (y_plane != NULL) {                                                                     \
            v = y[(p)];                                                                            \
        } else {                                                                                   \
            v = (x[(p)] - m) * a + b;                                                              \
        }                                                                                          \
        dy = (VECTOR)((BITS)dy & (BITS)(v > zero));                                                \
        if (bounded) {                                                                             \
            dy = (VECTOR)((BITS)dy & (BITS)(v < top));                                             \
        }                                                                                          \
    }

/* Adds a plane's sums of dy and of dy * (x - mean). */
static void NAME(backward_sums)(size_t pixels, const float *x_plane, const float *mean,
                                const float *slope, const float *shift, const float *first_plane,
                                const float *second_plane, const float *y_plane, bool relu,
                                float ceiling, float *rectified_plane, double sum[],
                                double products[])
{
    const VECTOR m = *VECTORS(mean);
    const VECTOR a = *VECTORS(slope);
    const VECTOR b = *VECTORS(shift);
    const VECTOR zero = {0};
    const VECTOR top = zero + ceiling;
    const bool bounded = ceiling < INFINITY;

    for (size_t start = 0; start < pixels; start += CHUNK) {
        size_t end = pixels - start < CHUNK ? pixels : start + CHUNK;
        const VECTOR *x = VECTORS(x_plane);
        const VECTOR *first = VECTORS(first_plane);
        const VECTOR *second = VECTORS(second_plane);
        const VECTOR *y = VECTORS(y_plane);
        VECTOR *rectified = (VECTOR *)(void *)rectified_plane;
        VECTOR s[2] = {{0}, {0}};
        VECTOR q[2] = {{0}, {0}};

        for (size_t p = start; p < end; p++) {
            INCOMING(p)

            if (rectified_plane != NULL) {
                rectified[p] = dy;
            }
            /* a chunk starts at an even pixel: two chains of additions */
            if (p % 2 == 0) {
                s[0] += dy;
                q[0] += dy * (x[p] - m);
            } else {
                s[1] += dy;
                q[1] += dy * (x[p] - m);
            }
        }
        s[0] += s[1];
        q[0] += q[1];
        for (size_t l = 0; l < LANES; l++) {
            sum[l] += (double)s[0][l];
            products[l] += (double)q[0][l];
        }
    }
}

/* dx of one plane. */
static void NAME(backward_apply)(size_t pixels, const float *x_plane, const float *mean,
                                 const float *slope, const float *shift, const float *first_plane,
                                 const float *second_plane, const float *y_plane, bool relu,
                                 float ceiling, const float *offset, const float *factor,
                                 float *dx_plane)
{
    const VECTOR *x = VECTORS(x_plane);
    const VECTOR *first = VECTORS(first_plane);
    const VECTOR *second = VECTORS(second_plane);
    const VECTOR *y = VECTORS(y_plane);
    VECTOR *dx = (VECTOR *)(void *)dx_plane;
    const VECTOR m = *VECTORS(mean);
    const VECTOR a = *VECTORS(slope);
    const VECTOR b = *VECTORS(shift);
    const VECTOR o = *VECTORS(offset);
    const VECTOR f = *VECTORS(factor);
    const VECTOR zero = {0};
    const VECTOR top = zero + ceiling;
    const bool bounded = ceiling < INFINITY;

    for (size_t p = 0; p < pixels; p++) {
        INCOMING(p)

        dx[p] = a * (dy - o - (x[p] - m) * f);
    }
}

#undef VECTOR
#undef BITS
#undef VECTORS
#undef INCOMING
#undef LANES
#undef NAME
