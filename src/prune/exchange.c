/* Weights of one tensor: those that stay, those that grow, and the change of the mask. */
#include "exchange.h"

#include "skel/memory.h"
#include "skel/topk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { AT_ONCE = sizeof(uint64_t) }; /* elements of a mask that one comparison looks at */

skel_status skel_exchange_make(const skel_mask *mask, skel_exchange *out)
{
    size_t largest = 0;
    skel_status status = SKEL_OK;

    *out = (skel_exchange){.score = NULL};
    for (size_t s = 0; s < mask->segments; s++) {
        largest = mask->segment[s].count > largest ? mask->segment[s].count : largest;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(largest, sizeof *out->score, &out->score));
    SKEL_TRY(SKEL_ALLOC_RAW(largest, 1, &out->stays));
    SKEL_TRY(SKEL_ALLOC_RAW(largest, 1, &out->comes));
done:
    return status;
}

void skel_exchange_free(skel_exchange *exchange)
{
    SKEL_FREE(&exchange->comes);
    SKEL_FREE(&exchange->stays);
    SKEL_FREE(&exchange->score);
}

/* Scores: the magnitudes of the elements whose `keep` is `kept`; -1, below all, for the others. */
static void rate(size_t count, uint8_t kept, const uint8_t keep[restrict],
                 const float values[restrict], float score[restrict])
{
    for (size_t i = 0; i < count; i++) {
        score[i] = keep[i] == kept ? fabsf(values[i]) : -1.0F;
    }
}

skel_status skel_exchange_largest(size_t k, size_t count, uint8_t kept, const uint8_t keep[],
                                  const float values[], float score[], uint8_t chosen[])
{
    rate(count, kept, keep, values, score);
    return skel_exchange_best(k, count, score, chosen);
}

skel_status skel_exchange_best(size_t k, size_t count, const float score[], uint8_t chosen[])
{
    const skel_segment all = {0, count};

    if (k == 0) {
        memset(chosen, 0, count);
        return SKEL_OK;
    }
    return skel_topk(k, 1, &all, score, chosen, NULL);
}

static bool keeps_none(const uint8_t keep[AT_ONCE])
{
    uint64_t all = 0;

    memcpy(&all, keep, AT_ONCE);
    return all == 0;
}

/* Moves what is chosen from ranks among the elements that are not kept to the elements. The last
 * comes first: an element is never before its rank. */
static void place_ranks(size_t room, size_t count, const uint8_t keep[], uint8_t chosen[])
{
    size_t rank = room;
    size_t i = count;

    while (i > rank) { /* where they meet, no kept element is left */
        if (rank >= AT_ONCE && keeps_none(keep + i - AT_ONCE)) {
            i -= AT_ONCE;
            rank -= AT_ONCE;
            memmove(chosen + i, chosen + rank, AT_ONCE);
        } else {
            i--;
            chosen[i] = keep[i] == 0 ? chosen[--rank] : 0;
        }
    }
}

void skel_exchange_any(skel_stream stream, size_t n, size_t room, size_t count,
                       const uint8_t keep[], uint8_t chosen[])
{
    SKEL_ASSERT(n <= room && room <= count && room <= UINT32_MAX);
    memset(chosen, 0, count);
    for (size_t last = room - n; last < room; last++) {
        size_t rank = skel_stream_below(&stream, (uint32_t)last + 1);

        chosen[chosen[rank] == 0 ? rank : last] = 1;
    }
    place_ranks(room, count, keep, chosen);
}

size_t skel_exchange_apply(size_t count, const skel_exchange *choice, uint8_t keep[],
                           float parameters[], float velocity[])
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

skel_status skel_exchange_blame(const skel_mask *mask, size_t s)
{
    char number[48];

    (void)snprintf(number, sizeof number, "prunable tensor %zu", s);
    return skel_error_prefix("exchanging weights of %s",
                             mask->names != NULL ? mask->names[s] : number);
}
