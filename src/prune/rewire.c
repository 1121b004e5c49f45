/* Deep rewiring of one tensor after the other. */
#include "skel/rewire.h"

#include "exchange.h"

#include "skel/kept.h"

static const float first_magnitude = 1e-12F; /* the authors' */

/* Beside the streams of the noise, which have the numbers of the tensors. */
static const uint32_t comers = 0x80000000U;

static float sign_of(const skel_rewiring *rewiring, size_t i)
{
    return rewiring->signs[i] < 0 ? -1.0F : 1.0F;
}

/* Shrinks and shakes the kept weights; returns how many go. */
static size_t shake(skel_mask *mask, const skel_rewiring *rewiring, size_t s)
{
    const skel_segment *segment = &mask->segment[s];
    skel_stream stream =
        skel_stream_open(rewiring->seed, SKEL_PURPOSE_REWIRE, rewiring->step, (uint32_t)s);
    size_t kept = skel_kept_list(segment->count, mask->keep + segment->offset, segment->offset,
                                 rewiring->list);
    size_t gone = 0;

    for (size_t k = 0; k < kept; k++) {
        size_t i = rewiring->list[k];
        float sign = sign_of(rewiring, i);
        double size = (double)(sign * rewiring->parameters[i]) - rewiring->rate * rewiring->l1 +
                      rewiring->rate * rewiring->noise * skel_stream_normal(&stream);

        rewiring->parameters[i] = size > 0 ? sign * (float)size : 0;
        if (!(size > 0)) {
            mask->keep[i] = 0;
            rewiring->velocity[i] = 0;
            gone++;
        }
    }
    return gone;
}

/* As many weights come as have gone. */
static void connect(skel_mask *mask, const skel_rewiring *rewiring, size_t s, size_t gone)
{
    const skel_segment *segment = &mask->segment[s];
    uint8_t *keep = mask->keep + segment->offset;
    size_t room = segment->count - skel_kept_count(segment->count, keep);

    skel_exchange_any(
        skel_stream_open(rewiring->seed, SKEL_PURPOSE_REWIRE, rewiring->step, comers | (uint32_t)s),
        gone, room, segment->count, keep, rewiring->comes);
    gone = skel_kept_list(segment->count, rewiring->comes, segment->offset, rewiring->list);
    for (size_t k = 0; k < gone; k++) {
        size_t i = rewiring->list[k];

        mask->keep[i] = 1;
        rewiring->parameters[i] = sign_of(rewiring, i) * first_magnitude;
        rewiring->velocity[i] = 0;
    }
}

size_t skel_rewire_mask(skel_mask *mask, const skel_rewiring *rewiring)
{
    size_t gone = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        const skel_segment *segment = &mask->segment[s];
        size_t kept = skel_kept_count(segment->count, mask->keep + segment->offset);
        size_t lost = kept < segment->count ? shake(mask, rewiring, s) : 0;

        if (lost > 0) {
            connect(mask, rewiring, s, lost);
        }
        gone += lost;
    }
    return gone;
}
