/* The same density in every tensor, in whole weights. */
#include "share.h"

#include <stdbool.h>

/* The tensor whose share is most below (or above) its due, kept * size / total, and can still grow
 * (or shrink). Differences are compared times `total`, which is exact below 2^53. */
static size_t most_wrong(bool below, size_t kept, size_t total, size_t tensors, const size_t size[],
                         const size_t limit[], const size_t share[])
{
    size_t found = tensors;
    double largest = 0;

    for (size_t i = 0; i < tensors; i++) {
        double due = (double)kept * (double)size[i] - (double)share[i] * (double)total;
        double error = below ? due : -due;

        if (below ? share[i] == limit[i] : share[i] <= 1) {
            continue;
        }
        if (found == tensors || error > largest) {
            found = i;
            largest = error;
        }
    }
    SKEL_ASSERT(found < tensors);
    return found;
}

skel_status skel_share_out(size_t kept, size_t tensors, const size_t size[], const size_t limit[],
                           size_t share[])
{
    size_t total = 0;
    size_t given = 0;

    if (kept < tensors) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "cannot keep %zu weights with scope layer: each of %zu tensors needs one",
                         kept, tensors);
    }
    for (size_t i = 0; i < tensors; i++) {
        total += size[i];
    }
    for (size_t i = 0; i < tensors; i++) {
        size_t whole = (size_t)((unsigned long long)kept * size[i] / total);

        share[i] = whole < 1 ? 1 : whole;
        share[i] = share[i] > limit[i] ? limit[i] : share[i];
        given += share[i];
    }
    for (; given < kept; given++) {
        share[most_wrong(true, kept, total, tensors, size, limit, share)]++;
    }
    for (; given > kept; given--) {
        share[most_wrong(false, kept, total, tensors, size, limit, share)]--;
    }
    return SKEL_OK;
}
