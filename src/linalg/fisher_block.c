/* One block of gradients, as LAPACK takes it. */
#include "fisher_block.h"

#include "skel/watchdog.h"

enum { BLOCK = SKEL_FISHER_BLOCK };

int skel_fisher_load(const skel_fisher *fisher, size_t block, const uint8_t removed[])
{
    const float *from = fisher->data + (block - fisher->first) * fisher->samples * BLOCK;
    size_t width =
        fisher->weights - block * BLOCK < BLOCK ? fisher->weights - block * BLOCK : BLOCK;
    int place[BLOCK];
    int used = 0;

    skel_watchdog_beat();
    for (size_t i = 0; i < width; i++) {
        if (removed == NULL || removed[block * BLOCK + i] == 0) {
            place[used++] = (int)i;
        }
    }
    for (size_t s = 0; s < fisher->samples; s++) {
        for (int i = 0; i < used; i++) {
            fisher->block[s * BLOCK + (size_t)i] = (double)from[s * BLOCK + (size_t)place[i]];
        }
    }
    return used;
}
