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
static inline __attribute__((always_inline)) void
NAME(max_window)(const skel_dense_f32_pool_windows *w, place p, const float *plane, float *y,
                 uint16_t *choice)
{
    VECTOR best = AT(plane + (p.corner + (p.first[0] * w->width + p.first[1]) * LANES));
    BITS chosen = {0};

    chosen += (int32_t)(p.first[0] * p.taps + p.first[1]);
    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            const int32_t k = (int32_t)(ky * p.taps + kx);
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
static inline __attribute__((always_inline)) void
NAME(max_window_backward)(const skel_dense_f32_pool_windows *w, place p, bool once,
                          const uint16_t *choice, const float *dy, float *plane)
{
    const VECTOR d = AT(dy);
    const BITS chosen = __builtin_convertvector(*(const CHOICES *)(const void *)choice, BITS);

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            const int32_t k = (int32_t)(ky * p.taps + kx);
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
static inline __attribute__((always_inline)) void
NAME(chosen_window)(const skel_dense_f32_pool_windows *w, place p, const uint16_t *choice,
                    const float *plane, float *y)
{
    const BITS chosen = __builtin_convertvector(*(const CHOICES *)(const void *)choice, BITS);
    BITS value = {0};

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            const int32_t k = (int32_t)(ky * p.taps + kx);

            value |=
                (BITS)AT(plane + (p.corner + (ky * w->width + kx) * LANES)) & (BITS)(chosen == k);
        }
    }
    TO(y) = (VECTOR)value;
}

static inline __attribute__((always_inline)) void
NAME(mean_window)(const skel_dense_f32_pool_windows *w, place p, const float *plane, float *y)
{
    VECTOR sum = {0};

    for (size_t ky = p.first[0]; ky < p.last[0]; ky++) {
        for (size_t kx = p.first[1]; kx < p.last[1]; kx++) {
            sum += AT(plane + (p.corner + (ky * w->width + kx) * LANES));
        }
    }
    TO(y) = sum / divisor(w, &p);
}

static inline __attribute__((always_inline)) void
NAME(mean_window_backward)(const skel_dense_f32_pool_windows *w, place p, bool once,
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

/* Asks for the pixels of the 2x2 window in the next row of windows. */
static inline void NAME(ask_ahead)(const skel_dense_f32_pool_windows *w, const float *corner)
{
    const float *next = corner + 2 * w->width * LANES;

    __builtin_prefetch(next);
    __builtin_prefetch(next + w->width * LANES);
}

static void NAME(max_plane)(const skel_dense_f32_pool_windows *w, const float *x, float *y,
                            uint16_t *choice)
{
    for (place p = first_place(w); p.row < w->out_height; next_place(w, &p), y += LANES) {
        if (is_two_by_two(w, &p)) {
            NAME(ask_ahead)(w, x + p.corner);
            NAME(max_window)(w, two_by_two(p.corner), x, y, choice);
        } else {
            NAME(max_window)(w, p, x, y, choice);
        }
        choice = choice == NULL ? NULL : choice + LANES;
    }
}

static void NAME(chosen_plane)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                               const float *x, float *y)
{
    for (place p = first_place(w); p.row < w->out_height; next_place(w, &p), y += LANES) {
        NAME(chosen_window)(w, p, choice, x, y);
        choice += LANES;
    }
}

static void NAME(max_plane_backward)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                                     const float *dy, float *dx)
{
    bool once = start_plane(w, dx);

    for (place p = first_place(w); p.row < w->out_height; next_place(w, &p), dy += LANES) {
        if (once && is_two_by_two(w, &p)) {
            NAME(ask_ahead)(w, dx + p.corner);
            NAME(max_window_backward)(w, two_by_two(p.corner), true, choice, dy, dx);
        } else {
            NAME(max_window_backward)(w, p, once, choice, dy, dx);
        }
        choice += LANES;
    }
}

static void NAME(mean_plane)(const skel_dense_f32_pool_windows *w, const float *x, float *y)
{
    for (place p = first_place(w); p.row < w->out_height; next_place(w, &p), y += LANES) {
        NAME(mean_window)(w, p, x, y);
    }
}

static void NAME(mean_plane_backward)(const skel_dense_f32_pool_windows *w, const float *dy,
                                      float *dx)
{
    bool once = start_plane(w, dx);

    for (place p = first_place(w); p.row < w->out_height; next_place(w, &p), dy += LANES) {
        NAME(mean_window_backward)(w, p, once, dy, dx);
    }
}

#undef VECTOR
#undef BITS
#undef CHOICES
#undef AT
#undef TO
#undef LANES
#undef NAME
