/** One block of memory for many buffers: buffers in use at different times may overlap. */
#ifndef SKEL_NN_ARENA_H
#define SKEL_NN_ARENA_H

#include "skel/status.h"

#include <stddef.h>

/** A buffer, in use from step `birth` to step `death`, both included. */
typedef struct skel_arena_buffer {
    size_t floats;
    size_t birth;
    size_t death;
    size_t offset; /**< out: in floats, a multiple of 16 (64 bytes) */
} skel_arena_buffer;

/** Gives every buffer an offset; no two buffers overlap while both are in use.
 *
 *  Local. The largest buffer comes first; each gets the lowest offset that is free during its use.
 *  @param floats  out: size of the block
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_arena_plan(size_t count, skel_arena_buffer buffer[], size_t *floats);

#endif
