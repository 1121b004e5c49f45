/* Loops over one plane [pixels][LANES] that find the largest magnitude. Included by
 * affine_kernels.c once for each number of lanes, with LANES and NAME(verb) defined; see
 * norm_lanes.h. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES), may_alias));

#define VECTOR NAME(vector)
#define BITS NAME(bits)
#define VECTORS(address) ((const VECTOR *)(const void *)(address))

/* Makes `largest`, by lane, at least the magnitude of v. */
#define TAKE_LARGEST(largest, v)                                                                   \
    do {                                                                                           \
        const BITS magnitude = (BITS)(v)&INT32_MAX;                                                \
        const BITS more = magnitude > (largest);                                                   \
                                                                                                   \
        (largest) = (magnitude & more) | ((largest) & ~more);                                      \
    } while (0)

/* Raises `found` to the largest of all lanes. */
#define MOST(found, largest)                                                                       \
    do {                                                                                           \
        for (size_t l = 0; l < LANES; l++) {                                                       \
            (found) = (largest)[l] > (found) ? (largest)[l] : (found);                             \
        }                                                                                          \
    } while (0)

static void NAME(forward)(size_t pixels, const float *x_plane, const float *mean,
                          const float *slope, const float *shift, const float *other_plane,
                          float factor, bool relu, float *y_plane, int32_t *found)
{
    const VECTOR *x = VECTORS(x_plane);
    const VECTOR *other = VECTORS(other_plane);
    VECTOR *y = (VECTOR *)(void *)y_plane;
    const VECTOR m = *VECTORS(mean);
    const VECTOR a = *VECTORS(slope);
    const VECTOR b = *VECTORS(shift);
    const VECTOR zero = {0};
    BITS largest = {0};

    for (size_t p = 0; p < pixels; p++) {
        VECTOR v = (x[p] - m) * a + b;

        if (other_plane != NULL) {
            v += factor * other[p];
        }
        if (relu) {
            v = (VECTOR)((BITS)v & ~(BITS)(v < zero));
        }
        y[p] = v;
        TAKE_LARGEST(largest, v);
    }
    MOST(*found, largest);
}

static void NAME(back)(size_t pixels, const skel_dense_f32_affine_arrays *back, size_t plane,
                       size_t channel, int32_t *found_rectified, int32_t *found_dx)
{
    const VECTOR *x = VECTORS(back->x + plane);
    const VECTOR *first = VECTORS(back->incoming.first + plane);
    const VECTOR *second = VECTORS(plane_or_null(back->incoming.second, plane));
    const VECTOR *y = VECTORS(plane_or_null(back->incoming.output, plane));
    VECTOR *rectified =
        (VECTOR *)(void *)(back->rectified == NULL ? NULL : back->rectified + plane);
    VECTOR *dx = (VECTOR *)(void *)(back->dx == NULL ? NULL : back->dx + plane);
    const VECTOR m = *VECTORS(back->vectors.mean + channel);
    const VECTOR a = *VECTORS(back->vectors.slope + channel);
    const VECTOR b = *VECTORS(back->vectors.shift + channel);
    const VECTOR t = *VECTORS(back->coefficient + channel);
    const VECTOR zero = {0};
    const VECTOR top = zero + back->incoming.ceiling;
    const float factor[] = {back->factor[0], back->factor[1]}; /* the stores might alias them */
    const bool relu = back->incoming.relu;
    const bool bounded = back->incoming.ceiling < INFINITY;
    BITS largest_rectified = {0};
    BITS largest_dx = {0};

    for (size_t p = 0; p < pixels; p++) {
        VECTOR dy = factor[0] * first[p];

        if (second != NULL) {
            dy += factor[1] * second[p];
        }
        if (relu) {
            VECTOR v;

            if (y != NULL) {
                v = y[p];
            } else {
                v = (x[p] - m) * a + b;
            }
            dy = (VECTOR)((BITS)dy & (BITS)(v > zero));
            if (bounded) {
                dy = (VECTOR)((BITS)dy & (BITS)(v < top));
            }
        }
        if (rectified != NULL) {
            rectified[p] = dy;
            TAKE_LARGEST(largest_rectified, dy);
        }
        if (dx != NULL) {
            dy = t * dy;
            dx[p] = dy;
            TAKE_LARGEST(largest_dx, dy);
        }
    }
    MOST(*found_rectified, largest_rectified);
    MOST(*found_dx, largest_dx);
}

#undef VECTOR
#undef BITS
#undef VECTORS
#undef TAKE_LARGEST
#undef MOST
#undef LANES
#undef NAME
