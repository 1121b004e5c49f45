/* Pooling of one plane [height][width][LANES], a vector of all lanes at a time. Included by
 * pool_kernels.c once for each number of lanes, with LANES and NAME(verb) defined. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES), may_alias));
typedef uint16_t NAME(choices) __attribute__((vector_size(2 * LANES), may_alias));

#define VECTOR NAME(vector)
#define BITS NAME(bits)
#define CHOICES NAME(choices)
#define AT(address) (*(const VECTOR *)(const void *)(address))
#define TO(address) (*(VECTOR *)(void *)(address))

/* The first of the largest values of a window. */
static void NAME(max_window)(const skel_dense_f32_pool_windows *w, place p, const float *plane,
                             float *y, uint16_t *choice)
{
    VECTOR best = AT(plane + (p.corner + (p.first[0] * w->width + p.first[1]) * LANES));
    BITS chosen = {0};

    chosen += (int32_t)(p.first[0] * w->window.kernel[1] + p.first[1]);
    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            const int32_t k = (int32_t)(ky * w->window.kernel[1] + kx);
            VECTOR v = AT(plane + (p.corner + (ky * w->width + kx) * LANES));
            BITS better = (BITS)(v > best) | (BITS)(v != v);

            best = (VECTOR)(((BITS)v & better) | ((BITS)best & ~better));
            chosen = (k & better) | (chosen & ~better);
        }
    }
    TO(y) = best;
    if (choice != NULL) {
        *(CHOICES *)(void *)choice = __builtin_convertvector(chosen, CHOICES);
    }
}

/* Gives `dy` to the chosen pixel of a window and 0 to the others; adds unless `once`. */
static void NAME(max_window_backward)(const skel_dense_f32_pool_windows *w, place p, bool once,
                                      const uint16_t *choice, const float *dy, float *plane)
{
    const VECTOR d = AT(dy);
    const BITS chosen = __builtin_convertvector(*(const CHOICES *)(const void *)choice, BITS);

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            const int32_t k = (int32_t)(ky * w->window.kernel[1] + kx);
            float *to = plane + (p.corner + (ky * w->width + kx) * LANES);
            VECTOR part = (VECTOR)((BITS)d & (BITS)(chosen == k));

            if (!once) {
                part += AT(to);
            }
            TO(to) = part;
        }
    }
}

/* The chosen value of each lane of a window. */
static void NAME(chosen_window)(const skel_dense_f32_pool_windows *w, place p,
                                const uint16_t *choice, const float *plane, float *y)
{
    const BITS chosen = __builtin_convertvector(*(const CHOICES *)(const void *)choice, BITS);
    BITS value = {0};

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            const int32_t k = (int32_t)(ky * w->window.kernel[1] + kx);

            value |=
                (BITS)AT(plane + (p.corner + (ky * w->width + kx) * LANES)) & (BITS)(chosen == k);
        }
    }
    TO(y) = (VECTOR)value;
}

static void NAME(mean_window)(const skel_dense_f32_pool_windows *w, place p, const float *plane,
                              float *y)
{
    VECTOR sum = {0};

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            sum += AT(plane + (p.corner + (ky * w->width + kx) * LANES));
        }
    }
    TO(y) = sum / divisor(w, &p);
}

static void NAME(mean_window_backward)(const skel_dense_f32_pool_windows *w, place p, bool once,
                                       const float *dy, float *plane)
{
    const float taps = divisor(w, &p);
    const VECTOR d = w->squares ? AT(dy) / taps / taps : AT(dy) / taps;

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            float *to = plane + (p.corner + (ky * w->width + kx) * LANES);
            VECTOR part = d;

            if (!once) {
                part += AT(to);
            }
            TO(to) = part;
        }
    }
}

static void NAME(max_plane)(const skel_dense_f32_pool_windows *w, const float *x, float *y,
                            uint16_t *choice)
{
    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(max_window)
        (w, place_of(w, i), x, y + i * LANES, choice == NULL ? NULL : choice + i * LANES);
    }
}

static void NAME(chosen_plane)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                               const float *x, float *y)
{
    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(chosen_window)(w, place_of(w, i), choice + i * LANES, x, y + i * LANES);
    }
}

static void NAME(max_plane_backward)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                                     const float *dy, float *dx)
{
    bool once = start_plane(w, dx);

    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(max_window_backward)
        (w, place_of(w, i), once, choice + i * LANES, dy + i * LANES, dx);
    }
}

static void NAME(mean_plane)(const skel_dense_f32_pool_windows *w, const float *x, float *y)
{
    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(mean_window)(w, place_of(w, i), x, y + i * LANES);
    }
}

static void NAME(mean_plane_backward)(const skel_dense_f32_pool_windows *w, const float *dy,
                                      float *dx)
{
    bool once = start_plane(w, dx);

    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(mean_window_backward)(w, place_of(w, i), once, dy + i * LANES, dx);
    }
}

#undef VECTOR
#undef BITS
#undef CHOICES
#undef AT
#undef TO
#undef LANES
#undef NAME
