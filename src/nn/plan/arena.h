/** Buffers that are needed at different times share memory. */
#ifndef SKEL_NN_ARENA_H
#define SKEL_NN_ARENA_H

#include "skel/status.h"

#include <stddef.h>

/** A buffer and when it is in use: from step `birth` to step `death`, both included. */
typedef struct skel_arena_buffer {
    size_t floats;
    size_t birth;
    size_t death;
    size_t offset; /**< out: in floats, a multiple of 16 (64 bytes) */
} skel_arena_buffer;

/** Gives every buffer a place such that no two that are in use at the same time overlap.
 *
 *  Local. Largest first, each at the lowest place that is free during its life.
 *  @param floats  out: floats that all buffers need together
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_arena_plan(size_t count, skel_arena_buffer buffer[], size_t *floats);

#endif
