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

/* The first of the largest values of the window whose first pixel is `x`. */
static void NAME(max_window)(const skel_dense_f32_pool_windows *w, const float *x, float *y,
                             uint16_t *choice)
{
    VECTOR best = AT(x);
    BITS chosen = {0};
    int32_t k = 0;

    for (size_t ky = 0; ky < w->kernel; ky++) {
        for (size_t kx = 0; kx < w->kernel; kx++, k++) {
            VECTOR v = AT(x + (ky * w->width + kx) * LANES);
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
static void NAME(max_window_backward)(const skel_dense_f32_pool_windows *w, bool once,
                                      const uint16_t *choice, const float *dy, float *dx)
{
    const VECTOR d = AT(dy);
    const BITS chosen = __builtin_convertvector(*(const CHOICES *)(const void *)choice, BITS);
    int32_t k = 0;

    for (size_t ky = 0; ky < w->kernel; ky++) {
        for (size_t kx = 0; kx < w->kernel; kx++, k++) {
            float *to = dx + (ky * w->width + kx) * LANES;
            VECTOR part = (VECTOR)((BITS)d & (BITS)(chosen == k));

            if (!once) {
                part += AT(to);
            }
            TO(to) = part;
        }
    }
}

/* The chosen value of each lane of a window whose first pixel is `x`. */
static void NAME(chosen_window)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                                const float *x, float *y)
{
    const BITS chosen = __builtin_convertvector(*(const CHOICES *)(const void *)choice, BITS);
    BITS value = {0};
    int32_t k = 0;

    for (size_t ky = 0; ky < w->kernel; ky++) {
        for (size_t kx = 0; kx < w->kernel; kx++, k++) {
            value |= (BITS)AT(x + (ky * w->width + kx) * LANES) & (BITS)(chosen == k);
        }
    }
    TO(y) = (VECTOR)value;
}

static void NAME(mean_window)(const skel_dense_f32_pool_windows *w, const float *x, float *y)
{
    VECTOR sum = {0};

    for (size_t ky = 0; ky < w->kernel; ky++) {
        for (size_t kx = 0; kx < w->kernel; kx++) {
            sum += AT(x + (ky * w->width + kx) * LANES);
        }
    }
    TO(y) = sum / (float)(w->kernel * w->kernel);
}

static void NAME(mean_window_backward)(const skel_dense_f32_pool_windows *w, bool once,
                                       const float *dy, float *dx)
{
    const VECTOR d = AT(dy) / (float)(w->kernel * w->kernel);

    for (size_t ky = 0; ky < w->kernel; ky++) {
        for (size_t kx = 0; kx < w->kernel; kx++) {
            float *to = dx + (ky * w->width + kx) * LANES;
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
        (w, x + first_pixel(w, i), y + i * LANES, choice == NULL ? NULL : choice + i * LANES);
    }
}

static void NAME(chosen_plane)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                               const float *x, float *y)
{
    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(chosen_window)(w, choice + i * LANES, x + first_pixel(w, i), y + i * LANES);
    }
}

static void NAME(max_plane_backward)(const skel_dense_f32_pool_windows *w, const uint16_t *choice,
                                     const float *dy, float *dx)
{
    bool once = start_plane(w, dx);

    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(max_window_backward)
        (w, once, choice + i * LANES, dy + i * LANES, dx + first_pixel(w, i));
    }
}

static void NAME(mean_plane)(const skel_dense_f32_pool_windows *w, const float *x, float *y)
{
    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(mean_window)(w, x + first_pixel(w, i), y + i * LANES);
    }
}

static void NAME(mean_plane_backward)(const skel_dense_f32_pool_windows *w, const float *dy,
                                      float *dx)
{
    bool once = start_plane(w, dx);

    for (size_t i = 0; i < w->out_height * w->out_width; i++) {
        NAME(mean_window_backward)(w, once, dy + i * LANES, dx + first_pixel(w, i));
    }
}

#undef VECTOR
#undef BITS
#undef CHOICES
#undef AT
#undef TO
#undef LANES
#undef NAME
