/* A table with open addressing: an address that finds its place taken takes the next free one. */
#include "address_set.h"

#include "skel/memory.h"

enum { FIRST_ROOM = 64 };

/* Where an address is, or would be. Addresses are multiples of small powers of two: the odd factor,
 * 2^64 over the golden ratio, spreads them over the upper bits (Knuth, volume 3, section 6.4). */
static uint64_t *find(const skel_address_set *in, uint64_t key)
{
    const size_t last = in->room - 1;
    size_t place = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & last;

    while (in->at[place] != 0 && in->at[place] != key) {
        place = (place + 1) & last;
    }
    return &in->at[place];
}

static skel_status widen(skel_address_set *to)
{
    skel_address_set wider = {to->count, to->room > 0 ? 2 * to->room : FIRST_ROOM, NULL};
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(wider.room, sizeof *wider.at, &wider.at));
    for (size_t i = 0; i < to->room; i++) {
        if (to->at[i] != 0) {
            *find(&wider, to->at[i]) = to->at[i];
        }
    }
    SKEL_FREE(&to->at);
    *to = wider;
done:
    return status;
}

skel_status skel_address_set_add(skel_address_set *to, uint64_t address, bool *is_new)
{
    uint64_t *place = NULL;
    skel_status status = SKEL_OK;

    *is_new = false;
    if (2 * (to->count + 1) > to->room) {
        SKEL_TRY(widen(to));
    }
    place = find(to, address + 1);
    *is_new = *place == 0;
    *place = address + 1;
    to->count += *is_new ? 1 : 0;
done:
    return status;
}
