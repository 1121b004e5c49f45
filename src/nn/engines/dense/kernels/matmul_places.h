/** Pixels that products of matrices compute, and the pixels that their taps read. */
#ifndef SKEL_NN_DENSE_MATMUL_PLACES_H
#define SKEL_NN_DENSE_MATMUL_PLACES_H

#include "matmul.h"
#include "pieces.h"

#include "skel/status.h"

/* A target pixel. */
typedef struct matmul_place {
    size_t image;
    size_t row; /* among those of the phase */
    size_t column;
    size_t target; /* floats from the tensor's first */
    bool is_there; /* false: fills a group of columns */
} matmul_place;

/* A tap, and the source pixel that it reads for the phase's first target pixel; below 0 wraps. */
typedef struct matmul_tap {
    size_t number;
    size_t shift[2];
} matmul_tap;

/* Pixels of a tensor in blocks: of each image `count`, from `first` on, each `apart` from the next
 * one. */
typedef struct matmul_region {
    size_t blocks;
    size_t pixels; /* of a block */
    size_t width;
    size_t first[2];
    size_t apart[2];
    size_t count[2];
} matmul_region;

/* The size of parts that are equal, but for the last one, and none larger than `most`; at least 1.
 */
static inline size_t even(size_t n, size_t most)
{
    return n == 0 ? 1 : parts(n, parts(n, most));
}

/* Sets places, from the phase's number `first` on; those behind `pixels` are not there. */
static inline void set_places(const matmul_region *r, size_t lanes, size_t first, size_t pixels,
                              size_t places, matmul_place to[])
{
    size_t all = r->count[0] * r->count[1];
    size_t image = first / all;
    size_t row = first % all / r->count[1];
    size_t column = first % r->count[1];

    for (size_t i = 0; i < places; i++) {
        size_t pixel =
            (r->first[0] + row * r->apart[0]) * r->width + r->first[1] + column * r->apart[1];

        to[i] = (matmul_place){.image = image,
                               .row = row,
                               .column = column,
                               .target = (image * r->blocks * r->pixels + pixel) * lanes,
                               .is_there = i < pixels};
        if (i + 1 < pixels && ++column == r->count[1]) {
            column = 0;
            if (++row == r->count[0]) {
                row = 0;
                image++;
            }
        }
    }
}

static inline void set_tap(size_t number, const size_t shift[2], size_t *taps, matmul_tap to[])
{
    SKEL_ASSERT(*taps < SKEL_DENSE_MATMUL_TAPS);
    to[(*taps)++] = (matmul_tap){.number = number, .shift = {shift[0], shift[1]}};
}

/* All taps, as the output reads the input. */
static inline size_t set_taps_forward(const skel_dense_window *w, matmul_tap to[])
{
    size_t taps = 0;

    for (size_t t = 0; t < skel_dense_window_taps(w); t++) {
        const size_t shift[] = {t / w->kernel[1] * w->dilation[0] - w->before[0],
                                t % w->kernel[1] * w->dilation[1] - w->before[1]};

        set_tap(t, shift, &taps, to);
    }
    return taps;
}

/* The taps of the outputs that read the inputs of a phase, from pixel `first` on. */
static inline size_t set_taps_backward(const skel_dense_window *w, const size_t first[2],
                                       matmul_tap to[])
{
    size_t taps = 0;

    for (size_t t = 0; t < skel_dense_window_taps(w); t++) {
        const size_t at[] = {t / w->kernel[1], t % w->kernel[1]};
        size_t shift[2];
        bool reads = true;

        for (size_t d = 0; d < 2; d++) {
            size_t reach = at[d] * w->dilation[d];
            /* as many strides more as keep it from being negative */
            size_t distance = first[d] + w->before[d] + reach * w->stride[d] - reach;

            reads = reads && distance % w->stride[d] == 0;
            shift[d] = distance / w->stride[d] - reach;
        }
        if (reads) {
            set_tap(t, shift, &taps, to);
        }
    }
    return taps;
}

static inline matmul_region all_outputs(const skel_dense_f32_tiles *t)
{
    return (matmul_region){.blocks = t->outputs / t->lanes,
                           .pixels = t->out_height * t->out_width,
                           .width = t->out_width,
                           .apart = {1, 1},
                           .count = {t->out_height, t->out_width}};
}

#endif
