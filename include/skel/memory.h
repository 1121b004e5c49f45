/** The one allocator: aligned to 64 bytes, overflow-checked, counted. */
#ifndef SKEL_MEMORY_H
#define SKEL_MEMORY_H

#include "skel/status.h"

#include <stddef.h>

/** Allocates `count` objects of `size` bytes, all bytes zero, aligned to 64 bytes.
 *
 *  Local. `count` 0 gives a valid pointer.
 *  @param out  address of the pointer that receives the block, *owned*: skel_free() it
 *  Errors: SKEL_ERR_MEMORY, `*out` then NULL.
 */
#define SKEL_ALLOC(count, size, out) skel_alloc((count), (size), (void **)(void *)(out))

/** Same as SKEL_ALLOC, but the content is not initialised: for large buffers about to be written.
 *
 *  Local.
 */
#define SKEL_ALLOC_RAW(count, size, out) skel_alloc_raw((count), (size), (void **)(void *)(out))

/** Frees a block and nulls the pointer; accepts a pointer to NULL.
 *
 *  Local.
 */
#define SKEL_FREE(pointer) skel_free((void **)(void *)(pointer))

/** What SKEL_ALLOC calls.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_alloc(size_t count, size_t size, void **out);

/** What SKEL_ALLOC_RAW calls.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_alloc_raw(size_t count, size_t size, void **out);

/** What SKEL_FREE calls.
 *
 *  Local.
 */
void skel_free(void **pointer);

/** Grows an array to hold `count` objects, content kept, new bytes not initialised.
 *
 *  Local. `*block` may be NULL, and is left as it was on an error.
 *  Errors: SKEL_ERR_MEMORY.
 */
#define SKEL_GROW(count, size, block) skel_grow((count), (size), (void **)(void *)(block))

/** What SKEL_GROW calls.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_grow(size_t count, size_t size, void **block);

/** Copies a string into a new block.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_strdup(const char *text, char **out);

/** Blocks that are allocated now: 0 at the end of `main` and of every test.
 *
 *  Local.
 */
size_t skel_memory_blocks(void);

/** Bytes that are allocated now, in all blocks, without the allocator's own overhead.
 *
 *  Local.
 */
size_t skel_memory_bytes(void);

/** The most bytes of this process that were resident at any time, as the kernel counts them.
 *
 *  Local. Unit: bytes.
 */
size_t skel_memory_peak_resident(void);

#endif
