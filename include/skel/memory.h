/** The only allocator of the program. Blocks are aligned to 64 bytes, and counted. */
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

/** Allocates as SKEL_ALLOC, but does not set the bytes: for large buffers that are then written.
 *
 *  Local.
 */
#define SKEL_ALLOC_RAW(count, size, out) skel_alloc_raw((count), (size), (void **)(void *)(out))

/** Frees a block and nulls the pointer; accepts a pointer to NULL.
 *
 *  Local.
 */
#define SKEL_FREE(pointer) skel_free((void **)(void *)(pointer))

/** The function behind SKEL_ALLOC.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_alloc(size_t count, size_t size, void **out);

/** The function behind SKEL_ALLOC_RAW.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_alloc_raw(size_t count, size_t size, void **out);

/** The function behind SKEL_FREE.
 *
 *  Local.
 */
void skel_free(void **pointer);

/** Grows an array to `count` objects. The content is kept; new bytes are not set.
 *
 *  Local. `*block` may be NULL. After an error it is unchanged.
 *  Errors: SKEL_ERR_MEMORY.
 */
#define SKEL_GROW(count, size, block) skel_grow((count), (size), (void **)(void *)(block))

/** The function behind SKEL_GROW.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_grow(size_t count, size_t size, void **block);

/** Asks for pages of 2 MiB for a block through which passes stream, again and again: pages of 4 KiB
 *  cost them a tenth of the time. For a block that is used a few times it does not pay: the system
 *  moves other pages to find room for large ones.
 *
 *  Local. Only a wish; of a block below 4 MiB perhaps nothing is in such pages.
 *  @param block  of this allocator, not written to yet
 */
void skel_memory_use_huge_pages(void *block);

/** Copies a string into a new block.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_strdup(const char *text, char **out);

/** Number of blocks that are allocated now. It is 0 at the end of `main` and of every test.
 *
 *  Local.
 */
size_t skel_memory_blocks(void);

/** Bytes that are allocated now, in all blocks, without the allocator's own overhead.
 *
 *  Local.
 */
size_t skel_memory_bytes(void);

/** Largest resident size of this process so far, as the kernel counts it.
 *
 *  Local. Unit: bytes.
 */
size_t skel_memory_peak_resident(void);

#endif
