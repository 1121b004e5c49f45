/* Packs buffers, which are intervals of time, into memory: largest first, first fit. */
#include "arena.h"

#include "skel/memory.h"

#include <stdlib.h>

enum { ALIGN = 16 };

static size_t rounded(size_t floats)
{
    return (floats + ALIGN - 1) / ALIGN * ALIGN;
}

static int larger_first(const void *a, const void *b)
{
    const skel_arena_buffer *x = *(skel_arena_buffer *const *)a;
    const skel_arena_buffer *y = *(skel_arena_buffer *const *)b;

    if (x->floats != y->floats) {
        return x->floats < y->floats ? 1 : -1;
    }
    return (x > y) - (x < y);
}

static bool meet(const skel_arena_buffer *a, const skel_arena_buffer *b)
{
    return a->birth <= b->death && b->birth <= a->death;
}

/* Places one buffer below, between or above those in use at the same time; `placed` is in the order
 * of offsets. */
static void place(skel_arena_buffer *buffer, size_t count, skel_arena_buffer *placed[])
{
    size_t offset = 0;
    size_t at = count;

    for (size_t i = 0; i < count; i++) {
        if (meet(placed[i], buffer)) {
            if (placed[i]->offset >= offset + rounded(buffer->floats)) {
                break;
            }
            if (placed[i]->offset + rounded(placed[i]->floats) > offset) {
                offset = placed[i]->offset + rounded(placed[i]->floats);
            }
        }
    }
    buffer->offset = offset;
    for (; at > 0 && placed[at - 1]->offset > offset; at--) {
        placed[at] = placed[at - 1];
    }
    placed[at] = buffer;
}

skel_status skel_arena_plan(size_t count, skel_arena_buffer buffer[], size_t *floats)
{
    skel_arena_buffer **order = NULL;
    skel_arena_buffer **placed = NULL;
    skel_status status = SKEL_OK;

    *floats = 0;
    SKEL_TRY(SKEL_ALLOC(count, sizeof(skel_arena_buffer *), &order));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(skel_arena_buffer *), &placed));
    for (size_t i = 0; i < count; i++) {
        order[i] = &buffer[i];
    }
    qsort(order, count, sizeof(skel_arena_buffer *), larger_first);
    for (size_t i = 0; i < count; i++) {
        place(order[i], i, placed);
        if (order[i]->offset + rounded(order[i]->floats) > *floats) {
            *floats = order[i]->offset + rounded(order[i]->floats);
        }
    }
done:
    SKEL_FREE(&order);
    SKEL_FREE(&placed);
    return status;
}
