/* The passes from a mask and flat vectors to packed scores, and back to the mask. What lies between
 * them is as long as the mask keeps weights. */
#include "kept_scores.h"

#include "sums_kernels.h"

#include "skel/kept.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 2048, /* elements of the flat vectors at a time: the block stays in the nearest cache */
    AT_ONCE = 8,  /* elements of the mask */
    MANY = 4,     /* of a block: at least one in so many */
};

/* Room for some elements of the flat vectors. */
typedef struct block {
    uint32_t index[BLOCK + 1];
    float parameters[BLOCK];
    float signal[BLOCK];
    float gradient[BLOCK];
    float scores[BLOCK];
    uint8_t ones[BLOCK];
} block;

/* What all blocks have in common. */
typedef struct scoring {
    const skel_prune_request *request;
    const skel_prune_sums *sums;
    block room;
    double objective;
} scoring;

static const float *from(const float flat[], size_t first)
{
    return flat == NULL ? NULL : flat + first;
}

/* Copies the kept elements of a flat vector, if there is one. */
static const float *gather(size_t kept, const uint32_t index[], const float flat[restrict],
                           float out[restrict])
{
    for (size_t n = 0; flat != NULL && n < kept; n++) {
        out[n] = flat[index[n]];
    }
    return flat == NULL ? NULL : out;
}

/* Copies the kept ones of all elements: each is written, and counts if it is kept. */
static void pack(size_t count, const uint8_t keep[restrict], const float all[restrict],
                 float kept[restrict])
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        kept[n] = all[i];
        n += keep[i];
    }
}

/* Scores the kept ones of a tensor's elements. */
static void score_few(scoring *of, size_t s, size_t first, size_t count, const uint8_t keep[],
                      float scores[])
{
    const skel_prune_request *request = of->request;
    block *room = &of->room;
    size_t kept = skel_kept_list(count, keep, 0, room->index);
    const skel_method_tensor tensor = {
        .number = s,
        .count = kept,
        .parameters = gather(kept, room->index, from(request->parameters, first), room->parameters),
        .signal = gather(kept, room->index, from(request->signal, first), room->signal),
        .seed = request->seed};
    const float *gradient = tensor.signal;

    request->method->score(&tensor, scores);
    if (request->gradient != NULL) {
        if (request->gradient != request->signal) {
            gradient = gather(kept, room->index, from(request->gradient, first), room->gradient);
        }
        of->objective += of->sums->products(kept, room->ones, tensor.parameters, gradient);
    }
}

/* The same where many are kept: all are scored, which needs no lists. */
static void score_many(scoring *of, size_t s, size_t first, size_t count, const uint8_t keep[],
                       float scores[])
{
    const skel_prune_request *request = of->request;
    const skel_method_tensor tensor = {.number = s,
                                       .count = count,
                                       .parameters = from(request->parameters, first),
                                       .signal = from(request->signal, first),
                                       .seed = request->seed};

    request->method->score(&tensor, of->room.scores);
    pack(count, keep, of->room.scores, scores);
    if (request->gradient != NULL) {
        of->objective +=
            of->sums->products(count, keep, tensor.parameters, request->gradient + first);
    }
}

/* Scores of the kept weights of a tensor's elements [first, first + count) of the flat vectors.
 * Returns how many there are. */
static size_t score_block(scoring *of, size_t s, size_t first, size_t count, const uint8_t keep[],
                          float scores[])
{
    size_t kept = skel_kept_count(count, keep);

    if (kept * MANY >= count) {
        score_many(of, s, first, count, keep, scores);
    } else if (kept > 0) {
        score_few(of, s, first, count, keep, scores);
    }
    return kept;
}

void skel_kept_scores_compute(const skel_prune_request *request, const skel_mask *mask,
                              skel_segment segment[], float scores[], double *objective)
{
    scoring of = {.request = request,
                  .sums = skel_prune_sums_of(skel_isa_best()),
                  .objective = request->gradient != NULL ? 0 : (double)NAN};
    size_t end = 0;

    SKEL_ASSERT(request->method->permanent && request->method->total == NULL);
    memset(of.room.ones, 1, BLOCK);
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;
        size_t count = mask->segment[s].count;

        segment[s].offset = end;
        for (size_t i = 0; i < count; i += BLOCK) {
            size_t some = count - i < BLOCK ? count - i : BLOCK;

            end += score_block(&of, s, offset + i, some, mask->keep + offset + i, scores + end);
        }
        segment[s].count = end - segment[s].offset;
    }
    SKEL_ASSERT(end == mask->kept);
    *objective = of.objective;
}

size_t skel_kept_scores_place(const skel_mask *mask, size_t s, size_t n)
{
    size_t at = mask->segment[s].offset;
    size_t left = n + 1;

    while (left > mask->keep[at]) {
        left -= mask->keep[at++];
    }
    return at;
}

/* Gives each kept element the next choice. Returns how many choices were taken. */
static size_t apply(size_t count, const uint8_t next[restrict], uint8_t keep[restrict])
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        uint8_t was_kept = keep[i];

        keep[i] = was_kept & next[n];
        n += was_kept;
    }
    return n;
}

/* The same for a tensor; elements that are not kept cost one comparison for several. */
static size_t apply_tensor(size_t count, const uint8_t next[], uint8_t keep[])
{
    size_t n = 0;
    size_t i = 0;

    for (; i + AT_ONCE <= count; i += AT_ONCE) {
        uint64_t some = 0;

        memcpy(&some, keep + i, sizeof some);
        if (some != 0) {
            n += apply(AT_ONCE, next + n, keep + i);
        }
    }
    return n + apply(count - i, next + n, keep + i);
}

void skel_kept_scores_apply(skel_mask *mask, const uint8_t next[])
{
    size_t n = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        n += apply_tensor(mask->segment[s].count, next + n, mask->keep + mask->segment[s].offset);
    }
    SKEL_ASSERT(n == mask->kept);
}
