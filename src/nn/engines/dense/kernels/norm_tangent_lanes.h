/* Tangents of batch norm's loops over one plane [pixels][LANES], a vector of all lanes at a time.
 * Included by norm_tangent_kernels.c once for each number of lanes, with LANES and NAME(verb)
 * defined. Vectors stay inside functions, as in norm_lanes.h. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES), may_alias));

#define VECTOR NAME(vector)
#define BITS NAME(bits)
#define VECTORS(address) ((const VECTOR *)(const void *)(address))

/* Ry of one plane: (x - mean) R slope + (Rx - R mean) slope + R shift, and R other, where y is
 * between 0 and the ceiling, or not given. */
static void NAME(tangent_apply)(size_t pixels, const float *x_plane, const float *rx_plane,
                                const block_vectors *v, const float *other_plane,
                                const float *y_plane, float ceiling, float *ry_plane)
{
    const VECTOR *x = VECTORS(x_plane);
    const VECTOR *rx = VECTORS(rx_plane);
    const VECTOR *other = VECTORS(other_plane);
    const VECTOR *y = VECTORS(y_plane);
    VECTOR *ry = (VECTOR *)(void *)ry_plane;
    const VECTOR m = *VECTORS(v->mean);
    const VECTOR a = *VECTORS(v->slope);
    const VECTOR rm = *VECTORS(v->rmean);
    const VECTOR ra = *VECTORS(v->rslope);
    const VECTOR rb = *VECTORS(v->rshift);
    const VECTOR zero = {0};
    const VECTOR top = zero + ceiling;
    const bool bounded = ceiling < INFINITY;

    for (size_t p = 0; p < pixels; p++) {
        VECTOR r = (x[p] - m) * ra + rb;

        if (rx_plane != NULL) {
            r += (rx[p] - rm) * a;
        }
        if (other_plane != NULL) {
            r += other[p];
        }
        if (y_plane != NULL) {
            r = (VECTOR)((BITS)r & (BITS)(y[p] > zero));
        }
        if (y_plane != NULL && bounded) {
            r = (VECTOR)((BITS)r & (BITS)(y[p] < top));
        }
        ry[p] = r;
    }
}

/* Declares the planes of a pair, and the vectors that tell where its ReLU lets values through. */
#define PAIR(in, v)                                                                                \
    const VECTOR *x = VECTORS((in)->x);                                                            \
    const VECTOR *rx = VECTORS((in)->rx);                                                          \
    const VECTOR *first = VECTORS((in)->gradient.first);                                           \
    const VECTOR *second = VECTORS((in)->gradient.second);                                         \
    const VECTOR *y = VECTORS((in)->gradient.output);                                              \
    const VECTOR *rfirst = VECTORS((in)->first);                                                   \
    const VECTOR *rsecond = VECTORS((in)->second);                                                 \
    const bool relu = (in)->gradient.relu;                                                         \
    const VECTOR m = *VECTORS((v)->mean);                                                          \
    const VECTOR a = *VECTORS((v)->slope);                                                         \
    const VECTOR shift = *VECTORS((v)->shift);                                                     \
    const VECTOR rm = *VECTORS((v)->rmean);                                                        \
    const VECTOR zero = {0};                                                                       \
    const VECTOR top = zero + (in)->gradient.ceiling;                                              \
    const bool bounded = (in)->gradient.ceiling < INFINITY;

/* Declares dy and Rdy of one pixel: both contributions, 0 where the ReLU stops them. */
#define INCOMING(p)                                                                                \
    VECTOR dy = first[(p)];                                                                        \
    VECTOR rdy = rfirst[(p)];                                                                      \
    if (second != NULL) {                                                                          \
        dy += second[(p)];                                                                         \
    }                                                                                              \
    if (rsecond != NULL) {                                                                         \
        rdy += rsecond[(p)];                                                                       \
    }                                                                                              \
    if (relu) {                                                                                    \
        VECTOR result = (x[(p)] - m) * a + shift;                                                  \
        BITS passed;                                                                               \
                                                                                                   \
        if (y != NULL) {                                                                           \
            result = y[(p)];                                                                       \
        }                                                                                          \
        passed = (BITS)(result > zero);                                                            \
        if (bounded) {                                                                             \
            passed &= (BITS)(result < top);                                                        \
        }                                                                                          \
        dy = (VECTOR)((BITS)dy & passed);                                                          \
        rdy = (VECTOR)((BITS)rdy & passed);                                                        \
    }

/* Adds a plane's sums of Rdy and, over the standard deviation's inverse, of R(dy * xhat):
 * Rdy (x - mean) + dy ((Rx - R mean) + (x - mean) R inverse / inverse). */
static void NAME(tangent_backward_sums)(size_t pixels, const skel_dense_f32_norm_tangent_pair *in,
                                        const block_vectors *v, float *rectified_plane,
                                        double sum[], double products[])
{
    PAIR(in, v)
    const VECTOR log_inverse = *VECTORS(v->log_inverse);
    VECTOR *rectified = (VECTOR *)(void *)rectified_plane;

    for (size_t start = 0; start < pixels; start += CHUNK) {
        size_t end = pixels - start < CHUNK ? pixels : start + CHUNK;
        VECTOR s[2] = {{0}, {0}};
        VECTOR q[2] = {{0}, {0}};

        for (size_t p = start; p < end; p++) {
            INCOMING(p)
            VECTOR rxhat = (x[p] - m) * log_inverse;

            if (rx != NULL) {
                rxhat += rx[p] - rm;
            }
            if (rectified != NULL) {
                rectified[p] = rdy;
            }
            /* a chunk starts at an even pixel: two chains of additions */
            s[p % 2] += rdy;
            q[p % 2] += rdy * (x[p] - m) + dy * rxhat;
        }
        s[0] += s[1];
        q[0] += q[1];
        for (size_t l = 0; l < LANES; l++) {
            sum[l] += (double)s[0][l];
            products[l] += (double)q[0][l];
        }
    }
}

/* Rdx of one plane: the tangent of slope * (dy - offset - (x - mean) * factor). */
static void NAME(tangent_backward_apply)(size_t pixels, const skel_dense_f32_norm_tangent_pair *in,
                                         const block_vectors *v, float *rdx_plane)
{
    PAIR(in, v)
    const VECTOR ra = *VECTORS(v->rslope);
    const VECTOR o = *VECTORS(v->offset);
    const VECTOR f = *VECTORS(v->factor);
    const VECTOR ro = *VECTORS(v->roffset);
    const VECTOR rf = *VECTORS(v->rfactor);
    VECTOR *rdx = (VECTOR *)(void *)rdx_plane;

    for (size_t p = 0; p < pixels; p++) {
        INCOMING(p)
        VECTOR centred = x[p] - m;
        VECTOR rest = dy - o - centred * f;
        VECTOR rrest = rdy - ro - centred * rf - (rx[p] - rm) * f;

        rdx[p] = ra * rest + a * rrest;
    }
}

#undef VECTOR
#undef BITS
#undef VECTORS
#undef PAIR
#undef INCOMING
#undef LANES
#undef NAME
