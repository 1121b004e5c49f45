/* Choosing the weights of each tensor that are dropped, and the weights that grow instead. */
#include "skel/evolve.h"

#include "exchange.h"
#include "skel/kept.h"
#include "skel/random.h"

#include <math.h>

/* Scores: the magnitudes of the kept elements of one sign; -1, below all, for the others. 0 is
 * positive. Returns the number of these elements. */
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

/* Which weights stay if the same share of both signs goes; returns in `*gone` how many go. */
static skel_status choose_by_sign(double fraction, size_t room, size_t count, const uint8_t keep[],
                                  const float values[], skel_exchange *choice, size_t *gone)
{
    skel_status status = SKEL_OK;

    *gone = 0;
    for (int negative = 0; negative <= 1; negative++) {
        uint8_t *chosen = negative == 0 ? choice->stays : choice->comes;
        size_t found = rate_sign(count, negative != 0, keep, values, choice->score);
        size_t n = (size_t)llround(fraction * (double)found);

        n = n < room ? n : room;
        SKEL_TRY(skel_exchange_best(found - n, count, choice->score, chosen));
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
                                 skel_exchange *choice, size_t *exchanged)
{
    size_t offset = mask->segment[s].offset;
    size_t count = mask->segment[s].count;
    uint8_t *keep = mask->keep + offset;
    size_t kept = skel_kept_count(count, keep);
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
        SKEL_TRY(skel_exchange_largest(kept - n, count, 1, keep, request->parameters + offset,
                                       choice->score, choice->stays));
    }
    if (request->gradient != NULL) {
        SKEL_TRY(skel_exchange_largest(n, count, 0, request->regrow ? choice->stays : keep,
                                       request->gradient + offset, choice->score, choice->comes));
    } else {
        skel_exchange_any(
            skel_stream_open(request->seed, SKEL_PURPOSE_EVOLVE, request->update, (uint32_t)s), n,
            room, count, keep, choice->comes);
    }
    *exchanged += skel_exchange_apply(count, choice, keep, request->parameters + offset,
                                      request->velocity + offset);
done:
    return status;
}

skel_status skel_evolve_mask(skel_mask *mask, const skel_evolve_request *request, size_t *exchanged)
{
    skel_exchange choice = {0};
    skel_status status = SKEL_OK;

    SKEL_ASSERT(request->fraction >= 0 && request->fraction <= 1);
    *exchanged = 0;
    SKEL_TRY(skel_exchange_make(mask, &choice));
    for (size_t s = 0; s < mask->segments; s++) {
        if (evolve_tensor(mask, request, s, &choice, exchanged) != SKEL_OK) {
            status = skel_exchange_blame(mask, s);
            goto done;
        }
    }
done:
    skel_exchange_free(&choice);
    return status;
}
