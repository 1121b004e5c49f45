/* Lists that double their room. */
#include "addresses.h"

#include "skel/memory.h"

enum { FIRST_ROOM = 64 };

skel_status skel_addresses_add(skel_addresses *to, uint64_t address)
{
    skel_status status = SKEL_OK;

    if (to->count == to->room) {
        size_t room = to->room > 0 ? 2 * to->room : FIRST_ROOM;

        SKEL_TRY(SKEL_GROW(room, sizeof *to->at, &to->at));
        to->room = room;
    }
    to->at[to->count++] = address;
done:
    return status;
}
