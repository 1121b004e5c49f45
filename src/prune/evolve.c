/* Choosing the weights of each tensor that are dropped, and the weights that grow instead. */
#include "skel/evolve.h"

#include "count.h"
#include "skel/memory.h"
#include "skel/random.h"
#include "skel/topk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Scratch for one tensor, large enough for the largest. */
typedef struct scratch {
    float *score;
    uint8_t *stays;
    uint8_t *comes;
} scratch;

static skel_status scratch_make(const skel_mask *mask, scratch *out)
{
    size_t largest = 0;
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < mask->segments; s++) {
        largest = mask->segment[s].count > largest ? mask->segment[s].count : largest;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(largest, sizeof *out->score, &out->score));
    SKEL_TRY(SKEL_ALLOC_RAW(largest, 1, &out->stays));
    SKEL_TRY(SKEL_ALLOC_RAW(largest, 1, &out->comes));
done:
    return status;
}

static void scratch_free(scratch *room)
{
    SKEL_FREE(&room->comes);
    SKEL_FREE(&room->stays);
    SKEL_FREE(&room->score);
}

/* Scores: the magnitudes of the elements whose `keep` is `kept`; -1, below all, for the others. */
static void rate(size_t count, uint8_t kept, const uint8_t keep[restrict],
                 const float values[restrict], float score[restrict])
{
    for (size_t i = 0; i < count; i++) {
        score[i] = keep[i] == kept ? fabsf(values[i]) : -1.0F;
    }
}

/* The same for the kept elements of one sign alone; 0 is positive. Returns their number. */
static size_t rate_sign(size_t count, bool negative, const uint8_t keep[restrict],
                        const float values[restrict], float score[restrict])
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        bool counts = keep[i] != 0 && (values[i] < 0) == negative;

        score[i] = counts ? fabsf(values[i]) : -1.0F;
        found += counts;
    }
    return found;
}

static skel_status choose_largest(size_t k, size_t count, const float score[], uint8_t chosen[])
{
    const skel_segment all = {0, count};

    if (k == 0) {
        memset(chosen, 0, count);
        return SKEL_OK;
    }
    return skel_topk(k, 1, &all, score, chosen, NULL);
}

/* Takes each of `room` elements with the probability that leaves exactly `n` chosen in the end.
 * Source: Fan, Muller and Rezucha 1962, method 1. */
static void choose_any(skel_stream stream, size_t n, size_t room, size_t count,
                       const uint8_t keep[], uint8_t chosen[])
{
    SKEL_ASSERT(room <= UINT32_MAX);
    for (size_t i = 0; i < count; i++) {
        chosen[i] = 0;
        if (keep[i] == 0) {
            chosen[i] = skel_stream_below(&stream, (uint32_t)room--) < n;
            n -= chosen[i];
        }
    }
}

/* Changes the mask; weights that go or come are set to 0. Returns how many go. */
static size_t exchange(size_t count, const scratch *choice, uint8_t keep[], float parameters[],
                       float velocity[])
{
    size_t gone = 0;

    for (size_t i = 0; i < count; i++) {
        uint8_t next = choice->stays[i] | choice->comes[i];

        gone += keep[i] > next;
        if (next != keep[i]) {
            keep[i] = next;
            parameters[i] = 0;
            velocity[i] = 0;
        }
    }
    return gone;
}

/* Which weights stay if the same share of both signs goes; returns in `*gone` how many go. */
static skel_status choose_by_sign(double fraction, size_t room, size_t count, const uint8_t keep[],
                                  const float values[], scratch *choice, size_t *gone)
{
    skel_status status = SKEL_OK;

    *gone = 0;
    for (int negative = 0; negative <= 1; negative++) {
        uint8_t *chosen = negative == 0 ? choice->stays : choice->comes;
        size_t found = rate_sign(count, negative != 0, keep, values, choice->score);
        size_t n = (size_t)llround(fraction * (double)found);

        n = n < room ? n : room;
        SKEL_TRY(choose_largest(found - n, count, choice->score, chosen));
        room -= n;
        *gone += n;
    }
    for (size_t i = 0; i < count; i++) {
        choice->stays[i] |= choice->comes[i];
    }
done:
    return status;
}

static skel_status evolve_tensor(skel_mask *mask, const skel_evolve_request *request, size_t s,
                                 scratch *choice, size_t *exchanged)
{
    size_t offset = mask->segment[s].offset;
    size_t count = mask->segment[s].count;
    uint8_t *keep = mask->keep + offset;
    size_t kept = skel_count_ones(count, keep, NULL);
    size_t room = count - kept;
    size_t n = (size_t)llround(request->fraction * (double)kept);
    skel_status status = SKEL_OK;

    n = n < room ? n : room;
    if (n == 0) {
        return SKEL_OK;
    }
    if (request->by_sign) {
        SKEL_TRY(choose_by_sign(request->fraction, room, count, keep, request->parameters + offset,
                                choice, &n));
    } else {
        rate(count, 1, keep, request->parameters + offset, choice->score);
        SKEL_TRY(choose_largest(kept - n, count, choice->score, choice->stays));
    }
    if (request->gradient != NULL) {
        rate(count, 0, request->regrow ? choice->stays : keep, request->gradient + offset,
             choice->score);
        SKEL_TRY(choose_largest(n, count, choice->score, choice->comes));
    } else {
        choose_any(
            skel_stream_open(request->seed, SKEL_PURPOSE_EVOLVE, request->update, (uint32_t)s), n,
            room, count, keep, choice->comes);
    }
    *exchanged +=
        exchange(count, choice, keep, request->parameters + offset, request->velocity + offset);
done:
    return status;
}

static skel_status blame(const skel_mask *mask, size_t s)
{
    char number[48];

    (void)snprintf(number, sizeof number, "prunable tensor %zu", s);
    return skel_error_prefix("exchanging weights of %s",
                             mask->names != NULL ? mask->names[s] : number);
}

skel_status skel_evolve_mask(skel_mask *mask, const skel_evolve_request *request, size_t *exchanged)
{
    scratch choice = {0};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(request->fraction >= 0 && request->fraction <= 1);
    *exchanged = 0;
    SKEL_TRY(scratch_make(mask, &choice));
    for (size_t s = 0; s < mask->segments; s++) {
        if (evolve_tensor(mask, request, s, &choice, exchanged) != SKEL_OK) {
            status = blame(mask, s);
            goto done;
        }
    }
done:
    scratch_free(&choice);
    return status;
}
