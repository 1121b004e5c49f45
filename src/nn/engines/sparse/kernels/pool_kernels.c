/* Pooling, a vector of images at a time. */
#include "pool_kernels.h"

#include "lanes.h"

#include "skel/status.h"

/* Pixels of a window that are in the input: rows [top, bottom), columns [left, right), counted from
 * the window's first pixel, which may be outside. */
typedef struct part {
    size_t top;
    size_t bottom;
    size_t left;
    size_t right;
    ptrdiff_t corner; /* of the window's first pixel, from the channel's */
} part;

static void clip(const skel_sparse_pool *pool, size_t d, size_t at, size_t size, size_t *first,
                 size_t *last)
{
    size_t begin = at * pool->stride[d]; /* in the padded input */
    size_t end = size + pool->before[d] - begin;

    *first = begin < pool->before[d] ? pool->before[d] - begin : 0;
    *last = end < pool->kernel[d] ? end : pool->kernel[d];
}

static part part_at(const skel_sparse_pool *pool, size_t row, size_t column)
{
    part p;

    clip(pool, 0, row, pool->in.height, &p.top, &p.bottom);
    clip(pool, 1, column, pool->in.width, &p.left, &p.right);
    p.corner = ((ptrdiff_t)(row * pool->stride[0]) - (ptrdiff_t)pool->before[0]) *
                   (ptrdiff_t)pool->in.row +
               ((ptrdiff_t)(column * pool->stride[1]) - (ptrdiff_t)pool->before[1]) * LANES;
    return p;
}

/* Whether every pixel is in exactly one window. */
static bool tiles(const skel_sparse_pool *pool)
{
    return pool->before[0] == 0 && pool->before[1] == 0 && pool->stride[0] == pool->kernel[0] &&
           pool->stride[1] == pool->kernel[1] &&
           pool->in.height == pool->out.height * pool->kernel[0] &&
           pool->in.width == pool->out.width * pool->kernel[1];
}

/* Whether the windows are of 2x2 pixels that no other window has. */
static bool tiles_by_two(const skel_sparse_pool *pool)
{
    return tiles(pool) && pool->kernel[0] == 2 && pool->kernel[1] == 2;
}

/* The part of a window that is one of a tiling by 2x2. */
INLINE part two_by_two(const skel_sparse_pool *pool, size_t row, size_t column)
{
    return (part){.bottom = 2,
                  .right = 2,
                  .corner = (ptrdiff_t)(row * 2 * pool->in.row + column * 2 * LANES)};
}

INLINE void largest(const skel_sparse_pool *pool, const part *p, size_t kernel_width,
                    const float *x, float *y, uint16_t *choice)
{
    const float *window = x + p->corner;
    vector best = SOURCE(window + p->top * pool->in.row + p->left * LANES);
    bits at = bits_of((int32_t)(p->top * kernel_width + p->left));

    for (size_t ky = p->top; ky < p->bottom; ky++) {
        for (size_t kx = p->left; kx < p->right; kx++) {
            vector v = SOURCE(window + ky * pool->in.row + kx * LANES);
            bits better = (bits)(v > best) | (bits)(v != v);

            best = (vector)(((bits)v & better) | ((bits)best & ~better));
            at = (better & (int32_t)(ky * kernel_width + kx)) | (at & ~better);
        }
    }
    TARGET(y) = best;
    if (choice != NULL) {
        *(halves *)(void *)choice = __builtin_convertvector(at, halves);
    }
}

static void pool_max(const skel_sparse_pool *pool, const float *x, float *y, uint16_t *choice)
{
    bool by_two = tiles_by_two(pool);

    SKEL_ASSERT(pool->kernel[0] * pool->kernel[1] <= SKEL_SPARSE_POOL_MOST);
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            float *to = y + row * pool->out.row + column * LANES;

            if (by_two) {
                part p = two_by_two(pool, row, column);

                largest(pool, &p, 2, x, to, choice);
            } else {
                part p = part_at(pool, row, column);

                largest(pool, &p, pool->kernel[1], x, to, choice);
            }
            choice = choice == NULL ? NULL : choice + LANES;
        }
    }
}

/* Sets the gradient of a channel to 0, to be added to, unless it is written once. */
static void start(const skel_sparse_pool *pool, bool once, float *dx)
{
    for (size_t row = 0; !once && row < pool->in.height; row++) {
        memset(dx + row * pool->in.row, 0, pool->in.width * LANES * sizeof *dx);
    }
}

/* Writes a pixel's gradient, or adds to it. */
INLINE void give(bool once, vector d, float *to)
{
    if (!once) {
        d += SOURCE(to);
    }
    TARGET(to) = d;
}

INLINE void give_largest(const skel_sparse_pool *pool, const part *p, size_t kernel_width,
                         bool once, const uint16_t *choice, vector d, float *dx)
{
    bits at = __builtin_convertvector(*(const halves *)(const void *)choice, bits);

    for (size_t ky = p->top; ky < p->bottom; ky++) {
        for (size_t kx = p->left; kx < p->right; kx++) {
            give(once, (vector)((bits)d & (bits)(at == (int32_t)(ky * kernel_width + kx))),
                 dx + p->corner + ky * pool->in.row + kx * LANES);
        }
    }
}

static void pool_max_backward(const skel_sparse_pool *pool, const uint16_t *choice, const float *dy,
                              float *dx)
{
    bool once = tiles(pool);
    bool by_two = tiles_by_two(pool);

    start(pool, once, dx);
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++, choice += LANES) {
            vector d = SOURCE(dy + row * pool->out.row + column * LANES);

            if (by_two) {
                part p = two_by_two(pool, row, column);

                give_largest(pool, &p, 2, true, choice, d, dx);
            } else {
                part p = part_at(pool, row, column);

                give_largest(pool, &p, pool->kernel[1], once, choice, d, dx);
            }
        }
    }
}

/* The part of each pixel in a window's mean. */
static float share_of(const skel_sparse_pool *pool, const part *p)
{
    size_t pixels = pool->counts_padding ? pool->kernel[0] * pool->kernel[1]
                                         : (p->bottom - p->top) * (p->right - p->left);

    return 1.0F / (float)pixels;
}

static void pool_mean(const skel_sparse_pool *pool, const float *x, float *y)
{
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            part p = part_at(pool, row, column);
            vector sum = {0};

            for (size_t ky = p.top; ky < p.bottom; ky++) {
                for (size_t kx = p.left; kx < p.right; kx++) {
                    sum += SOURCE(x + p.corner + ky * pool->in.row + kx * LANES);
                }
            }
            TARGET(y + row * pool->out.row + column * LANES) = sum * share_of(pool, &p);
        }
    }
}

static void pool_mean_backward(const skel_sparse_pool *pool, const float *dy, float *dx)
{
    bool once = tiles(pool);

    start(pool, once, dx);
    for (size_t row = 0; row < pool->out.height; row++) {
        for (size_t column = 0; column < pool->out.width; column++) {
            part p = part_at(pool, row, column);
            vector d = SOURCE(dy + row * pool->out.row + column * LANES) * share_of(pool, &p);

            for (size_t ky = p.top; ky < p.bottom; ky++) {
                for (size_t kx = p.left; kx < p.right; kx++) {
                    give(once, d, dx + p.corner + ky * pool->in.row + kx * LANES);
                }
            }
        }
    }
}

const skel_sparse_pool_kernels SKEL_ISA_NAME(skel_sparse_pool_kernels) = {
    .max = pool_max,
    .max_backward = pool_max_backward,
    .mean = pool_mean,
    .mean_backward = pool_mean_backward,
};
