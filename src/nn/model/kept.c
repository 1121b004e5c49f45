/* Lists of the kept elements of a mask. */
#include "skel/kept.h"

#include <string.h>

enum { AT_ONCE = 8 };

size_t skel_kept_count(size_t count, const uint8_t keep[])
{
    size_t kept = keep == NULL ? count : 0;

    for (size_t i = 0; keep != NULL && i < count; i++) {
        kept += keep[i];
    }
    return kept;
}

static size_t list_all(size_t count, size_t first, uint32_t index[])
{
    for (size_t i = 0; i < count; i++) {
        index[i] = (uint32_t)(first + i);
    }
    return count;
}

/* Lists `count` elements behind the `n` indices that are there. Each index is written, and counts
 * if its element is kept: no branch has to be predicted. */
static size_t list_some(size_t count, const uint8_t keep[], size_t first, size_t n,
                        uint32_t index[])
{
    for (size_t i = 0; i < count; i++) {
        index[n] = (uint32_t)(first + i);
        n += keep[i];
    }
    return n;
}

size_t skel_kept_list(size_t count, const uint8_t keep[], size_t first, uint32_t index[])
{
    size_t n = 0;
    size_t i = 0;

    if (keep == NULL) {
        return list_all(count, first, index);
    }
    for (; i + AT_ONCE <= count; i += AT_ONCE) {
        uint64_t some = 0;

        memcpy(&some, keep + i, sizeof some);
        if (some != 0) {
            n = list_some(AT_ONCE, keep + i, first + i, n, index);
        }
    }
    return list_some(count - i, keep + i, first + i, n, index);
}
